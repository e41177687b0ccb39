/** Attributes of a pool that halves height and width: windows of 2 × 2, side by side. */
export const HALVING_POOL = {
  kernel: [2, 2],
  strides: [2, 2],
  pads: [0, 0, 0, 0],
  dilations: [1, 1],
  countIncludePad: false,
} as const;
