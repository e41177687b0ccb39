/** Samples and their classes. */
import { at } from './at.ts';

/** Samples of one class. */
export interface ClassSize {
  /** Undefined where only files that have not been read tell it. */
  readonly name: string | undefined;
  readonly samples: number;
}

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

/** How well one class is told from the rest. */
export interface BinaryScore {
  readonly accuracy: number;
  /** Mean of the shares of the class, and of the rest, that are decided right. */
  readonly balancedAccuracy: number;
}

/** An answer is right where both it and the truth are the class, or neither is. */
export function binaryScore({ classes, counts }: Confusion, label: number): BinaryScore {
  const tally = { own: 0, ownRight: 0, rest: 0, restRight: 0 };
  for (let actual = 0; actual < classes; actual++) {
    for (let predicted = 0; predicted < classes; predicted++) {
      const count = at(counts, actual * classes + predicted);
      const [all, right] =
        actual === label ? (['own', 'ownRight'] as const) : (['rest', 'restRight'] as const);
      tally[all] += count;
      if ((actual === label) === (predicted === label)) tally[right] += count;
    }
  }
  const { own, ownRight, rest, restRight } = tally;
  const shares = [...(own > 0 ? [ownRight / own] : []), ...(rest > 0 ? [restRight / rest] : [])];
  return {
    accuracy: (ownRight + restRight) / (own + rest),
    balancedAccuracy: shares.reduce((sum, share) => sum + share, 0) / shares.length,
  };
}
