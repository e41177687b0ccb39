/** The convolutional architectures that a spec may name. */
export const CONVNET_NAMES = ['conv-small', 'lenet-5', 'conv-2', 'conv-4', 'conv-6'] as const;
export type ConvnetName = (typeof CONVNET_NAMES)[number];
