/** A training algorithm, as the trainer sees it. */
import type { Network } from '../network/architecture.ts';
import type { StepDefinition } from './epoch-model.ts';
import type { EpochRow } from './epoch-row.ts';
import type { Vectors } from './epoch-session.ts';

export interface TrainingMethod {
  /** Its section of the spec, for errors. */
  readonly section: string;
  /** Of one course. Courses are trainings one after another, each from the start: one per kept share. */
  readonly epochs: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly validationShare: number;
  definition(course: number): StepDefinition;
  /** The state that every course begins with. */
  start(): Vectors;
  /** The learning rate of an epoch, 0 …, and the rates of its steps, whose number is the same in every epoch. */
  learningRate(epoch: number): number;
  rates(epoch: number, steps: number): Vectors;
  /** The part of the state that the result is made of. */
  result(state: Vectors): Vectors;
  /** The network of a result as it classifies, pruned weights zero. */
  network(course: number, result: Vectors): Network;
  /** Share of the weights kept per layer as asked for, and of all prunable weights pruned. */
  keep(course: number): number;
  sparsity(course: number): number;
  /** Whether an epoch is better than the best so far, by their held-out samples. */
  better(row: EpochRow, best: EpochRow): boolean;
}
