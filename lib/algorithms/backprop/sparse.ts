/** Trainings of weights of which a part is pruned: which part, changes between epochs. */
import { z } from 'zod';
import { lazy } from '../../base/lazy.ts';
import { countWeights } from '../../network/architecture.ts';
import type { AnyNetwork } from '../../network/network.ts';
import { type Trainable, trainableOf, withParameters } from '../../network/trainable.ts';
import { pack, sparsityOf } from '../../search/genome.ts';
import type { Match, Section } from '../algorithm.ts';
import { largestMask, SCOPES, type Scope } from '../gates/largest.ts';
import { byEpochs } from '../parts/epochs.ts';
import * as fields from '../parts/training-fields.ts';
import {
  type EpochPlace,
  finalFirst,
  hasLowerLoss,
  type TrainingMethod,
  type Vectors,
} from '../parts/training-method.ts';
import { type Adam, adamRates, backpropStep, flatten, unflatten } from './step.ts';

export const keepField = z.number().gt(0).max(1).default(0.5).meta({
  description: 'Share of the weights that is kept in the end',
});
export const scopeField = z.enum(SCOPES).default('network').meta({
  description: 'Where the largest weights compete: in each layer, or in the whole network',
});
export const smoothingField = z.number().min(0).lt(1).default(0).meta({
  description: 'Label smoothing: share of the probability that all classes have alike',
});

interface SparseSpec extends Adam {
  readonly epochs: number;
  readonly batchSize: number;
  readonly baseLayers?: readonly number[] | undefined;
  readonly shuffle: boolean;
  readonly validationShare: number;
  readonly smoothing: number;
}

/** Which weights are trained. */
interface Sparsing {
  /** The mask that training begins with; all are kept if absent. */
  readonly mask?: Uint8Array;
  /** The share that is kept in an epoch, 0 …; where it changes, the largest weights are kept. */
  keep(epoch: number): number;
  /** Whether the weights of an epoch may be the result. */
  isFinal(epoch: number): boolean;
  readonly scope: Scope;
}

interface Sparsely<Spec, Key extends Section, Own extends SparseSpec> {
  readonly summary: string;
  readonly section: Key;
  readonly match?: Match;
  sectionOf(spec: Spec): Own;
  sparsing(own: Own, network: Trainable): Sparsing;
  problems?(spec: Spec): string[];
}

export function bySparseTraining<
  Spec extends { readonly seed: number },
  const Key extends Section,
  Own extends SparseSpec,
>({ sectionOf, sparsing, ...rest }: Sparsely<Spec, Key, Own>) {
  return byEpochs<Spec, Key>({
    ...rest,
    finds: 'weights',
    networks: 'convolutional',
    found: 'trained',
    sectionOf,
    method(spec, network) {
      const own = sectionOf(spec);
      return sparseMethod(rest.section.key, network, own, sparsing(own, trainableOf(network)));
    },
  });
}

/** `network`: what training starts from. */
function sparseMethod(
  section: string,
  network: AnyNetwork,
  written: SparseSpec,
  { mask: first, keep, isFinal, scope }: Sparsing,
): TrainingMethod {
  const initial = trainableOf(network);
  const { widths } = initial;
  const spec = { ...written, learningRate: fields.carriedRate(written, widths) };
  const { epochs, batchSize, shuffle, validationShare, smoothing } = spec;
  const bits = countWeights(widths);

  /** The state with the weights and moments zero that `mask` prunes; biases stay. */
  function pruned(mask: Uint8Array, state: Vectors): Vectors {
    const all = new Float32Array(state.parameters?.length ?? 0).fill(1);
    all.set(mask);
    const kept = Object.entries(state).map(([name, values]) => [
      name,
      values.map((value, index) => (all[index] === 1 ? value : 0)),
    ]);
    return { ...Object.fromEntries(kept), mask: all };
  }

  const asTheyAre = new Float32Array(bits).fill(1);
  return {
    section,
    ...{ epochs, batchSize, shuffle, validationShare },
    definition: () => backpropStep(initial, spec, { isMasked: true, smoothing }),
    start() {
      const parameters = flatten(initial);
      const none = () => new Float32Array(parameters.length);
      const state = { parameters, firstMoment: none(), secondMoment: none() };
      const mask = none().fill(1);
      if (first) mask.set(first);
      return { ...state, mask };
    },
    learningRate: () => spec.learningRate,
    rates: ({ epoch }, steps) => adamRates(spec, epoch * steps, steps),
    after({ epoch }: EpochPlace, state) {
      const next = keep(epoch + 1);
      if (epoch + 1 >= epochs || next === keep(epoch)) return state;
      const { parameters = new Float32Array() } = state;
      return pruned(largestMask(widths, parameters.subarray(0, bits), scope, next, asTheyAre), state);
    },
    result: ({ parameters = new Float32Array(), mask = new Float32Array() }) => ({ parameters, mask }),
    // As `after` leaves it: its kept share, its sparsity and its held-out samples are of the same network.
    outcome({ epoch }, { parameters = new Float32Array(), mask = new Float32Array() }) {
      const trained = () => withParameters(network, unflatten(initial, parameters));
      const genome = lazy(() => pack(mask.subarray(0, bits)));
      return {
        network: trained,
        ticket: () => ({ network: trained(), genome: genome() }),
        keep: () => keep(Math.min(epoch + 1, epochs - 1)),
        sparsity: () => sparsityOf(genome(), bits),
      };
    },
    better: finalFirst(isFinal, hasLowerLoss),
  };
}
