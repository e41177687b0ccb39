/** Operands that do not fit an operation. */

/** An operation that cannot be applied to its operands; the message says why, in words for the user. */
export class ShapeMismatch extends Error {
  override readonly name = 'ShapeMismatch';
}

/** A shape, or the shape of an axis, that an operation needs is checked here, so that all who compute can rely on it. */
export function check(holds: boolean, message: () => string): asserts holds {
  if (!holds) throw new ShapeMismatch(message());
}

/** [3, 8, 8] as [N, 3, 8, 8], as users know it. */
export function withSamples(shape: readonly number[]): string {
  return `[${['N', ...shape].join(', ')}]`;
}
