/** Samples of the training data that an algorithm holds out, to choose its result by. */
import type { ClassSize } from '../../base/classes.ts';

/** Samples of a class of `size` that are held out: rounded; 0 is refused by `unfitValidationShare`. */
export function heldOut(size: number, validationShare: number): number {
  return validationShare === 0 ? 0 : Math.round(size * validationShare);
}

/**
 * The line that says that a validation share leaves a class without samples; none where it does not.
 * `classes`: of the training data.
 */
export function unfitValidationShare(
  section: string,
  validationShare: number,
  classes: readonly ClassSize[],
): string[] {
  if (validationShare === 0) return [];
  for (const { name, samples } of classes) {
    const held = heldOut(samples, validationShare);
    if (held >= 1 && held < samples) continue;
    const one = name === undefined ? 'a class' : `class '${name}'`;
    const left = held < 1 ? 'to validate on' : 'to train on';
    return [
      `${section}.validationShare: found ${validationShare}, which leaves none of the ${samples} training samples of ${one} ${left}; choose 0 or another share`,
    ];
  }
  return [];
}
