/** Which path evaluates a network: chosen from the shapes, here and nowhere else. `npm run bench` holds the estimates against measurements. */
import { type AffineScaling, countSamples, type Samples, scaled } from '../data/dataset.ts';
import { countWeights, type Network } from '../network/architecture.ts';
import type { Objective } from '../search/individual.ts';
import type { Evaluator } from './evaluator.ts';
import { countTerms, FewInputsEvaluator } from './few-inputs.ts';
import { GeneralEvaluator } from './general.ts';

export const PATHS = ['few-inputs', 'general'] as const;
export type Path = (typeof PATHS)[number];

export interface EvaluationTask {
  /** Layer widths, inputs first. */
  readonly widths: readonly number[];
  readonly samples: number;
  /** What must be computed beside the correct predictions. */
  readonly objective: Objective;
}

/** Nanoseconds at a large product's rate of 100 GFLOP/s: one multiply-add, and one activation written and read. */
const MULTIPLY_ADD = 0.02;
const ACTIVATION = 0.4;
/** Bytes of activations that the few-inputs path may hold; it has them about three times. */
const MOST_ACTIVATIONS = 256e6;

/** Estimated nanoseconds per individual and sample; Infinity where the path does not fit the task. */
export function estimateCost(path: Path, { widths, samples, objective }: EvaluationTask): number {
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

/** The cheapest path. */
export function choosePath(task: EvaluationTask): Path {
  return estimateCost('few-inputs', task) < estimateCost('general', task) ? 'few-inputs' : 'general';
}

/** An evaluator over raw `samples`. `path` and `threads` are for tests and measurements; results do not depend on them. */
export async function createEvaluator(
  network: Network,
  samples: Samples,
  scaling: AffineScaling,
  options: { readonly objective: Objective; readonly path?: Path; readonly threads?: number },
): Promise<Evaluator> {
  const data = { features: samples.features, x: scaled(samples.x, scaling), labels: samples.labels };
  const task = { widths: network.widths, samples: countSamples(samples), objective: options.objective };
  const path = options.path ?? choosePath(task);
  return path === 'few-inputs'
    ? FewInputsEvaluator.create(network, data, options)
    : GeneralEvaluator.create(network, data, options);
}
