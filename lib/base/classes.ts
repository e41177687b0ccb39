/** Samples and their classes. */
import { at } from './at.ts';

/** How many of `labels` each of the classes 0..`classes`−1 has. */
export function classCounts(labels: ArrayLike<number>, classes: number): Uint32Array {
  const counts = new Uint32Array(classes);
  for (let index = 0; index < labels.length; index++) {
    const label = at(labels, index);
    counts[label] = at(counts, label) + 1;
  }
  return counts;
}

/** The indices of the samples of each class, ascending. */
export function classMembers(labels: ArrayLike<number>, classes: number): Uint32Array[] {
  const members = Array.from(classCounts(labels, classes), (count) => new Uint32Array(count));
  const next = new Uint32Array(classes);
  for (let index = 0; index < labels.length; index++) {
    const label = at(labels, index);
    const place = at(next, label);
    at(members, label)[place] = index;
    next[label] = place + 1;
  }
  return members;
}

/** Samples by their class and the predicted one. */
export interface Confusion<Counts = ArrayLike<number>> {
  readonly classes: number;
  /** classes × classes, row-major: a row per true class, a column per predicted class. */
  readonly counts: Counts;
}
