/** Samples of the training data that an algorithm holds out, to choose its result by. */

/** Samples of a class of `size` that are held out: rounded; 0 is refused by `unfitValidationShare`. */
export function heldOut(size: number, validationShare: number): number {
  return validationShare === 0 ? 0 : Math.round(size * validationShare);
}

/**
 * The line that says that a validation share leaves a class without samples, or undefined where it does not.
 * `sizes`: training samples of each class.
 */
export function unfitValidationShare(
  section: string,
  validationShare: number,
  sizes: readonly number[],
): string | undefined {
  if (validationShare === 0) return undefined;
  const label = sizes.findIndex((size) => {
    const held = heldOut(size, validationShare);
    return held < 1 || held >= size;
  });
  if (label < 0) return undefined;
  const size = sizes[label] ?? 0;
  const left = heldOut(size, validationShare) < 1 ? 'to validate on' : 'to train on';
  return `${section}.validationShare: found ${validationShare}, which leaves none of class ${label}'s ${size} training samples ${left}; choose 0 or another share`;
}
