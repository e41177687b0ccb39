/** The evaluator of graph networks: see also evaluator.test.ts, where it evaluates multilayer perceptrons. */
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Samples } from '../../lib/data/dataset.ts';
import { GraphDouble } from '../../lib/evaluation/double/graph.ts';
import { GraphEvaluator } from '../../lib/evaluation/graph/evaluator.ts';
import { type Graph, prunableBits } from '../../lib/network/graph.ts';
import { emptyMasks, pack, packGenomes, sliceMasks } from '../../lib/search/genome.ts';
import { isMacroAverage, OBJECTIVES, type Objective } from '../../lib/search/individual.ts';
import { HALVING_POOL } from '../network/halving-pool.ts';
import { drawSamples } from './cases.ts';
import { argmax, crossEntropy, macroAverages } from './forward.ts';
import { forwardGraph } from './forward-graph.ts';
import { drawGraphMasks, graphCases } from './graph-cases.ts';
import { SmallGraph } from './small-graph.ts';

async function evaluate(
  graph: Graph,
  samples: Samples,
  masks: ReturnType<typeof drawGraphMasks>['masks'],
  options: { objective?: Objective; threads?: number; block?: number } = {},
) {
  const evaluator = await GraphEvaluator.create(graph, samples, { objective: 'accuracy', ...options });
  try {
    return await evaluator.evaluate(masks);
  } finally {
    await evaluator.release();
  }
}

/** Logits that differ by less, as a share of the largest, may come out in either order in double precision. */
const DECIDED = 1e-12;

function reference(graph: Graph, row: readonly number[], { x, features, labels }: Samples) {
  let [correct, undecided, loss] = [0, 0, 0];
  const confusion = Array.from({ length: graph.classes }, () => new Array<number>(graph.classes).fill(0));
  const forward = forwardGraph(graph, row);
  for (const [index, label] of labels.entries()) {
    const logits = forward(x.subarray(index * features, (index + 1) * features));
    const [first = 0, second = 0] = logits.toSorted((a, b) => b - a);
    const tied = first - second <= DECIDED * Math.max(...logits.map(Math.abs));
    if (tied) undecided++;
    else if (argmax(logits) === label) correct++;
    const actual = confusion[label] ?? [];
    actual[argmax(logits)] = (actual[argmax(logits)] ?? 0) + 1;
    loss += crossEntropy(logits, label);
  }
  return { correct, undecided, loss, ...macroAverages(confusion) };
}

test('random graphs: the counts of an independent forward pass in double precision', async () => {
  await fc.assert(
    fc.asyncProperty(
      graphCases,
      fc.constantFrom(...OBJECTIVES),
      async ({ graph, samples, seed }, objective) => {
        const { rows, masks } = drawGraphMasks(seed, graph);
        const scores = await evaluate(graph, samples, masks, { objective });
        for (const [index, row] of rows.entries()) {
          const expected = reference(graph, row, samples);
          const correct = scores.correct[index] ?? Number.NaN;
          expect(correct).toBeGreaterThanOrEqual(expected.correct);
          expect(correct).toBeLessThanOrEqual(expected.correct + expected.undecided);
          if (objective === 'cross-entropy') {
            const loss = scores.loss[index] ?? Number.NaN;
            expect(Math.abs(loss - expected.loss)).toBeLessThanOrEqual(1e-5 * Math.max(1, expected.loss));
          } else if (isMacroAverage(objective) && expected.undecided === 0) {
            const figure = objective === 'macro-f1' ? expected.macroF1 : expected.balancedAccuracy;
            expect(scores.macroAverage[index]).toBeCloseTo(figure, 12);
          }
        }
      },
    ),
    { numRuns: 24 },
  );
});

/** [what it is, the network], small enough to be evaluated often. */
const NETWORKS: readonly (readonly [string, Graph])[] = [
  [
    'convolutions, pools, dense layers',
    (() => {
      const small = new SmallGraph([1, 8, 8], 1);
      const first = small.node({ op: 'Relu' }, small.conv('x', 6, [3, 3]));
      const second = small.conv(small.node({ op: 'MaxPool', ...HALVING_POOL }, first), 16, [3, 3]);
      const flat = small.flatten(
        small.node({ op: 'AveragePool', ...HALVING_POOL }, small.node({ op: 'Relu' }, second)),
      );
      return small.build(small.dense(small.node({ op: 'Relu' }, small.dense(flat, 20)), 5));
    })(),
  ],
  [
    'two classes, a residual',
    (() => {
      const small = new SmallGraph([16, 5, 5], 2);
      const bent = small.node({ op: 'Relu' }, small.normalize(small.conv('x', 16, [3, 3], { bias: false })));
      const means = small.node({ op: 'GlobalAveragePool' }, small.node({ op: 'Add' }, bent, 'x'));
      return small.build(small.dense(small.flatten(means), 2));
    })(),
  ],
];

