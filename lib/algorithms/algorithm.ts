/**
 * An algorithm: ask and tell. It asks for work, is told the outcome, and asks again, until it is over; all of it pure.
 * Steps do the work and keep in the store what the algorithm remembers meanwhile, so that any process can go on.
 */

import type { z } from 'zod';
import type { ClassSize } from '../base/classes.ts';
import type { FlipPasses } from '../network/flip-work.ts';
import type { AnyNetwork, NetworkSize } from '../network/network.ts';
import type { KeepProbabilities } from '../search/drawing.ts';
import { GAPS, type Gap } from '../search/fairness.ts';
import type { PackedMasks } from '../search/genome.ts';
import type { ImprovingSettings, ImprovingState } from '../search/improving.ts';
import type { Individual, Objective, Origin, Score } from '../search/individual.ts';
import type { NestedOrder } from '../search/nested-order.ts';
import type { Viable } from './parts/breeding.ts';
import type { EpochRow } from './parts/epoch-row.ts';
import type { HistoryRow } from './parts/history-row.ts';
import type { Progress } from './parts/progress.ts';
import type { StopReason } from './parts/stopping.ts';
import type { TrainingMethod, TrainingProgress } from './parts/training-method.ts';
import type { Wording } from './parts/wording.ts';

/** `Spec`: the parts of a run spec that it reads. */
export interface Algorithm<Spec, Own extends Section | undefined = Section | undefined> {
  /** One line, for help and docs. */
  readonly summary: string;
  readonly wording: Wording;
  /** Its own section of the run spec. */
  readonly section: Own;
  /** The sections that its result depends on: those of others are not part of a run's identity. */
  readonly heeds: readonly string[];
  /** Whether random masks may be drawn by a strategy of `search.start`. */
  readonly starts: boolean;
  /** The networks that it takes: all of them, multilayer perceptrons and convolutional networks by their names, or the former only. */
  readonly networks: 'all' | 'convolutional' | 'layers';
  /** The most prunable weights that a network may have; any number if absent. */
  readonly mostWeights?: number | undefined;
  /** Whether it finds a mask over weights as they were drawn, or trains the weights. */
  readonly finds: 'mask' | 'weights';
  /** Whether it asks for masks to be improved, flip by flip. */
  readonly improves: boolean;
  /** Whether its result is a front, of which a rule may pick the ticket. */
  readonly hasFront: boolean;
  /** The figure that it can take over from another run, to be compared with it. */
  readonly match: Match | undefined;
  /** Problems of its sections, a line each. `classes`: of the training data. */
  problems(spec: Spec, classes: readonly ClassSize[]): string[];
  /** Whether `Problem.viable` and `Problem.sizes` depend on the network. */
  needsNetwork(spec: Spec): boolean;
  /** The figures that are computed of every mask, where they are others than `search` says. */
  figures?(spec: Spec): { readonly objective?: Objective; readonly gaps?: readonly Gap[] };
  /** Whether masks are ranked by whether they satisfy `search.constraints`, before anything else. */
  readonly constrains: boolean;
  /** Whether its masks keep only weights that may be kept: see `Problem.allowed`. */
  readonly restricts: boolean;
  /** How much work a run is expected to be. */
  course(spec: Spec, doubts: Doubts, size: Pick<Problem, 'bits' | 'samples'>): Course;
  /** The first work of a run. */
  start(spec: Spec, problem: Problem): Moment;
  /** A moment as it was kept. Throws where that is not what this algorithm writes. */
  resume(spec: Spec, problem: Problem, kept: Kept): Moment;
  /** The result of a run, when it is over or after any generation. `rows`: of the generations, from the first on. */
  result(spec: Spec, network: AnyNetwork, found: Findings): Result;
}

/** A section of the run spec. */
export interface Section<Key extends string = string, Schema extends z.ZodType = z.ZodType> {
  readonly key: Key;
  readonly schema: Schema;
}

