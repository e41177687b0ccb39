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
import { packGenomes, unpack } from '../../../lib/search/genome.ts';
import { improve, startImproving } from '../../../lib/search/improving.ts';
import { drawSamples } from '../cases.ts';
import { SmallGraph } from '../small-graph.ts';

const graph = redraw(convnet('lenet-5', [1, 28, 28], 3), 'signed-kaiming-constant', 1);
const bits = prunableBits(graph);
const samples = drawSamples(1, 40, 784, 3);
const genome = randomGenome(random(1, 'start'), bits);
const open = () =>
  openPosition(graph, samples, IDENTITY, genome, { objective: 'accuracy-then-cross-entropy' });

describe('a position on LeNet-5', () => {
  it('knows all of it: two convolutions, then three dense layers', () => {
    const tail = tailOf(graph);
    expect(tail?.network.widths).toEqual([400, 120, 84, 3]);
    expect(tail?.stages.map(({ weights }) => weights.length)).toEqual([150, 2400]);
    expect(tail?.offset).toBe(0);
    expect(tail?.front.nodes).toEqual([]);
  });

  it('scores flips of dense and of convolutional weights as the evaluator scores whole networks', async () => {
    const position = open();
    if (!position) throw new Error('no position');
    expect(position.firstQuick).toBe(0);
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

  it('is improved in all its layers', () => {
    const position = open();
    if (!position) throw new Error('no position');
    const settings = { method: 'annealing', heat: 1, lambda: 1, flips: 8000 } as const;
    const draw: Parameters<typeof improve>[3] = (purpose, index) => random(1, purpose, index);
    const state = improve(position, startImproving(position, genome), settings, draw, 8000);
    expect(state.made).toBeGreaterThan(10);
    expect(state.genome.subarray(0, 318)).not.toEqual(genome.subarray(0, 318));
    expect(state.genome.subarray(319)).not.toEqual(genome.subarray(319));
  });

  it('is estimated with its data and features', () => {
    const position = open();
    const estimate = estimateFlips(graph, 40, 'accuracy-then-cross-entropy') ?? 0;
    expect(position?.bytes).toBeLessThan(estimate * 1.2);
    expect(position?.bytes).toBeGreaterThan(estimate * 0.7);
  });
});

/** A convolution, what positions do not know, and a convolution with two layers behind it. */
function bent() {
  const small = new SmallGraph([1, 6, 6], 1);
  const early = small.node({ op: 'Tanh' }, small.conv('x', 2, [3, 3]));
  const late = small.node({ op: 'Relu' }, small.conv(early, 3, [3, 3]));
  const hidden = small.node({ op: 'Relu' }, small.dense(small.flatten(late), 8));
  return small.build(small.dense(hidden, 3));
}

it('of the operations of other kinds only what follows them is searched', () => {
  const network = bent();
  const tail = tailOf(network);
  expect([tail?.offset, tail?.stages.length, tail?.front.nodes.at(-1)?.op]).toEqual([18, 1, 'Tanh']);
  const count = prunableBits(network);
  const start = randomGenome(random(1, 'start'), count);
  const position = openPosition(network, drawSamples(1, 30, 36, 3), IDENTITY, start, {
    objective: 'cross-entropy',
  });
  if (!position) throw new Error('no position');
  const settings = {
    method: 'annealing',
    heat: 1,
    lambda: 1,
    flips: 900,
    firstBit: position.firstQuick,
  } as const;
  const draw: Parameters<typeof improve>[3] = (purpose, index) => random(1, purpose, index);
  const { genome: found } = improve(position, startImproving(position, start), settings, draw, 900);
  expect(unpack(found, count).subarray(0, 18)).toEqual(unpack(start, count).subarray(0, 18));
  expect(unpack(found, count).subarray(18, 72)).not.toEqual(unpack(start, count).subarray(18, 72));
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
