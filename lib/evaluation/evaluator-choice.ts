/** Which path evaluates a network: chosen from the shapes, here and nowhere else. `npm run bench` holds the estimates against measurements. */
import { type AffineScaling, countSamples, type Samples, scaled } from '../data/dataset.ts';
import { countWeights } from '../network/architecture.ts';
import { graphOfLayers, layersOf } from '../network/layers-graph.ts';
import { type AnyNetwork, isGraph, type NetworkSize, sizeOfLayers } from '../network/network.ts';
import { needsLoss, type Objective } from '../search/individual.ts';
import { OWN } from '../search/own-code.ts';
import type { Evaluator } from './evaluator.ts';
import { countTerms, fewInputsEvaluator } from './few-inputs-evaluator.ts';
import { GeneralEvaluator } from './general-evaluator.ts';
import { GraphEvaluator } from './graph/evaluator.ts';
import type { EvaluatorOptions } from './session.ts';

/** The first two take multilayer perceptrons, the last any network. */
export const PATHS = ['few-inputs', 'general', 'graph'] as const;
export type Path = (typeof PATHS)[number];

export type EvaluationTask = {
  readonly samples: number;
  /** Figures to compute beside the correct predictions. */
  readonly objective: Objective;
} & (
  | {
      /** Layer widths, inputs first, of a multilayer perceptron. */
      readonly widths: readonly number[];
    }
  | {
      /** For a graph network. */
      readonly size: NetworkSize;
    }
);

/** Nanoseconds at a large product's rate of 100 GFLOP/s: one multiply-add, and one activation written and read. */
const MULTIPLY_ADD = 0.02;
const ACTIVATION = 0.4;
/** Graph networks are evaluated an individual at a time: each of its activations, in more and smaller operations. */
const GRAPH_ACTIVATION = 1;
/** Bytes of activations that the few-inputs path may hold; it has them about three times. */
const MOST_ACTIVATIONS = 256e6;

/** Estimated nanoseconds per individual and sample; Infinity where the path does not fit the task. */
export function estimateTime(path: Path, task: EvaluationTask): number {
  if (path === 'graph') {
    const { multiplyAdds, units } = 'size' in task ? task.size : sizeOfLayers(task.widths);
    // The losses of a multilayer perceptron are summed in one order only, that of the general path.
    if ('widths' in task && needsLoss(task.objective)) return Number.POSITIVE_INFINITY;
    return multiplyAdds * MULTIPLY_ADD + units * GRAPH_ACTIVATION;
  }
  // Only the graph path has the logits at hand.
  if ('size' in task || task.objective === OWN) return Number.POSITIVE_INFINITY;
  const { widths, samples, objective } = task;
  const hidden = widths.slice(1, -1);
  if (path === 'general') {
    const units = hidden.reduce((sum, width) => sum + width, 0) + 4 * (widths.at(-1) ?? 0);
    return countWeights(widths) * MULTIPLY_ADD + units * ACTIVATION;
  }
  const [features = 0, width = 0] = widths;
  // Losses are summed in one order only, that of the general path; only it knows which class is predicted.
  if (objective !== 'accuracy' || hidden.length !== 1 || widths.at(-1) !== 2 || features > 8)
    return Number.POSITIVE_INFINITY;
  const terms = countTerms(features, width);
  if (terms * samples * 4 > MOST_ACTIVATIONS) return Number.POSITIVE_INFINITY;
  return terms * MULTIPLY_ADD + ACTIVATION;
}

/** The cheapest path; a multilayer perceptron takes one of those that are made for it. */
export function choosePath(task: EvaluationTask): Path {
  if ('size' in task || task.objective === OWN) return 'graph';
  return estimateTime('few-inputs', task) < estimateTime('general', task) ? 'few-inputs' : 'general';
}

export type EvaluatorSettings = EvaluatorOptions & { readonly path?: Path; readonly consume?: boolean };

/**
 * An evaluator over raw `samples`. A graph that is a multilayer perceptron is taken for one. `path` and `threads` are for
 * tests and measurements; counts do not depend on them. `consume`: nobody else reads the samples, so that their memory
 * may be used. Throws where `path` does not take the network.
 */
export async function createEvaluator(
  network: AnyNetwork,
  samples: Samples,
  scaling: AffineScaling,
  options: EvaluatorSettings,
): Promise<Evaluator> {
  const x = scaled(samples.x, scaling, options.consume ? samples.x : undefined);
  const data = { features: samples.features, x, labels: samples.labels };
  const layers = layersOf(network);
  const { path, objective } = options;
  if (path === 'graph' || objective === OWN || !layers) {
    if (path && path !== 'graph') throw new Error(`no path '${path}' for a graph network`);
    return GraphEvaluator.create(isGraph(network) ? network : graphOfLayers(network), data, options);
  }
  const task = { widths: layers.widths, samples: countSamples(samples), objective };
  return (path ?? choosePath(task)) === 'few-inputs'
    ? fewInputsEvaluator(layers, data, options.threads)
    : GeneralEvaluator.create(layers, data, options);
}
