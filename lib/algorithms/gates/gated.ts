/** Algorithms that train gates: their fields, and how they become a training. */
import { z } from 'zod';
import { lazy } from '../../base/lazy.ts';
import { countWeights } from '../../network/architecture.ts';
import { maskedConstants, maskedWeights } from '../../network/masked-weights.ts';
import { type AnyNetwork, isGraph } from '../../network/network.ts';
import { type Trainable, trainableOf, withParameters } from '../../network/trainable.ts';
import { pack, sparsityOf } from '../../search/genome.ts';
import type { Match, Section } from '../algorithm.ts';
import type { EpochRow } from '../parts/epoch-row.ts';
import { byEpochs } from '../parts/epochs.ts';
import * as fields from '../parts/training-fields.ts';
import {
  type EpochOutcome,
  type EpochPlace,
  finalFirst,
  type TrainingMethod,
  type Vectors,
} from '../parts/training-method.ts';
import { type Gates, gatedStep } from './gates.ts';

/** Fields of every section of gates, with the defaults of their method. */
export function descentFields(defaults: { learningRate: number; momentum: number; weightDecay: number }) {
  return {
    epochs: fields.epochs,
    batchSize: fields.batchSize,
    learningRate: fields.learningRate.default(defaults.learningRate),
    baseLayers: fields.baseLayers,
    momentum: fields.decay.default(defaults.momentum),
    weightDecay: z.number().min(0).max(1_000).default(defaults.weightDecay),
    schedule: fields.schedule,
    shuffle: fields.shuffleField,
    validationShare: fields.validationShare.default(0).meta({
      description: 'Share of the training data that is held out; 0: the mask of the last epoch is the ticket',
    }),
  };
}

interface DescentSpec {
  readonly baseLayers?: readonly number[] | undefined;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly schedule: z.output<typeof fields.schedule>;
  readonly shuffle: boolean;
  readonly validationShare: number;
}

/** The mask that keeps the weights whose gates are open. A loop: `Uint8Array.from` with a function takes ten times as long. */
export function openMask(
  scores: Float32Array,
  isOpen: (score: number, weight: number) => boolean,
): Uint8Array {
  const mask = new Uint8Array(scores.length);
  for (let weight = 0; weight < mask.length; weight++) {
    if (isOpen(scores[weight] ?? 0, weight)) mask[weight] = 1;
  }
  return mask;
}

/** The gates of one network, and what is known of them outside the graph. */
export interface Gating {
  gates(course: number): Gates;
  /** The scores that training begins with, and the vectors that no step changes. */
  start(): Vectors & { readonly scores: Float32Array };
  /** The mask, a byte a weight, that scores mean. */
  mask(scores: Float32Array, place: EpochPlace): Uint8Array;
  /** How many weights are kept, where it does not depend on the scores. */
  kept?(place: EpochPlace): number;
  /** The share that is asked for; that of the mask if absent. */
  keep?(place: EpochPlace): number;
  /** The gates' own rates in an epoch. */
  rates?(place: EpochPlace): Readonly<Record<string, number>>;
  /** The network in the graph, where it is not the one that was drawn. */
  readonly frozen?: Trainable;
  /** The weights that a result keeps, per layer, where they are not those that were drawn. `mask`: of its scores. */
  weights?(result: Vectors, mask: () => Uint8Array): readonly Float32Array[];
  noise?: TrainingMethod['noise'];
  after?: TrainingMethod['after'];
  /** Whether the mask of an epoch may be the ticket; all may if absent. */
  isFinal?(epoch: number): boolean;
}

interface Gated<Spec, Key extends Section, Own extends DescentSpec> {
  readonly summary: string;
  readonly section: Key;
  readonly match?: Match;
  sectionOf(spec: Spec): Own;
  gating(own: Own, network: Trainable, seed: number): Gating;
  /** Whether the weights of the ticket are others than were drawn. */
  readonly changesWeights?: boolean;
  /** Whether each step draws a random number for every weight; false if absent. */
  readonly draws?: boolean;
  /** Trainings one after another; 1 if absent. */
  courses?(own: Own): number;
  problems?(spec: Spec): string[];
}

