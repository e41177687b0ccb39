/** Dead weights of graphs, known by hand; that removing them changes nothing is tested with minimising. */
import { expect, test } from 'vitest';
import { random } from '../../lib/base/random.ts';
import type { Constant, Graph, GraphNode } from '../../lib/network/graph.ts';
import { assembleGraph } from '../../lib/network/graph-assembly.ts';
import { uniformNetwork } from '../../lib/network/initializer.ts';
import { graphOfLayers } from '../../lib/network/layers-graph.ts';
import { hasLivePath, withoutDeadWeights } from '../../lib/network/minimising/liveness.ts';
import { sizeOf } from '../../lib/network/tensor.ts';
import { pack, unpack } from '../../lib/search/genome.ts';

/** A 1 × 1 convolution of two channels, `between` it and a second one, and two classes; all weights 1. */
function graph(
  between: (
    value: string,
    add: (shape: readonly number[], data: readonly number[]) => string,
  ) => readonly GraphNode[],
  bias?: readonly number[],
): Graph {
  const constants = new Map<string, Constant>();
  const add = (shape: readonly number[], data?: readonly number[]) => {
    const name = `c${constants.size}`;
    constants.set(name, {
      shape,
      data: data ? Float32Array.from(data) : new Float32Array(sizeOf(shape)).fill(1),
    });
    return name;
  };
  const conv = { op: 'Conv', strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 1 } as const;
  const first = [add([2, 1, 1, 1]), ...(bias ? [add([2], bias)] : [])];
  const middle = between('first', add);
  const last = middle.at(-1)?.output ?? 'first';
  const nodes: GraphNode[] = [
    { ...conv, name: 'first', inputs: ['x', ...first], output: 'first' },
    ...middle,
    { ...conv, name: 'second', inputs: [last, add([2, 2, 1, 1])], output: 'second' },
    { op: 'Reshape', shape: [8], name: 'flat', inputs: ['second'], output: 'flat' },
    { op: 'MatMul', name: 'classes', inputs: ['flat', add([8, 2])], output: 'classes' },
  ];
  return assembleGraph({ input: 'x', inputShape: [1, 2, 2], output: 'classes', nodes, constants });
}

const relu = (value: string): GraphNode[] => [{ op: 'Relu', name: 'relu', inputs: [value], output: 'relu' }];

/** First ←x, ←x; second: A←A, A←B, B←A, B←B; classes: 8 features of A, A, …, B, B, each to both. */
const bits = (first: string, second: string, classes = '1'.repeat(16)) =>
  pack([...(first + second + classes)].map(Number));
const after = (network: Graph, genome: Uint8Array) =>
  unpack(withoutDeadWeights(network, genome), 22).join('').slice(0, 6);

test.each([
  ['all lives', graph(relu), bits('11', '1111'), '111111'],
  ['a channel without inputs emits zero', graph(relu), bits('10', '1111'), '101010'],
  ['one with a positive bias speaks', graph(relu, [1, 1]), bits('10', '1111'), '101111'],
  ['one with a negative bias is cut off by the ReLU', graph(relu, [1, -1]), bits('10', '1111'), '101010'],
  [
    'a channel that no class reads is not fed',
    graph(relu),
    bits('11', '1111', `${'1'.repeat(8)}${'0'.repeat(8)}`),
    '111100',
  ],
  ['a single feature of a channel keeps it', graph(relu), bits('11', '1111', `${'0'.repeat(15)}1`), '110011'],
  [
    'a sigmoid of nothing is no zero',
    graph((value) => [{ op: 'Sigmoid', name: 's', inputs: [value], output: 's' }]),
    bits('10', '1111'),
    '101111',
  ],
  [
    'normalisation shifts a zero',
    graph((value, add) => [
      {
        op: 'BatchNormalization',
        epsilon: 1e-5,
        name: 'n',
        inputs: [value, add([2], [1, 1]), add([2], [1, 1]), add([2], [0, 0]), add([2], [1, 1])],
        output: 'n',
      },
    ]),
    bits('10', '1111'),
    '101111',
  ],
  [
    'a factor of zero cuts a channel off',
    graph((value, add) => [{ op: 'Mul', name: 'm', inputs: [value, add([2, 1, 1], [1, 0])], output: 'm' }]),
    bits('11', '1111'),
    '101010',
  ],
  [
    'a residual sum carries what its other side lacks',
    graph((value) => [...relu(value), { op: 'Add', name: 'sum', inputs: ['relu', value], output: 'sum' }]),
    bits('11', '1010'),
    '101010',
  ],
])('%s', (_, network, genome, expected) => {
  expect(after(network, genome)).toBe(expected);
});

test('a perceptron as a graph loses the weights that it loses as itself', () => {
  for (let seed = 0; seed < 50; seed++) {
    const network = uniformNetwork([3, 4, 4, 2], seed);
    const stream = random(seed, 'start');
    const genome = pack(Array.from({ length: 36 }, () => Number(stream.uniform() < 0.35)));
    const whole = graphOfLayers(network);
    const [plain, asGraph] = [withoutDeadWeights(network, genome), withoutDeadWeights(whole, genome)];
    // The graph knows what constants come to, and so may find more that is cut off.
    for (const [index, byte] of asGraph.entries()) expect(byte & ~(plain[index] ?? 0)).toBe(0);
    expect(hasLivePath(whole, genome)).toBe(hasLivePath(network, genome));
  }
});

test('a path is told from the mask alone, whatever the weights are', () => {
  const network = graph(relu);
  const zero = new Map(
    [...network.constants].map(([name, { shape, data }]) => [name, { shape, data: data.map(() => 0) }]),
  );
  const blank = { ...network, constants: zero };
  expect(hasLivePath(blank, bits('11', '1111'))).toBe(true);
  expect(hasLivePath(blank, bits('01', '1010'))).toBe(false);
  expect(hasLivePath(blank, bits('01', '0100', `1${'0'.repeat(15)}`))).toBe(true);
  expect(hasLivePath(blank, bits('11', '1111', '0'.repeat(16)))).toBe(false);
});
