/** Single flips, beside whole evaluations of the same network. */
import { randomGenome } from '../lib/algorithms/parts/operators.ts';
import { random } from '../lib/base/random.ts';
import { makeDataset } from '../lib/data/builtin/generators.ts';
import { type AffineScaling, IDENTITY, type Samples } from '../lib/data/dataset.ts';
import { createEvaluator } from '../lib/evaluation/evaluator-choice.ts';
import { openPosition } from '../lib/evaluation/flips/positions.ts';
import { countWeights } from '../lib/network/architecture.ts';
import { convnet } from '../lib/network/convnets.ts';
import { prunableBits } from '../lib/network/graph.ts';
import { redraw, uniformNetwork } from '../lib/network/initializer.ts';
import type { AnyNetwork } from '../lib/network/network.ts';
import { builtInTaskSchema } from '../lib/runspec/task.ts';
import { evaluating } from './random-masks.ts';

/** `individuals`: masks an evaluation takes together. `least`: flips for each evaluation that are aimed at. */
export const FLIP_TASKS = [
  { name: '[64,75,10]', widths: [64, 75, 10], data: 'digits', individuals: 100, least: 12 },
  { name: '[2,50,50,2]', widths: [2, 50, 50, 2], data: 'moons', individuals: 16, least: 6 },
  { name: '[784,512,512,10]', widths: [784, 512, 512, 10], data: 'synthetic', individuals: 2, least: 40 },
  { name: 'lenet-5, last two layers', widths: undefined, data: 'images', individuals: 4, least: 10 },
] as const;

export interface FlipWork {
  /** Index into FLIP_TASKS. */
  readonly flips: number;
  /** Single flips, or whole networks. */
  readonly whole: boolean;
}

function synthetic(count: number): { samples: Samples; scaling: AffineScaling } {
  const stream = random(1, 'dataset');
  const samples = {
    features: 784,
    x: Float32Array.from({ length: count * 784 }, () => stream.uniform()),
    labels: Uint16Array.from({ length: count }, () => stream.below(10)),
  };
  return { samples, scaling: IDENTITY };
}

function dataOf(name: (typeof FLIP_TASKS)[number]['data']): { samples: Samples; scaling: AffineScaling } {
  if (name === 'synthetic') return synthetic(10_000);
  if (name === 'images') return synthetic(1_000);
  const { train, scaling } = makeDataset(builtInTaskSchema.parse({ dataset: name }));
  return { samples: train, scaling };
}

/** Flips that are considered in one go. */
const FLIPS = 10;
/** LeNet-5's last two layers: 120 × 84 and 84 × 10. */
const LAST_TWO = 84 * 130;

/** One repetition of the work; gives the flips considered, or the masks evaluated. */
export async function startFlipWork({ flips, whole }: FlipWork): Promise<() => Promise<number>> {
  const { widths, data, individuals } = FLIP_TASKS[flips] ?? FLIP_TASKS[0];
  const { samples, scaling } = dataOf(data);
  const network: AnyNetwork = widths
    ? uniformNetwork(widths, 1)
    : redraw(convnet('lenet-5', [1, 28, 28], 10), 'signed-kaiming-constant', 1);
  const bits = 'nodes' in network ? prunableBits(network) : countWeights(network.widths);
  const objective = 'cross-entropy';
  if (whole) {
    const evaluator = await createEvaluator(network, samples, scaling, { objective, threads: 1 });
    return evaluating(evaluator, bits, individuals);
  }
  const genome = randomGenome(random(1, 'start'), bits);
  const position = openPosition(network, samples, scaling, genome, { objective });
  if (!position) throw new Error(`no position on ${network}`);
  const stream = random(1, 'noise');
  const from = widths ? 0 : bits - LAST_TWO;
  return async () => {
    for (let flip = 0; flip < FLIPS; flip++) position.change(from + stream.below(bits - from));
    return FLIPS;
  };
}
