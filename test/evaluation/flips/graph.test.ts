import { describe, expect, it } from 'vitest';
import { randomGenome } from '../../../lib/algorithms/parts/operators.ts';
import { random } from '../../../lib/base/random.ts';
import { IDENTITY } from '../../../lib/data/dataset.ts';
import { createEvaluator } from '../../../lib/evaluation/evaluator-choice.ts';
import { estimateFlips, openPosition } from '../../../lib/evaluation/flips/positions.ts';
import { tailOf } from '../../../lib/evaluation/flips/tail.ts';
import { convnet } from '../../../lib/network/convnets.ts';
import { prunableBits } from '../../../lib/network/graph.ts';
import { redraw } from '../../../lib/network/initializer.ts';
import { packGenomes } from '../../../lib/search/genome.ts';
import { improve, startImproving } from '../../../lib/search/improving.ts';
import { drawSamples } from '../cases.ts';

const graph = redraw(convnet('lenet-5', [1, 28, 28], 3), 'signed-kaiming-constant', 1);
const bits = prunableBits(graph);
const samples = drawSamples(1, 40, 784, 3);
const genome = randomGenome(random(1, 'start'), bits);
const open = () =>
  openPosition(graph, samples, IDENTITY, genome, { objective: 'accuracy-then-cross-entropy' });

describe('a position on LeNet-5', () => {
  it('takes its three dense layers for a multilayer perceptron', () => {
    const tail = tailOf(graph);
    expect(tail?.network.widths).toEqual([400, 120, 84, 3]);
    expect(tail?.offset).toBe(150 + 2400);
    expect(tail?.front.nodes.at(-1)?.name).toBe('pool2');
  });

  it('scores flips of dense and of convolutional weights as the evaluator scores whole networks', async () => {
    const position = open();
    if (!position) throw new Error('no position');
    expect(position.firstQuick).toBe(2550);
    const evaluator = await createEvaluator(graph, samples, IDENTITY, {
      objective: 'cross-entropy',
      threads: 1,
    });
    for (const flip of [bits - 1, 2550, 30_000, 60_000, 3, 2000]) {
      const change = position.change(flip);
      const before = position.cost;
      position.flip(flip);
      expect(position.cost - before).toBeCloseTo(change, 6);
      const { correct, loss } = await evaluator.evaluate(packGenomes([position.genome()], bits));
      expect(position.score().correct).toBe(correct[0]);
      expect(position.score().loss).toBeCloseTo(loss[0] ?? Number.NaN, 3);
    }
    await evaluator.release();
  });

  it('takes flips of both kinds back, and moves anywhere', () => {
    const position = open();
    if (!position) throw new Error('no position');
    const before = [position.cost, position.score(), position.kept, position.change(bits - 5)];
    const change = position.changeOf([5, 40_000]);
    position.flipAll([5, 40_000]);
    expect(position.cost - Number(before[0])).toBe(change);
    position.moveTo(genome);
    expect([position.cost, position.score(), position.kept, position.change(bits - 5)]).toEqual(before);
    expect(position.genome()).toEqual(genome);
  });

  it('is improved in its dense layers alone where that is asked for', () => {
    const position = open();
    if (!position) throw new Error('no position');
    const settings = {
      method: 'annealing',
      heat: 1,
      lambda: 1,
      flips: 2000,
      firstBit: position.firstQuick,
    } as const;
    const state = improve(
      position,
      startImproving(position, genome),
      settings,
      (purpose, index) => random(1, purpose, index),
      2000,
    );
    expect(state.made).toBeGreaterThan(10);
    expect(state.genome.subarray(0, 318)).toEqual(genome.subarray(0, 318));
    expect(state.genome).not.toEqual(genome);
  });

  it('is estimated with its data and features', () => {
    const position = open();
    const estimate = estimateFlips(graph, 40, 'accuracy-then-cross-entropy') ?? 0;
    expect(position?.bytes).toBeLessThan(estimate * 1.2);
    expect(position?.bytes).toBeGreaterThan(estimate * 0.7);
  });
});

it('there is none on a network without dense layers at its end', () => {
  const { nodes, ...rest } = graph;
  const pooled = {
    ...rest,
    nodes: [...nodes, { op: 'Tanh', name: 'end', inputs: ['logits'], output: 'end' } as const],
    output: 'end',
  };
  expect(tailOf({ ...pooled, shapes: new Map([...graph.shapes, ['end', [3]]]) })).toBeUndefined();
});
