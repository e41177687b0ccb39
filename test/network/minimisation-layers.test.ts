/** What is left of small networks, known by hand. */
import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { random } from '../../lib/base/random.ts';
import { countWeights, type Network } from '../../lib/network/architecture.ts';
import type { Constant, Graph, GraphNode } from '../../lib/network/graph.ts';
import { assembleGraph } from '../../lib/network/graph-assembly.ts';
import { INITIALIZERS } from '../../lib/network/initializer.ts';
import { countParameters, minimise } from '../../lib/network/minimising/minimisation.ts';
import { buildMinimisedModel } from '../../lib/network/models/ticket-model.ts';
import { sizeOfGraph } from '../../lib/network/network.ts';
import { pack } from '../../lib/search/genome.ts';
import { argmax, forward } from '../evaluation/forward.ts';
import '../properties.ts';

const shapesOf = ({ constants }: Pick<Graph, 'constants'>) =>
  Object.fromEntries([...constants].map(([name, { shape }]) => [name, [...shape]]));
const dataOf = ({ constants }: Pick<Graph, 'constants'>, name: string) => [
  ...(constants.get(name)?.data ?? []),
];

async function logitsOf(model: Uint8Array, points: readonly (readonly number[])[]) {
  const session = await InferenceSession.create(model, { logSeverityLevel: 4 });
  const width = points[0]?.length ?? 0;
  const x = new Tensor('float32', Float32Array.from(points.flat()), [points.length, width]);
  const { logits, label } = await session.run({ x });
  await session.release();
  return {
    logits: Array.from(logits?.data as Float32Array),
    label: Array.from(label?.data as BigInt64Array, Number),
  };
}

/** [3, 3, 2]: three features, units A, B and C. Its mask: A←xyz, B←xyz, C←xyz, then both classes ←ABC. */
const small: Network = {
  widths: [3, 3, 2],
  weights: [Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), Float32Array.of(1, 2, 3, 4, 5, 6)],
  biases: [Float32Array.of(0.5, -1, 0), Float32Array.of(10, 20)],
};

test('a unit without inputs goes into the biases behind it, with its features', () => {
  // A is 0.5 whatever comes in, B is cut off, C reads the last feature.
  const { graph, features } = minimise(small, pack([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]));
  expect(features).toEqual([2]);
  expect(shapesOf(graph)).toEqual({
    'layers.0.weight': [1, 1],
    'layers.0.bias': [1],
    'layers.1.weight': [2, 1],
    'layers.1.bias': [2],
  });
  expect(dataOf(graph, 'layers.0.weight')).toEqual([9]);
  expect(dataOf(graph, 'layers.1.weight')).toEqual([3, 6]);
  expect(dataOf(graph, 'layers.1.bias')).toEqual([10.5, 22]);
  expect(sizeOfGraph(graph).multiplyAdds).toBe(3);
});

