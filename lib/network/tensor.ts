/** Row-major tensors: sizes, strides, and which element meets which. */

export type Shape = readonly number[];

/** Elements of a tensor of that shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The shape with so many channels, its first axis. */
export function withChannels(shape: Shape, channels: number): number[] {
  return shape.length === 0 ? [] : [channels, ...shape.slice(1)];
}

/** Per axis, the elements from one position to the next. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  }
  return strides;
}

/** Per element of `shape` the sum of its coordinates times the strides. */
export function stridedIndices(shape: readonly number[], strides: readonly number[]): Int32Array {
  const indices = new Int32Array(sizeOf(shape));
  const coordinates = new Array<number>(shape.length).fill(0);
  let at = 0;
  for (let index = 0; index < indices.length; index++) {
    indices[index] = at;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (coordinates[axis] ?? 0) + 1;
      at += strides[axis] ?? 0;
      if (next < (shape[axis] ?? 0)) {
        coordinates[axis] = next;
        break;
      }
      at -= next * (strides[axis] ?? 0);
      coordinates[axis] = 0;
    }
  }
  return indices;
}

/** Per element of `shape` the index of the element of an operand that numpy's broadcasting puts there. */
export function broadcastIndices(operand: readonly number[], shape: readonly number[]): Int32Array {
  const missing = shape.length - operand.length;
  const strides = stridesOf(operand);
  const steps = shape.map((_, axis) => {
    return (operand[axis - missing] ?? 1) > 1 ? (strides[axis - missing] ?? 0) : 0;
  });
  return stridedIndices(shape, steps);
}