export interface Match {
  readonly quantity: 'evaluations' | 'sparsity' | 'ticket';
  /** Whether it comes out exactly as it was taken over. */
  readonly exact: boolean;
  /** Of a sparsity: whether a ticket that keeps no weights can be matched, too. */
  readonly takesNone?: boolean;
  /** The fields that are laid over the spec. */
  take(found: MatchedFigures): Readonly<Record<string, unknown>>;
}

/** Of a finished run. */
export interface MatchedFigures {
  readonly evaluations: number;
  readonly sparsity: number;
  /** Where its ticket.safetensors is. */
  readonly ticket: string;
}

/** The network and data that masks are searched for. */
export interface Problem {
  /** Prunable weights. */
  readonly bits: number;
  /** Training samples. */
  readonly samples: number;
  /** Training samples of each class, where they are known. */
  readonly classSizes?: readonly number[];
  /** The weights that a mask may keep, as a genome; all if absent. */
  readonly allowed?: Uint8Array;
  /** Which masks may be drawn or bred, where the algorithm cares: see `needsNetwork`. */
  readonly viable: Viable;
  /** Where the search starts from what earlier tickets say. */
  readonly prior?: KeepProbabilities;
  /** How large minimised networks are, where the algorithm cares: the unmasked one, and that of a mask. */
  readonly sizes?: { readonly whole: MinimisedSize; of(genome: Uint8Array): MinimisedSize };
}

type MinimisedSize = Pick<NetworkSize, 'units' | 'multiplyAdds'>;

/** The assumptions of an estimate, low or high. */
export interface Doubts {
  /** The shortest run that the stopping rules allow, or the longest. */
  readonly search: 'shortest' | 'longest';
  /** Tries for a random mask that must reach an accuracy bound, as a share of those after which the bound falls. */
  readonly triesShare: number;
}

/** How much work a run is. */
export type Course =
  | (Bred & { readonly work: 'score' })
  /** `flips`: of each individual in a generation, on average; as many as they would be on all samples. */
  | (Bred & FlipPasses & { readonly work: 'improve'; readonly flips: number })
  | {
      readonly work: 'train';
      readonly epochs: number;
      /** Passes over the training data in an epoch. */
      readonly passes: number;
      /** Whether each step draws a random number for every weight. */
      readonly draws: boolean;
      readonly batchSize: number;
      readonly validationShare: number;
    };

interface Bred {
  /** Masks to evaluate for the first population, and individuals to evaluate or to improve in every later generation. */
  readonly first: number;
  readonly each: number;
  /** The last generation; the first population is generation 0. */
  readonly generations: number;
  /** All masks to evaluate. */
  readonly evaluations: number;
}

/** The part of an algorithm's state that the store keeps between two pieces of work, beside the population. */
export interface Memory {
  /** Small facts, as JSON. */
  readonly facts: unknown;
  /** Individuals with scores that are not in the population. */
  readonly aside: readonly Individual[];
  /** Flat vectors, such as weights that are trained, or checkpoints as bytes. */
  readonly vectors: Readonly<Record<string, Float32Array | Float64Array | Uint8Array>>;
}

/** Where a run is. */
export interface RunPlace {
  /** Generation, or epoch; and the round within it. */
  readonly generation: number;
  readonly round: number;
  /** The last complete generation; null before the first. */
  readonly complete: number | null;
  readonly work: Ask['work'];
  /** For people who watch: figures of the last complete generation. */
  readonly progress: Progress;
  readonly memory: Memory;
}

/** A piece of work, and what it needs. */
export interface Moment extends RunPlace {
  /** After the last complete generation, best first. */
  readonly population: readonly Individual[];
  readonly ask: Ask;
}

/** The next piece of work, for any process; `tell` takes its outcome. */
type Ask = Scoring | Improving | Training;

/** Masks to evaluate, cut into chunks of any size. */
interface Scoring {
  readonly work: 'score';
  readonly brood: Brood;
  /** `scores`: of the brood's masks, in their order. */
  tell(scores: readonly Score[]): Told;
}

