/** The work that a benchmark repeats: by name, so that worker threads can make it for themselves. */

import { random } from '../lib/base/random.ts';
import { makeDataset } from '../lib/data/builtin/generators.ts';
import { type AffineScaling, IDENTITY, type Samples } from '../lib/data/dataset.ts';
import { createEvaluator, type Path } from '../lib/evaluation/evaluator-choice.ts';
import { countWeights } from '../lib/network/architecture.ts';
import { uniformNetwork } from '../lib/network/initializer.ts';
import { builtInTaskSchema } from '../lib/runspec/task.ts';
import { type ConvnetWork, startConvnetWork } from './convnets.ts';
import { type FlipWork, startFlipWork } from './flips.ts';
import { matrixProduct } from './machine.ts';
import { evaluating } from './random-masks.ts';

/** Networks and data of `npm run bench`; `authors`: evaluations a second of the papers' code, low and high. */
export const NETWORKS = [
  { name: 'moons', widths: [2, 20, 2], authors: [78, 107] },
  { name: 'moons', widths: [2, 100, 2], authors: [24, 28] },
  { name: 'moons', widths: [2, 50, 50, 2], authors: [20, 20] },
  { name: 'digits', widths: [64, 100, 10], authors: [19, 19] },
  { name: 'synthetic', widths: [784, 512, 512, 10], authors: undefined },
] as const;

const MILLION = { name: 'digits', widths: [64, 1_000, 930, 10] } as const;
/** Its index. */
export const MILLION_WEIGHTS = NETWORKS.length;

interface NetworkWork {
  /** Index into NETWORKS, MILLION_WEIGHTS, or −1 for the large matrix product. */
  readonly network: number;
  readonly individuals: number;
  readonly path?: Path | undefined;
}

export type Work = NetworkWork | ConvnetWork | FlipWork;

function samplesOf(name: (typeof NETWORKS)[number]['name']): {
  samples: Samples;
  scaling: AffineScaling;
} {
  if (name === 'synthetic') {
    const [count, features] = [10_000, 784];
    const stream = random(1, 'dataset');
    const samples = {
      features,
      x: Float32Array.from({ length: count * features }, () => stream.uniform()),
      labels: Uint16Array.from({ length: count }, () => stream.below(10)),
    };
    return { samples, scaling: IDENTITY };
  }
  const { train, scaling } = makeDataset(builtInTaskSchema.parse({ dataset: name }));
  return { samples: train, scaling };
}

/** One repetition of the work; gives how much was done: evaluations, or operations of the matrix product. */
export async function startWork(work: Work): Promise<() => Promise<number>> {
  if ('convnet' in work) return startConvnetWork(work);
  if ('flips' in work) return startFlipWork(work);
  const { network, individuals, path } = work;
  const chosen = network === MILLION_WEIGHTS ? MILLION : NETWORKS[network];
  if (!chosen) return matrixProduct();
  const { samples, scaling } = samplesOf(chosen.name);
  const options =
    path === undefined ? { objective: 'accuracy' as const } : { objective: 'accuracy' as const, path };
  const evaluator = await createEvaluator(uniformNetwork(chosen.widths, 1), samples, scaling, options);
  return evaluating(evaluator, countWeights(chosen.widths), individuals);
}
