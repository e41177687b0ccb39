/** Counts of a position as an evaluator gives them: what float32 leaves in doubt is settled in double precision. */
import { indexOfLargest } from '../../base/largest.ts';
import { availableMemory } from '../../base/memory.ts';
import { type AffineScaling, type Samples, scaled } from '../../data/dataset.ts';
import type { Network } from '../../network/architecture.ts';
import type { Places } from '../../network/dense-by-outputs.ts';
import type { Graph } from '../../network/graph.ts';
import { layersOf } from '../../network/layers-graph.ts';
import { type AnyNetwork, isGraph } from '../../network/network.ts';
import { unpack } from '../../search/genome.ts';
import { fitnessOf, isMacroAverage, type MacroAverage, type Objective } from '../../search/individual.ts';
import { OWN } from '../../search/own-code.ts';
import type { FlipWalk } from '../../search/pruning.ts';
import { GraphDouble } from '../double/graph.ts';
import { DoublePrecision } from '../double/layers.ts';
import type { ScaledData } from '../evaluator.ts';
import { MACRO_AVERAGE_OF } from '../macro-average.ts';
import { LayersPosition, type Tallies } from './layers.ts';
import { estimatePosition, mostBytes } from './layout.ts';
import { placedDouble, placedGenome, placedWalk } from './placed.ts';
import type { ConvStage } from './stages.ts';
import { tailOf } from './tail.ts';

/** What a walk over single flips goes through: layers, or stages and layers of a graph whose weights are all theirs. */
interface Walked {
  readonly network: Network;
  readonly stages: readonly ConvStage[];
  readonly graph?: Graph;
  /** Where the bits of a genome of the graph are among theirs, if not in the same places. */
  readonly places?: Places | undefined;
  readonly isRounded: boolean;
}

function walkedOf(network: AnyNetwork): Walked | undefined {
  const layers = layersOf(network);
  if (layers) return { network: layers, stages: [], isRounded: false };
  const tail = isGraph(network) ? tailOf(network) : undefined;
  return isGraph(network) && tail?.front.nodes.length === 0 ? { ...tail, graph: network } : undefined;
}

/** A walk over single flips that asks for exact figures: correct predictions, or a mean over the classes. */
export class ExactPosition implements FlipWalk {
  readonly #position: LayersPosition;
  readonly #double: Pick<DoublePrecision, 'logits'>;
  readonly #mask: Uint8Array;
  readonly #labels: Uint16Array;
  readonly #present: Uint32Array;
  readonly #average: MacroAverage | undefined;

  constructor(
    walked: Omit<Walked, 'isRounded'>,
    data: ScaledData,
    genome: Uint8Array,
    average?: MacroAverage,
  ) {
    const { network, stages, graph, places } = walked;
    const options = { objective: average ?? 'accuracy' } as const;
    this.#position = new LayersPosition(network, data, genome, options, stages);
    const double = graph ? new GraphDouble(graph, data.x) : new DoublePrecision(network, data.x);
    this.#double = places ? placedDouble(double, places) : double;
    this.#mask = unpack(genome, this.#position.bits);
    this.#labels = data.labels;
    this.#present = new Uint32Array(network.widths.at(-1) ?? 0);
    for (const label of data.labels) this.#present[label] = (this.#present[label] ?? 0) + 1;
    this.#average = average;
  }

  /** Whether errors of rounding are bounded: its figures are exact only then. */
  get isBounded(): boolean {
    return this.#position.isBounded;
  }

  /** The figure of the mask as it stands, and with that bit flipped: the same number that an evaluator gives. */
  figure(): number {
    return this.#figureOf(this.#position.tallies());
  }

  figureIf(bit: number): number {
    this.#turn(bit);
    const figure = this.#figureOf(this.#position.talliesIf(bit));
    this.#turn(bit);
    return figure;
  }

  flip(bit: number): void {
    this.#position.flip(bit);
    this.#turn(bit);
  }

  moveTo(genome: Uint8Array): void {
    this.#position.moveTo(genome);
    this.#mask.set(unpack(genome, this.#position.bits));
  }

