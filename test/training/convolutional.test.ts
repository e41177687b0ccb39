/** Training of convolutional networks: the backward pass against finite differences in double precision, and whole trainings. */
import { describe, expect, test } from 'vitest';
import { adamRates, backpropStep, flatten, unflatten } from '../../lib/algorithms/backprop/step.ts';
import type { TrainingProgress } from '../../lib/algorithms/parts/training-method.ts';
import { algorithmNamed } from '../../lib/algorithms/registry.ts';
import { random } from '../../lib/base/random.ts';
import { makeDataset } from '../../lib/data/builtin/generators.ts';
import { scaled } from '../../lib/data/dataset.ts';
import { convnet } from '../../lib/network/convnets.ts';
import { redraw } from '../../lib/network/initializer.ts';
import { isGraph } from '../../lib/network/network.ts';
import { trainableOf, withParameters } from '../../lib/network/trainable.ts';
import { builtInTaskSchema } from '../../lib/runspec/task.ts';
import { EpochSession } from '../../lib/training/epoch-session.ts';
import { Trainer } from '../../lib/training/trainer.ts';
import { complete } from '../runspec/complete.ts';
import { passOf, smallGraph } from './small-graph.ts';

const ADAM = { learningRate: 1e-12, beta1: 0, beta2: 0.999, epsilon: 1e-8 };

describe.each([true, false])('with biases: %s', (biases) => {
  test.each([1, 2, 3])('the gradients are those that finite differences show (%d)', async (seed) => {
    const graph = smallGraph(seed, biases);
    const stream = random(seed, 'noise');
    const labels = [0, 1, 2];
    const x = Float32Array.from({ length: 40 * labels.length }, () => stream.normal());
    const network = trainableOf(graph);
    const parameters = flatten(network);
    const none = () => new Float32Array(parameters.length);
    const data = { features: 40, x, labels: Int32Array.from(labels) };
    // One row more than there are samples: it counts for nothing.
    const session = await EpochSession.create(graph, data, 4, backpropStep(network, ADAM));
    const state = { parameters, firstMoment: none(), secondMoment: none() };
    const found = await session.train(state, Int32Array.of(0, 1, 2), adamRates(ADAM, 0, 1));
    await session.release();
    const at = Float64Array.from(parameters);
    expect(found.loss / 3).toBeCloseTo(passOf(graph, at, x, labels).loss, 4);
    for (const index of at.keys()) {
      const step = 1e-5;
      const [above, below] = [step, -step].map((change) => {
        const moved = at.slice();
        moved[index] = (moved[index] ?? 0) + change;
        return passOf(graph, moved, x, labels).loss;
      });
      const slope = ((above ?? 0) - (below ?? 0)) / (2 * step);
      expect(Math.abs((found.state.firstMoment?.[index] ?? Number.NaN) - slope), `${index}`).toBeLessThan(
        1e-4,
      );
    }
  });
});

test('parameters are taken out of a network and put back', () => {
  const graph = smallGraph(1, true);
  const network = trainableOf(graph);
  const flat = flatten(network);
  const moved = flat.map((value) => value + 1);
  const back = withParameters(graph, unflatten(network, moved));
  expect(flatten(trainableOf(back))).toEqual(moved);
  expect(flatten(trainableOf(withParameters(back, unflatten(network, flat))))).toEqual(flat);
  expect(isGraph(back) && back.constants.get('d.weight')?.shape).toEqual([2, 3, 2, 1]);
});

describe.each([
  ['backprop', { learningRate: 0.01 }, 1],
  ['magnitude-pruning', { learningRate: 0.01, keep: 0.3, rounds: 2 }, 0.3],
  ['edge-popup', { keep: [0.5], validationShare: 0.1 }, 0.5],
  ['low-rank', { learningRate: 0.1, keep: 0.5, tolerance: 0.3 }, 1],
] as const)('%s', (algorithm, own, keep) => {
  test('learns digits with convolutions, and is the same bits where it is cut', async () => {
    const dataset = makeDataset(builtInTaskSchema.parse({ dataset: 'digits', classes: 3 }));
    const network = redraw(convnet('conv-small', [1, 8, 8], 3), 'signed-kaiming-constant', 1, 0.5);
    const key = algorithmNamed(algorithm).section?.key ?? '';
    const spec = complete({
      algorithm,
      task: { dataset: 'digits', classes: 3 },
      network: { architecture: 'conv-small' },
      [key]: { epochs: 6, batchSize: 32, ...own },
    });
    const problem = { bits: 1, samples: 1, viable: () => true };
    const { ask } = algorithmNamed(algorithm).start(spec, problem);
    if (ask.work !== 'train') throw new Error('it does not train');
    const method = ask.method(network);
    const data = { features: 64, x: scaled(dataset.train.x, dataset.scaling), labels: dataset.train.labels };
    const trained = async (cuts: readonly number[]) => {
      let progress: TrainingProgress | undefined;
      for (const cut of [...cuts, 6]) {
        const trainer = await Trainer.create(method, network, data, 1);
        progress = await trainer.train(progress, (epochs) => epochs >= cut).finally(() => trainer.release());
      }
      if (!progress) throw new Error('it trained nothing');
      return progress;
    };
    const whole = await trained([]);
    const row = whole.rows.at(-1);
    expect(row?.validationAccuracy).toBeGreaterThan(0.8);
    expect(row?.sparsity).toBeCloseTo(1 - keep, 2);
    expect(await trained([1, 4])).toEqual(whole);
  });
});
