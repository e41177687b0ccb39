/** Assumptions and results of an estimate. */
import type { Doubts } from '../algorithms/algorithm.ts';
import type { Dollars, Usage } from './usage.ts';

/** Values that a spec does not give. Seconds, unless another unit is named. */
export interface Assumptions extends Doubts {
  /**
   * Multiply-adds a second on one vCPU, and seconds for each activation beside them. Measured with networks of [2,20,2] to
   * [784,512,512,10] (`npm run bench -- --only networks`) and with searches on blobs: 5e10 and 0.4 ns on a core that has
   * nothing else to do, 2e10 and 0.47 ns on one that is shared.
   */
  readonly multiplyAddsPerSecond: number;
  readonly activation: number;
  /** Evaluations of the pruning pass per prunable weight: half of them are kept, each is tried once or often. */
  readonly pruningPerWeight: number;
  /** Start of a Lambda environment. */
  readonly coldStart: number;
  /** One invocation of a step beside its arithmetic: mostly requests to S3. */
  readonly step: number;
  /** A generation of a leap beside its evaluations: survivors and offspring, in memory. */
  readonly telling: number;
  /** A generation that threads share: messages, and waiting for the slowest of them. */
  readonly sharing: number;
  /** How much of the threads' time is work, where there are several: 0.91 to 0.99 measured with two. */
  readonly scaling: number;
  /** Data, weights and first population; ticket and report. */
  readonly prepare: number;
  readonly finalize: number;
  /** A step of training beside its arithmetic: 70 µs measured with the smallest networks. */
  readonly trainingStep: number;
  /** A random number that a step draws: 9 ns measured for uniform ones, 30 for normal ones (`npm run bench -- --only random`). */
  readonly draw: number;
  /** Between two states, and to start a distributed map (7 s reported with 100 children). */
  readonly transition: number;
  readonly mapRun: number;
}

export const LOW: Assumptions = {
  search: 'shortest',
  multiplyAddsPerSecond: 4e10,
  activation: 3e-10,
  pruningPerWeight: 0.5,
  triesShare: 0.02,
  coldStart: 0.5,
  step: 0.06,
  telling: 0.0005,
  sharing: 0.0002,
  scaling: 0.99,
  prepare: 0.5,
  finalize: 1,
  trainingStep: 4e-5,
  draw: 7e-9,
  transition: 0.02,
  mapRun: 3,
};

export const HIGH: Assumptions = {
  search: 'longest',
  multiplyAddsPerSecond: 1.5e10,
  activation: 8e-10,
  pruningPerWeight: 8,
  triesShare: 0.5,
  coldStart: 1.2,
  step: 0.25,
  telling: 0.002,
  sharing: 0.001,
  scaling: 0.85,
  prepare: 2,
  finalize: 3,
  trainingStep: 2e-4,
  draw: 6e-8,
  transition: 0.08,
  mapRun: 10,
};

export interface Guess {
  readonly generations: number;
  readonly evaluations: number;
  readonly usage: Usage;
  readonly dollars: Dollars;
  /** From start to end of the execution. */
  readonly minutes: number;
  /** Where the budget ends it: the generations, or epochs, that it would have without one. */
  readonly without?: number;
}