describe.each(NETWORKS)('%s', (_, graph) => {
  const features = graph.inputShape.reduce((product, size) => product * size, 1);
  const samples = drawSamples(4, 300, features, graph.classes);
  const parts = [1, 2, 3].map((seed) => drawGraphMasks(seed, graph));
  const rows = parts.flatMap((part) => part.rows);
  const masks = packGenomes(rows.map(pack), prunableBits(graph));

  test.each(OBJECTIVES)('neither chunks nor order nor threads change a score: %s', async (objective) => {
    const together = await evaluate(graph, samples, masks, { objective });
    const order = rows.map((_, index) => (index * 8) % rows.length);
    expect(new Set(order).size).toBe(rows.length);
    const mixed = await evaluate(
      graph,
      samples,
      packGenomes(
        order.map((at) => pack(rows[at] ?? [])),
        masks.bits,
      ),
      {
        objective,
        threads: 2,
      },
    );
    const evaluator = await GraphEvaluator.create(graph, samples, { objective, threads: 5 });
    for (const key of ['correct', 'loss', 'macroAverage'] as const) {
      expect([...mixed[key]]).toEqual(order.map((at) => together[key][at]));
    }
    for (let start = 0; start < masks.count; start += 4) {
      const end = Math.min(masks.count, start + 4);
      const part = await evaluator.evaluate(sliceMasks(masks, start, end));
      for (const key of ['correct', 'loss', 'macroAverage'] as const) {
        expect(part[key]).toEqual(together[key].slice(start, end));
      }
    }
    await evaluator.release();
  });

  test('blocked or not, the counts are the same', async () => {
    const [one, other, third] = await Promise.all(
      [1, undefined, 8].map((block) => evaluate(graph, samples, masks, block === undefined ? {} : { block })),
    );
    expect(other?.correct).toEqual(one?.correct);
    // A width that this machine does not have may give anything, which is noticed.
    expect(third?.correct).toEqual(one?.correct);
  });

  test('masks of another length are refused; no masks, no scores', async () => {
    const bits = prunableBits(graph);
    const evaluator = await GraphEvaluator.create(graph, samples, { objective: 'accuracy' });
    await expect(evaluator.evaluate(emptyMasks(1, bits + 1))).rejects.toThrow(
      new RangeError(`masks of ${bits + 1} bits for a network of ${bits} weights`),
    );
    expect((await evaluator.evaluate(emptyMasks(0, bits))).correct).toEqual(new Uint32Array());
    await evaluator.release();
  });
});

describe('samples in doubt', () => {
  /** Biases of the last layer as given; of the layer before it, one that is alive without inputs. */
  function network(biases: readonly number[]): Graph {
    const small = new SmallGraph([1, 6, 6], 3);
    const hidden = small.node({ op: 'Relu' }, small.dense(small.flatten(small.conv('x', 4, [3, 3])), 7));
    const weight = small.constant([biases.length, 7]);
    return small.build(
      small.node(
        { op: 'Gemm', transB: true },
        hidden,
        weight,
        small.constant([biases.length], { values: biases }),
      ),
    );
  }

  /** Masks: nothing kept; everything but the weights of the last layer, of all classes or of `classes`. */
  function masksOf(graph: Graph, classes: readonly number[]) {
    const bits = prunableBits(graph);
    const last = graph.prunable.at(-1)?.offset ?? 0;
    const row = (kept: (bit: number) => boolean) =>
      pack(Array.from({ length: bits }, (_, bit) => Number(kept(bit))));
    return packGenomes(
      [
        row(() => false),
        row((bit) => bit < last),
        row((bit) => bit < last || !classes.includes(Math.floor((bit - last) / 7))),
      ],
      bits,
    );
  }

  // [biases, the class that is predicted without the last layer]
  test.each([
    [[0, 0, 0, 0], 0],
    [[-1, 2, 2, 1], 1],
    [[1, 2, 3, 3], 2],
  ])('of dead networks, biases %j: class %i, and one pass for all samples', async (biases, predicted) => {
    const graph = network(biases);
    const samples = drawSamples(1, 400, 36, 4);
    const count = samples.labels.filter((label) => label === predicted).length;
    const passes = vi.spyOn(GraphDouble.prototype, 'logits');
    const evaluator = await GraphEvaluator.create(graph, samples, { objective: 'accuracy' });
    passes.mockClear();
    const { correct } = await evaluator.evaluate(masksOf(graph, []));
    expect([...correct.slice(0, 2)]).toEqual([count, count]);
    expect(passes.mock.calls.length).toBeLessThan(6);
    passes.mockRestore();
    await evaluator.release();
  });

  test('between classes that no path reaches: the first of them, without a pass for each sample', async () => {
    // The third and fourth logits are 50, whatever the input, far above the others.
    const graph = network([0, 0, 50, 50]);
    const samples = drawSamples(1, 400, 36, 4);
    const passes = vi.spyOn(GraphDouble.prototype, 'logits');
    const evaluator = await GraphEvaluator.create(graph, samples, { objective: 'accuracy' });
    passes.mockClear();
    const { correct } = await evaluator.evaluate(masksOf(graph, [2, 3]));
    expect(correct[2]).toBe(samples.labels.filter((label) => label === 2).length);
    expect(passes.mock.calls.length).toBeLessThan(8);
    passes.mockRestore();
    await evaluator.release();
  });

  test('that single precision cannot tell apart, or overflows on, are settled in double precision', async () => {
    const small = new SmallGraph([1], 1);
    // Logits 0, 1 and 1 + 2^-30; x is so large that its square overflows.
    const square = small.node({ op: 'Mul' }, 'x', 'x');
    const constant = small.node({ op: 'Div' }, square, square);
    const weight = small.constant([3, 1], { values: [0, 0, 2 ** -30] });
    const biases = small.constant([3], { values: [0, 1, 1] });
    const graph = small.build(small.node({ op: 'Gemm', transB: true }, constant, weight, biases));
    const samples = {
      features: 1,
      x: Float32Array.of(1, 2e30, 3, 3e38),
      labels: Uint16Array.of(0, 1, 2, 2),
    };
    const masks = packGenomes([pack([1, 1, 1]), pack([0, 0, 0])], 3);
    expect((await evaluate(graph, samples, masks)).correct).toEqual(Uint32Array.of(2, 1));
  });
});