export function byGates<
  Spec extends { readonly seed: number },
  const Key extends Section,
  Own extends DescentSpec,
>({ sectionOf, gating, courses = () => 1, changesWeights = false, ...rest }: Gated<Spec, Key, Own>) {
  return byEpochs<Spec, Key>({
    ...rest,
    finds: changesWeights ? 'weights' : 'mask',
    found: 'by training scores',
    sectionOf,
    networks: 'convolutional',
    method: (spec, network) =>
      gatedMethod(
        rest.section.key,
        sectionOf(spec),
        network,
        gating(sectionOf(spec), trainableOf(network), spec.seed),
      ),
    epochs(spec) {
      const own = sectionOf(spec);
      const all = own.epochs * courses(own);
      return { shortest: all, longest: all };
    },
  });
}

/** `network`: its weights are frozen; biases, too, and always kept. */
function gatedMethod(
  section: string,
  spec: DescentSpec,
  network: AnyNetwork,
  gating: Gating,
): TrainingMethod {
  const { epochs, batchSize, shuffle, validationShare } = spec;
  const frozen = trainableOf(network);
  const bits = countWeights(frozen.widths);
  const carried = { ...spec, learningRate: fields.carriedRate(spec, frozen.widths) };
  const learningRate = (epoch: number) => fields.scheduledRate(carried, epoch);

  function outcome(place: EpochPlace, result: Vectors): EpochOutcome {
    const { scores = new Float32Array() } = result;
    const mask = lazy(() => gating.mask(scores, place));
    const genome = lazy(() => pack(mask()));
    // Most masks are for the weights as they were drawn.
    const unmasked = lazy(() =>
      gating.weights
        ? withParameters(network, { ...frozen, weights: gating.weights(result, mask) })
        : network,
    );
    const sparsity = () => {
      const kept = gating.kept?.(place);
      return kept === undefined ? sparsityOf(genome(), bits) : 1 - kept / bits;
    };
    return {
      network() {
        const own = unmasked();
        return isGraph(own)
          ? { ...own, constants: maskedConstants(own, genome()) }
          : { ...own, weights: maskedWeights(own, genome()) };
      },
      ticket: () => ({ network: unmasked(), genome: genome() }),
      keep: () => gating.keep?.(place) ?? 1 - sparsity(),
      sparsity,
    };
  }

  return {
    section,
    ...{ epochs, batchSize, shuffle, validationShare },
    definition: (course) => gatedStep(gating.frozen ?? frozen, gating.gates(course), spec),
    start() {
      const start = gating.start();
      return { ...start, momentum: new Float32Array(start.scores.length) };
    },
    learningRate,
    rates(place, steps) {
      const all = { learningRate: learningRate(place.epoch), ...gating.rates?.(place) };
      return Object.fromEntries(
        Object.entries(all).map(([name, rate]) => [name, new Float32Array(steps).fill(rate)]),
      );
    },
    ...(gating.noise ? { noise: gating.noise } : {}),
    ...(gating.after ? { after: gating.after } : {}),
    result: ({ scores = new Float32Array(), weights }) => ({ scores, ...(weights && { weights }) }),
    outcome,
    better: finalFirst((epoch) => gating.isFinal?.(epoch) ?? true, better),
  };
}

/** Accuracy first, then loss, then sparsity; of equals the earlier stays. */
function better(row: EpochRow, best: EpochRow): boolean {
  const accuracy = (row.validationAccuracy ?? 0) - (best.validationAccuracy ?? 0);
  const loss = (best.validationLoss ?? Infinity) - (row.validationLoss ?? Infinity);
  return (accuracy || loss || row.sparsity - best.sparsity) > 0;
}