  #turn(bit: number): void {
    this.#mask[bit] = (this.#mask[bit] ?? 0) ^ 1;
  }

  #figureOf({ counts, doubtful }: Tallies): number {
    const classes = this.#present.length;
    for (const sample of doubtful) {
      const prediction = indexOfLargest(this.#double.logits(this.#mask, sample));
      if (prediction === this.#labels[sample]) counts[prediction] = (counts[prediction] ?? 0) + 1;
      counts[classes + prediction] = (counts[classes + prediction] ?? 0) + 1;
    }
    const truePositives = counts.subarray(0, classes);
    const predicted = counts.subarray(classes);
    return this.#average
      ? MACRO_AVERAGE_OF[this.#average]({ present: this.#present, truePositives, predicted })
      : truePositives.reduce((sum, count) => sum + count, 0);
  }
}

/** A walk by cross-entropy: a position's figures, the same on every processor. */
class LossWalk implements FlipWalk {
  readonly #position: LayersPosition;

  constructor({ network, stages }: Walked, data: ScaledData, genome: Uint8Array) {
    this.#position = new LayersPosition(network, data, genome, { objective: 'cross-entropy' }, stages);
  }

  figure(): number {
    return -this.#position.cost * this.#position.samples;
  }

  figureIf(bit: number): number {
    return this.figure() - this.#position.change(bit) * this.#position.samples;
  }

  flip(bit: number): void {
    this.#position.flip(bit);
  }

  moveTo(genome: Uint8Array): void {
    this.#position.moveTo(genome);
  }
}

/** A walk by correct predictions, and by cross-entropy among equals. */
class AccuracyFirstWalk implements FlipWalk {
  readonly #accuracy: FlipWalk;
  readonly #loss: FlipWalk;

  constructor(accuracy: FlipWalk, loss: FlipWalk) {
    this.#accuracy = accuracy;
    this.#loss = loss;
  }

  figure(): number {
    return this.#fitness(this.#accuracy.figure(), this.#loss.figure());
  }

  figureIf(bit: number): number {
    return this.#fitness(this.#accuracy.figureIf(bit), this.#loss.figureIf(bit));
  }

  flip(bit: number): void {
    this.#accuracy.flip(bit);
    this.#loss.flip(bit);
  }

  moveTo(genome: Uint8Array): void {
    this.#accuracy.moveTo(genome);
    this.#loss.moveTo(genome);
  }

  #fitness(correct: number, figure: number): number {
    return fitnessOf({ correct, loss: -figure, macroAverage: Number.NaN }, 'accuracy-then-cross-entropy');
  }
}

/**
 * A walk from the mask `start` over raw samples. Undefined where flips cannot be evaluated alone, or not in the memory that
 * there is.
 */
export function openFlipWalk(
  network: AnyNetwork,
  samples: Samples,
  scaling: AffineScaling,
  start: Uint8Array,
  figure: Objective,
): FlipWalk | undefined {
  const walked = walkedOf(network);
  if (!walked || figure === OWN) return undefined;
  const count = samples.labels.length;
  const parts =
    figure === 'accuracy-then-cross-entropy' ? (['accuracy', 'cross-entropy'] as const) : [figure];
  const most = mostBytes(availableMemory() / 2 / parts.length);
  const { widths } = walked.network;
  if (parts.some((part) => estimatePosition(widths, count, part, walked.stages) > most)) return undefined;
  return openWalk(walked, samples, scaling, start, figure);
}

/** The same without a look at the memory that there is. */
export function openLayersWalk(
  layers: Network,
  samples: Samples,
  scaling: AffineScaling,
  start: Uint8Array,
  figure: Objective,
): FlipWalk {
  const walk = openWalk({ network: layers, stages: [], isRounded: false }, samples, scaling, start, figure);
  if (!walk) throw new TypeError('a walk over dense layers is always exact');
  return walk;
}

/** Undefined where its figures would not be exact. */
function openWalk(
  walked: Walked,
  samples: Samples,
  scaling: AffineScaling,
  start: Uint8Array,
  figure: Objective,
): FlipWalk | undefined {
  const { places } = walked;
  if (!places) return openOwnWalk(walked, samples, scaling, start, figure);
  const walk = openOwnWalk(walked, samples, scaling, placedGenome(places, start), figure);
  return walk && placedWalk(walk, places);
}

/** The same, with masks of its own genome. */
function openOwnWalk(
  walked: Walked,
  samples: Samples,
  scaling: AffineScaling,
  start: Uint8Array,
  figure: Objective,
): FlipWalk | undefined {
  const data = { features: samples.features, x: scaled(samples.x, scaling), labels: samples.labels };
  const loss = () => new LossWalk(walked, data, start);
  if (figure === 'cross-entropy') return loss();
  if (walked.isRounded) return undefined;
  const counts = new ExactPosition(walked, data, start, isMacroAverage(figure) ? figure : undefined);
  if (!counts.isBounded) return undefined;
  return figure === 'accuracy-then-cross-entropy' ? new AccuracyFirstWalk(counts, loss()) : counts;
}
