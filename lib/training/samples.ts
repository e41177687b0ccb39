/** Which samples are trained on, in what order, and which are held out. */

import { InvalidSpec } from '../base/errors.ts';
import { type Random, random } from '../base/random.ts';
import type { ScaledData } from '../evaluation/evaluator.ts';
import { heldOut, unfitValidationShare } from '../runspec/training.ts';

export interface Split {
  /** Indices of samples, in the order of the data. */
  readonly training: Int32Array;
  readonly validation: Int32Array;
}

/**
 * Holds out `validationShare` of each class, drawn by `seed`; the same samples for every algorithm. Throws InvalidSpec
 * where a class would be left without samples; `section` of the spec is named.
 */
export function splitSamples(
  labels: Uint16Array,
  classes: number,
  validationShare: number,
  seed: number,
  section: string,
): Split {
  const members: number[][] = Array.from({ length: classes }, () => []);
  for (const [index, label] of labels.entries()) members[label]?.push(index);
  const unfit = unfitValidationShare(
    section,
    validationShare,
    members.map(({ length }) => length),
  );
  if (unfit !== undefined) throw new InvalidSpec([unfit]);
  const held = new Uint8Array(labels.length);
  for (const [label, own] of members.entries()) {
    const drawn = shuffled(Int32Array.from(own), random(seed, 'validation', label));
    for (const index of drawn.subarray(0, heldOut(own.length, validationShare))) held[index] = 1;
  }
  const indices = Int32Array.from(labels.keys());
  return {
    training: indices.filter((index) => held[index] === 0),
    validation: indices.filter((index) => held[index] === 1),
  };
}

/** The samples in the order of an epoch, 0 …; `shuffle` false: as the data come. */
export function orderOf(training: Int32Array, shuffle: boolean, seed: number, epoch: number): Int32Array {
  return shuffle ? shuffled(training, random(seed, 'order', epoch)) : training;
}

/** Fisher–Yates, on a copy. */
function shuffled(values: Int32Array, stream: Random): Int32Array {
  const order = values.slice();
  for (let last = order.length - 1; last > 0; last--) {
    const other = stream.below(last + 1);
    const value = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = value;
  }
  return order;
}

/** The samples of those indices. */
export function pick({ features, x, labels }: ScaledData, indices: Int32Array): ScaledData {
  const picked = new Float32Array(indices.length * features);
  for (const [to, from] of indices.entries()) {
    picked.set(x.subarray(from * features, (from + 1) * features), to * features);
  }
  return { features, x: picked, labels: Uint16Array.from(indices, (index) => labels[index] ?? 0) };
}
