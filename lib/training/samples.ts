/** Which samples are trained on, in what order, and which are held out. */
import { heldOut } from '../algorithms/parts/held-out.ts';
import { classMembers } from '../base/classes.ts';
import { random } from '../base/random.ts';
import { shuffle } from '../base/shuffle.ts';

export interface Split {
  /** Indices of samples, in the order of the data. */
  readonly training: Int32Array;
  readonly validation: Int32Array;
}

/** Holds out `validationShare` of each class, drawn by `seed`; the same samples for every algorithm. */
export function splitSamples(
  labels: Uint16Array,
  classes: number,
  validationShare: number,
  seed: number,
): Split {
  const members = classMembers(labels, classes);
  const held = new Uint8Array(labels.length);
  for (const [label, own] of members.entries()) {
    const drawn = shuffle(random(seed, 'validation', label), own.slice());
    for (const index of drawn.subarray(0, heldOut(own.length, validationShare))) held[index] = 1;
  }
  const indices = Int32Array.from(labels.keys());
  return {
    training: indices.filter((index) => held[index] === 0),
    validation: indices.filter((index) => held[index] === 1),
  };
}

/** The samples in the order of an epoch, 0 …; `shuffled` false: as the data come. */
export function orderOfEpoch(training: Int32Array, shuffled: boolean, seed: number, epoch: number) {
  return shuffled ? shuffle(random(seed, 'order', epoch), training.slice()) : training;
}
