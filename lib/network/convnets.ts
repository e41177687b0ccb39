/** The convolutional architectures that a spec may name. */
import type { Constant, Graph, GraphNode } from './graph.ts';
import { assembleGraph } from './graph-assembly.ts';
import { sizeOf } from './tensor.ts';
import { UnusableModel } from './unusable-model.ts';

export const CONVNET_NAMES = [
  'conv-small',
  'lenet-5',
  'lenet-5-caffe',
  'conv-2',
  'conv-4',
  'conv-6',
] as const;
export type ConvnetName = (typeof CONVNET_NAMES)[number];

/** A convolution of that many filters with a ReLU after it, or a maximum over 2 × 2. */
type Stage = { readonly filters: number; readonly kernel: number; readonly padding: number } | 'pool';

interface Convnet {
  readonly stages: (smallestSide: number) => readonly Stage[];
  /** Units of the hidden dense layers. */
  readonly dense: readonly number[];
  readonly biases: boolean;
}

const three = (filters: number): Stage => ({ filters, kernel: 3, padding: 1 });
const blocks = (...filters: number[]) =>
  filters.flatMap((count): Stage[] => [three(count), three(count), 'pool']);

/** Images smaller than LeNet's are padded, as it is usual for the 28 × 28 of MNIST. */
const LENET_SIDE = 32;

const CONVNETS: Readonly<Record<ConvnetName, Convnet>> = {
  /** For images of a few pixels: 1,864 weights for the 8 × 8 digits. */
  'conv-small': { stages: () => [three(8), 'pool', three(16), 'pool'], dense: [], biases: true },
  /** LeCun et al. 1998, fig. 2, with what took the place of its parts since: ReLU, max pooling, all maps connected, a plain last layer. */
  'lenet-5': {
    stages: (side) => [
      { filters: 6, kernel: 5, padding: side < LENET_SIDE ? 2 : 0 },
      'pool',
      { filters: 16, kernel: 5, padding: 0 },
      'pool',
    ],
    dense: [120, 84],
    biases: true,
  },
  /** The LeNet-5 of Caffe and of papers on compression: wider, no padding, 430,500 weights for MNIST; ReLU after every hidden layer. */
  'lenet-5-caffe': {
    stages: () => [
      { filters: 20, kernel: 5, padding: 0 },
      'pool',
      { filters: 50, kernel: 5, padding: 0 },
      'pool',
    ],
    dense: [500],
    biases: true,
  },
  /** Ramanujan et al. 2020 (arXiv 1911.13299), section 4.1 and their code: no biases anywhere. */
  'conv-2': { stages: () => blocks(64), dense: [256, 256], biases: false },
  'conv-4': { stages: () => blocks(64, 128), dense: [256, 256], biases: false },
  'conv-6': { stages: () => blocks(64, 128, 256), dense: [256, 256], biases: false },
};

/**
 * The network for images of `image` (channels, height, width) in that many classes, all weights 0. Dense weights are
 * stored by outputs. Throws `UnusableModel` where the images are too small for it.
 */
export function convnet(name: ConvnetName, image: readonly number[], classes: number): Graph {
  const { stages, dense, biases } = CONVNETS[name];
  const constants = new Map<string, Constant>();
  const nodes: GraphNode[] = [];
  let value = 'x';
  let shape = [...image];
  const push = (node: GraphNode) => {
    nodes.push(node);
    value = node.output;
  };
  const zeros = (constant: string, ...sizes: number[]) => {
    constants.set(constant, { shape: sizes, data: new Float32Array(sizeOf(sizes)) });
    return constant;
  };
  const parameters = (layer: string, ...sizes: number[]) => [
    zeros(`${layer}.weight`, ...sizes),
    ...(biases ? [zeros(`${layer}.bias`, sizes[0] ?? 0)] : []),
  ];
  const relu = (layer: string) =>
    push({ op: 'Relu', name: `${layer}.relu`, inputs: [value], output: `${layer}.relu` });

  let convolutions = 0;
  let pools = 0;
  for (const stage of stages(Math.min(...image.slice(1)))) {
    const [channels = 0, ...sides] = shape;
    if (stage === 'pool') {
      const layer = `pool${++pools}`;
      const window = { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], dilations: [1, 1] };
      push({ op: 'MaxPool', ...window, countIncludePad: false, name: layer, inputs: [value], output: layer });
      shape = [channels, ...sides.map((side) => Math.floor(side / 2))];
    } else {
      const { filters, kernel, padding } = stage;
      const layer = `conv${++convolutions}`;
      const inputs = [value, ...parameters(layer, filters, channels, kernel, kernel)];
      const pads = [padding, padding, padding, padding];
      const window = { strides: [1, 1], pads, dilations: [1, 1], group: 1 };
      push({ op: 'Conv', ...window, name: layer, inputs, output: layer });
      relu(layer);
      shape = [filters, ...sides.map((side) => side + 2 * padding - kernel + 1)];
    }
    if (shape.some((size) => size < 1))
      throw new UnusableModel(name, [
        `images of [${image.join(', ')}] are too small for it: nothing is left of them after ${value.replace('.relu', '')}. Larger images are needed, or conv-small, which takes 4 × 4 pixels and more`,
      ]);
  }
  push({ op: 'Reshape', shape: [sizeOf(shape)], name: 'flatten', inputs: [value], output: 'flatten' });
  let width = sizeOf(shape);
  for (const [index, units] of [...dense, classes].entries()) {
    const layer = `fc${index + 1}`;
    const last = index === dense.length;
    const inputs = [value, ...parameters(layer, units, width)];
    push({ op: 'Gemm', transB: true, name: layer, inputs, output: last ? 'logits' : layer });
    if (!last) relu(layer);
    width = units;
  }
  return assembleGraph({ input: 'x', inputShape: image, output: value, nodes, constants });
}
