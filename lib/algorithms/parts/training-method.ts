/** A training algorithm, as the trainer sees it. */
import type { AnyNetwork } from '../../network/network.ts';
import type { GraphBuilder } from '../../network/onnx/graph-builder.ts';
import type { NestedOrder } from '../../search/nested-order.ts';
import type { EpochRow } from './epoch-row.ts';

/** Flat vectors by name. */
export type Vectors = Readonly<Record<string, Float32Array>>;

export interface TrainingMethod {
  /** Its section of the spec, for errors. */
  readonly section: string;
  /** In one course. Courses are trainings one after another, each from the start: one per kept share. */
  readonly epochs: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly validationShare: number;
  /** `state`: what the next epoch begins with. */
  definition(course: number, state: Vectors): StepDefinition;
  /** Names the sizes of a state, where they change within a course, and the definition with them. */
  form?(state: Vectors): string;
  /** The state that every course begins with. */
  start(): Vectors;
  /** The learning rate of an epoch, 0 …, and the rates of its steps, whose number is the same in every epoch. */
  learningRate(epoch: number): number;
  rates(place: EpochPlace, steps: number): Vectors;
  /** The random numbers of a step, 0 …, where the definition asks for some. */
  noise?(epoch: number, step: number): Vectors;
  /** The state that the next epoch begins with, and that the result is made of, if not the one that the steps left. */
  after?(place: EpochPlace, state: Vectors): Vectors;
  /** The part of the state that the result is made of. */
  result(state: Vectors): Vectors;
  outcome(place: EpochPlace, result: Vectors): EpochOutcome;
  /** Where every beginning of an order of the weights is a ticket: that order. */
  order?(result: Vectors): NestedOrder;
  /** Whether an epoch is better than the best so far, by their held-out samples. */
  better(row: EpochRow, best: EpochRow): boolean;
}

/** The meaning of an epoch's result. Each part is made when it is asked for; a mask that several of them need, once. */
export interface EpochOutcome {
  /** The network as it classifies, pruned weights zero. */
  network(): AnyNetwork;
  /** The network and the mask, as a ticket. */
  ticket(): { readonly network: AnyNetwork; readonly genome: Uint8Array };
  /** Share of the weights kept as asked for, and of all prunable weights pruned. */
  keep(): number;
  sparsity(): number;
}

/** By loss: accuracy stops changing long before it does. */
export function hasLowerLoss(row: EpochRow, best: EpochRow): boolean {
  return (row.validationLoss ?? Infinity) < (best.validationLoss ?? Infinity);
}

/** Of epochs of which only some may be the result: these before the others, and the better one of two alike. */
export function finalFirst(
  isFinal: (epoch: number) => boolean,
  better: TrainingMethod['better'],
): TrainingMethod['better'] {
  return (row, best) => {
    const settled = Number(isFinal(row.epoch - 1)) - Number(isFinal(best.epoch - 1));
    return settled === 0 ? better(row, best) : settled > 0;
  };
}

/** An epoch, 0 …, of a course. */
export interface EpochPlace {
  readonly course: number;
  readonly epoch: number;
}

/** The place of an epoch, 0 …, over all courses. */
export function epochPlace({ epochs }: Pick<TrainingMethod, 'epochs'>, epoch: number): EpochPlace {
  return { course: Math.floor(epoch / epochs), epoch: epoch % epochs };
}

/** Where training is. */
export interface TrainingProgress {
  /** A row per epoch, over all courses. */
  readonly rows: readonly EpochRow[];
  /** The next epoch starts from it, unless it begins a course. */
  readonly state: Vectors;
  /** The best result so far, or, where nothing is held out, the last; undefined before the first epoch. */
  readonly best: Best | undefined;
}

interface Best {
  /** The epoch that it is of: an index of `rows`. */
  readonly row: number;
  readonly result: Vectors;
}

/** The parts of one training step. */
export interface StepDefinition {
  /** Flat float32 vectors that are carried from step to step: their names and lengths. */
  readonly state: Readonly<Record<string, number>>;
  /** Scalars that may differ from step to step. */
  readonly rates: readonly string[];
  /** Random numbers of each step: names of vectors, and their lengths. */
  readonly noise?: Readonly<Record<string, number>>;
  /** Steps in a row that see the same samples; 1 if absent. */
  readonly repeats?: number;
  /** Share of the label's probability that all classes have alike in the loss that is descended; 0 if absent. */
  readonly smoothing?: number;
  /** Whether biases are trained, and so need gradients. */
  readonly trainsBiases: boolean;
  /** Adds nodes that make the parameters of the forward pass from the state. */
  parameters(step: GraphBuilder): Parameters;
  /** Adds nodes that make what `update` is given; the gradients if absent. */
  backward?(step: GraphBuilder, pass: ForwardPass): Parameters;
  /** Adds nodes that make the next state from the gradients of the mean loss: its names, in the order of `state`. */
  update(step: GraphBuilder, gradients: Parameters): readonly string[];
}

/** Names of the values of a step's forward pass, rows × units; one per dense layer, where it is a list. */
export interface ForwardPass {
  readonly inputs: readonly string[];
  readonly sums: readonly string[];
  readonly outputs: readonly string[];
  /** Softmax less the wanted probabilities, rows × classes. */
  readonly error: string;
  /** 1 / samples of the step, or 0 where a row holds none: rows × 1. */
  readonly share: string;
}

/** Names of values in the graph, one per dense layer. */
export interface Parameters {
  /** `outputs` × `inputs`. */
  readonly weights: readonly string[];
  /** `outputs`; '' where a layer has none. Gradients: only where biases are trained. */
  readonly biases: readonly string[];
}
