/** Objectives that programs bring along, as functions of what a network answers. */
import { OwnCode, Unexpected } from './own-code.ts';

/** What such a function is given of one mask; the arrays are good until it returns. */
export interface Answers {
  readonly classes: number;
  readonly samples: number;
  /** Samples × classes, row by row, in single precision. */
  readonly logits: Float32Array;
  /** The class of the largest logit, sample by sample, as in double precision; and the right one. */
  readonly predictions: Uint16Array;
  readonly labels: Uint16Array;
}

export interface LoadedObjective {
  readonly name: string;
  readonly fitness: (answers: Answers) => unknown;
}

export const OWN_OBJECTIVES = new OwnCode<LoadedObjective>('objective');

/** Larger is better, 0..1. Throws InvalidSpec where the function throws or returns anything else. */
export function ownFitness({ name, fitness }: LoadedObjective, answers: Answers): number {
  const made = () => fitness(answers);
  return OWN_OBJECTIVES.call(name, 'fitness', made, (found) => {
    if (typeof found === 'number' && found >= 0 && found <= 1) return found;
    throw new Unexpected(`found ${String(found)}, expected a number from 0 to 1, where larger is better`);
  });
}