test('a network whose classes are all constant still answers', async () => {
  const minimised = minimise(small, pack(new Array(15).fill(0)));
  const { logits, label } = await logitsOf(buildMinimisedModel(minimised, 3, { scale: [1], offset: [0] }), [
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect(logits).toEqual([10, 20, 10, 20]);
  expect(label).toEqual([1, 1]);
  expect(countParameters(minimised.graph)).toBeLessThan(5);
});

test('a network that is all there stays as it is', () => {
  const { graph, features } = minimise(small, pack(new Array(15).fill(1)));
  expect(features).toBeUndefined();
  expect(dataOf(graph, 'layers.0.weight')).toEqual([...(small.weights[0] ?? [])]);
});

/** Two convolutions of two channels on 1 × 4 × 4, the second without padding if `pad` is 0; a residual sum over `sum`. */
function convolutions(pad: number, residual: boolean): Graph {
  const constants = new Map<string, Constant>([
    ['first', { shape: [2, 1, 3, 3], data: new Float32Array(18).fill(1) }],
    ['first.bias', { shape: [2], data: Float32Array.of(0.5, 0.25) }],
    ['second', { shape: [2, 2, 3, 3], data: new Float32Array(36).fill(1) }],
    ['classes', { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
  ]);
  const conv = { op: 'Conv', strides: [1, 1], dilations: [1, 1], group: 1 } as const;
  const pads = (size: number) => [size, size, size, size];
  const nodes: GraphNode[] = [
    { ...conv, pads: pads(1), name: 'a', inputs: ['x', 'first', 'first.bias'], output: 'a' },
    { op: 'Relu', name: 'b', inputs: ['a'], output: 'b' },
    { ...conv, pads: pads(pad), name: 'c', inputs: ['b', 'second'], output: 'c' },
    ...(residual ? [{ op: 'Add', name: 'd', inputs: ['b', 'c'], output: 'd' } as const] : []),
    { op: 'GlobalAveragePool', name: 'e', inputs: [residual ? 'd' : 'c'], output: 'e' },
    { op: 'Reshape', shape: [2], name: 'f', inputs: ['e'], output: 'f' },
    { op: 'Gemm', transB: true, name: 'g', inputs: ['f', 'classes'], output: 'g' },
  ];
  return assembleGraph({ input: 'x', inputShape: [1, 4, 4], output: 'g', nodes, constants });
}

/** The first convolution's second channel reads nothing: it gives 0.25 everywhere. */
const maskOf = (first: readonly [number, number]) =>
  pack([
    ...new Array(9).fill(first[0]),
    ...new Array(9).fill(first[1]),
    ...new Array(36).fill(1),
    1,
    1,
    1,
    1,
  ]);

test('a constant channel goes into the bias of a convolution without padding, and stays before one with', () => {
  const without = minimise(convolutions(0, false), maskOf([1, 0])).graph;
  expect(shapesOf(without)).toEqual({
    first: [1, 1, 3, 3],
    'first.bias': [1],
    second: [2, 1, 3, 3],
    'c.bias': [2],
    classes: [2, 2],
  });
  expect(dataOf(without, 'c.bias')).toEqual([2.25, 2.25]);
  const padded = minimise(convolutions(1, false), maskOf([1, 0])).graph;
  expect(shapesOf(padded)).toMatchObject({ first: [2, 1, 3, 3], second: [2, 2, 3, 3] });
});

test('both sides of a residual sum keep the same channels', () => {
  const { graph } = minimise(convolutions(1, true), maskOf([1, 0]));
  expect(shapesOf(graph)).toMatchObject({ first: [2, 1, 3, 3], second: [2, 2, 3, 3] });
});

test('any perceptron answers as before, whatever draws its weights', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 2, maxLength: 4 }),
      fc.nat(10_000),
      fc.constantFrom(0.05, 0.2, 0.5, 0.9),
      fc.constantFrom(...Object.keys(INITIALIZERS)),
      async (widths, seed, keep, name) => {
        const draw = Object.entries(INITIALIZERS).find(([key]) => key === name)?.[1];
        const network = draw?.(widths, seed) ?? small;
        const stream = random(seed, 'start');
        const mask = Array.from({ length: countWeights(widths) }, () => Number(stream.uniform() < keep));
        const points = Array.from({ length: 8 }, () =>
          Array.from({ length: widths[0] ?? 0 }, () => Math.fround(2 * stream.normal())),
        );
        const model = buildMinimisedModel(minimise(network, pack(mask)), widths[0] ?? 0, {
          scale: [1],
          offset: [0],
        });
        const { logits, label } = await logitsOf(model, points);
        const expected = points.map((point) => forward(network, mask, point));
        const largest = Math.max(1, ...expected.flat().map(Math.abs));
        for (const [index, logit] of expected.flat().entries()) {
          expect(Math.abs((logits[index] ?? Number.NaN) - logit) / largest).toBeLessThan(1e-5);
        }
        for (const [index, row] of expected.entries()) {
          const [first = 0, second = Number.NEGATIVE_INFINITY] = row.toSorted((a, b) => b - a);
          // Rounding decides between classes that are tied.
          if (first - second > 1e-5 * largest) expect(label[index]).toBe(argmax(row));
        }
      },
    ),
    { numRuns: 200 },
  );
});