/** Individuals to improve flip by flip, cut into chunks of any size. */
interface Improving {
  readonly work: 'improve';
  /** The measure by which flips are judged. */
  readonly objective: Objective;
  /** Samples that they are judged by; all of the data, or a part. */
  readonly samples: number;
  /** Flips of an individual after which a part is drawn anew; null: one is drawn for the run. */
  readonly redrawnAfter: number | null;
  readonly tasks: readonly Improvement[];
  /** `improved`: of the tasks, in their order. */
  tell(improved: readonly Improved[]): Told;
}

/** Some more flips of one individual. */
export interface Improvement {
  /** Names its stream of random numbers, within the run. */
  readonly stream: number;
  readonly settings: ImprovingSettings;
  /** Flips to consider now, at most. */
  readonly flips: number;
  /** Where it goes on; a mask alone where it begins. */
  readonly from: Uint8Array | ImprovingState;
}

export interface Improved {
  /** The state from which it goes on. */
  readonly state: ImprovingState;
  /** Its best mask, as far as it is known, and that mask's score by an evaluator. */
  readonly genome: Uint8Array;
  readonly score: Score;
}

/** Epochs to train: one at least, as many as there is time for until `isOver`. */
interface Training {
  readonly work: 'train';
  method(network: AnyNetwork): TrainingMethod;
  /** Undefined before the first epoch. */
  readonly progress: TrainingProgress | undefined;
  isOver(epochs: number, unchanged: number): boolean;
  tell(progress: TrainingProgress): Told;
}

/** Offspring: the masks to evaluate, each once, and for each of the offspring which of them, or which individual, it equals. */
export interface Brood {
  readonly masks: PackedMasks;
  /** ≥ 0: the position of a mask; < 0: −1 − the position of an individual of the population, or of those aside, which follow it. */
  readonly sources: Int32Array;
  readonly origins: readonly Origin[];
}

export interface Told {
  /** A search: the generation that is complete with this, as its survivors, best first, and its row of the history. */
  readonly complete?: { readonly survivors: readonly Individual[]; readonly row: HistoryRow };
  readonly next: Moment | End;
}

export interface End extends RunPlace {
  readonly over: StopReason;
}

export function isEnd(next: Moment | End): next is End {
  return 'over' in next;
}

/** A moment as the store keeps it. */
export interface Kept extends RunPlace {
  readonly population: readonly Individual[];
  /** Where masks are to be evaluated. */
  readonly brood: Brood | undefined;
}

export interface Findings {
  readonly memory: Memory;
  readonly population: readonly Individual[];
  readonly rows: readonly HistoryRow[];
}

/** The input of finalize for the ticket and the report. */
export interface Result {
  /** Best first. */
  readonly candidates: readonly Candidate[];
  /** Where other tickets are looked for as well, sparser and denser ones: all that it has found. */
  readonly front?: readonly Candidate[];
  /** The figures in which none of the front's tickets may beat another; fitness and sparsity if absent. */
  readonly frontAxes?: readonly FrontAxis[];
  /** Where every beginning of an order of the weights is a ticket: that order. */
  readonly order?: NestedOrder;
  /** The objective that ranks them. */
  readonly objective: Objective;
  readonly generations: number;
  readonly evaluations: number;
  /** How often the starts of a search by single flips began anew, where they did. */
  readonly restarts?: number;
  readonly history: History;
}

export const FRONT_AXES = ['fitness', 'sparsity', 'units', 'multiply-adds', 'loss', ...GAPS] as const;
export type FrontAxis = (typeof FRONT_AXES)[number];

/** A mask that may become the ticket. */
export interface Candidate {
  /** With the weights that it was found for, or trained. */
  readonly network: AnyNetwork;
  readonly genome: Uint8Array;
  /** On the training data, where the search scored it. */
  readonly score?: Score;
}

export type History =
  | { readonly by: 'generation'; readonly rows: readonly HistoryRow[] }
  | { readonly by: 'epoch'; readonly rows: readonly EpochRow[] };
