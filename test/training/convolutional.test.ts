/** Training of convolutional networks: the backward pass against finite differences in double precision, and whole trainings. */
import { describe, expect, test } from 'vitest';
import { adamRates, backpropStep, flatten, unflatten } from '../../lib/algorithms/backprop/step.ts';
import { algorithmNamed } from '../../lib/algorithms/registry.ts';
import { random } from '../../lib/base/random.ts';
import { makeDataset } from '../../lib/data/builtin/generators.ts';
import { scaled } from '../../lib/data/dataset.ts';
import { convnet } from '../../lib/network/convnets.ts';
import type { Constant, Graph, GraphNode } from '../../lib/network/graph.ts';
import { assembleGraph } from '../../lib/network/graph-assembly.ts';
import { redraw } from '../../lib/network/initializer.ts';
import { isGraph } from '../../lib/network/network.ts';
import { trainableOf, withParameters } from '../../lib/network/trainable.ts';
import { builtInTaskSchema } from '../../lib/runspec/task.ts';
import { EpochSession } from '../../lib/training/epoch-session.ts';
import { startOf, Trainer } from '../../lib/training/trainer.ts';
import { forwardGraph } from '../evaluation/forward-graph.ts';
import { complete } from '../runspec/complete.ts';

const ADAM = { learningRate: 1e-12, beta1: 0, beta2: 0.999, epsilon: 1e-8 };

/** Two convolutions with a pool between them that leaves a row over, and a dense layer; for images of 2 × 5 × 4. */
function smallGraph(seed: number, biases: boolean): Graph {
  const stream = random(seed, 'weights');
  const constants = new Map<string, Constant>();
  const drawn = (name: string, ...shape: number[]) => {
    const size = shape.reduce((all, one) => all * one, 1);
    constants.set(name, { shape, data: Float32Array.from({ length: size }, () => stream.normal()) });
    return name;
  };
  const weights = (layer: string, ...shape: number[]) => [
    drawn(`${layer}.weight`, ...shape),
    ...(biases ? [drawn(`${layer}.bias`, shape[0] ?? 0)] : []),
  ];
  const window = { strides: [1, 1], dilations: [1, 1], group: 1 };
  const pool = {
    kernel: [2, 2],
    strides: [2, 2],
    pads: [0, 0, 0, 0],
    dilations: [1, 1],
    countIncludePad: false,
  };
  const nodes: GraphNode[] = [
    {
      op: 'Conv',
      ...window,
      pads: [1, 1, 1, 1],
      name: 'a',
      inputs: ['x', ...weights('a', 3, 2, 3, 3)],
      output: 'a',
    },
    { op: 'Relu', name: 'b', inputs: ['a'], output: 'b' },
    { op: 'MaxPool', ...pool, name: 'c', inputs: ['b'], output: 'c' },
    {
      op: 'Conv',
      ...window,
      pads: [0, 0, 0, 0],
      name: 'd',
      inputs: ['c', ...weights('d', 2, 3, 2, 1)],
      output: 'd',
    },
    { op: 'Relu', name: 'e', inputs: ['d'], output: 'e' },
    { op: 'Reshape', shape: [4], name: 'f', inputs: ['e'], output: 'f' },
    { op: 'Gemm', transB: true, name: 'g', inputs: ['f', ...weights('g', 3, 4)], output: 'g' },
  ];
  return assembleGraph({ input: 'x', inputShape: [2, 5, 4], output: 'g', nodes, constants });
}

/** The mean cross-entropy of the network with these parameters, flat. */
function lossOf(graph: Graph, flat: Float64Array, x: Float32Array, labels: readonly number[]): number {
  // In double precision: the constants' type does not say so.
  const { weights, biases } = trainableOf(graph);
  let offset = 0;
  const own = [...weights, ...biases].map(({ length }) => {
    offset += length;
    return flat.slice(offset - length, offset);
  });
  const constants = new Map<string, Constant>(graph.constants);
  for (const [index, { name, shape, bias }] of graph.prunable.entries()) {
    constants.set(name, { shape, data: own[index] as unknown as Float32Array });
    const data = own[weights.length + index] as unknown as Float32Array;
    if (bias !== undefined) constants.set(bias, { shape: [data.length], data });
  }
  const ones = new Uint8Array(weights.reduce((sum, { length }) => sum + length, 0)).fill(1);
  const logitsOf = forwardGraph({ ...graph, constants }, ones);
  const total = labels.reduce((sum, label, row) => {
    const logits = logitsOf(x.subarray(row * 40, (row + 1) * 40));
    return sum + Math.log(logits.reduce((all, logit) => all + Math.exp(logit), 0)) - (logits[label] ?? 0);
  }, 0);
  return total / labels.length;
}

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
    expect(found.loss / 3).toBeCloseTo(lossOf(graph, at, x, labels), 4);
    for (const index of at.keys()) {
      const step = 1e-5;
      const [above, below] = [step, -step].map((change) => {
        const moved = at.slice();
        moved[index] = (moved[index] ?? 0) + change;
        return lossOf(graph, moved, x, labels);
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
      let progress = startOf(method);
      for (const cut of [...cuts, 6]) {
        const trainer = await Trainer.create(method, network, data, 1);
        progress = await trainer.train(progress, (epochs) => epochs >= cut).finally(() => trainer.release());
      }
      return progress;
    };
    const whole = await trained([]);
    const row = whole.rows.at(-1);
    expect(row?.validationAccuracy).toBeGreaterThan(0.8);
    expect(row?.sparsity).toBeCloseTo(1 - keep, 2);
    expect(await trained([1, 4])).toEqual(whole);
  });
});
