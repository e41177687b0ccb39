/** Every operator in double precision: against onnxruntime, and against the definition worked out element by element. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { random } from '../../lib/base/random.ts';
import { GraphDouble } from '../../lib/evaluation/double/graph.ts';
import { sessionOptions } from '../../lib/evaluation/session.ts';
import { type Graph, prunableBits } from '../../lib/network/graph.ts';
import { GraphBuilder } from '../../lib/network/onnx/graph-builder.ts';
import { addNode } from '../../lib/network/onnx/nodes.ts';
import type { Operation } from '../../lib/network/operators/table.ts';
import { sizeOf } from '../../lib/network/tensor.ts';
import { forwardGraph } from './forward-graph.ts';
import { SmallGraph } from './small-graph.ts';

const SAMPLES = 5;

/** The output of every sample, by onnxruntime, nothing pruned. */
async function byOnnxruntime(graph: Graph, x: Float32Array): Promise<Float32Array> {
  const builder = new GraphBuilder();
  builder.input(graph.input, 'float32', ['N', ...graph.inputShape]);
  for (const [name, { shape, data }] of graph.constants) builder.floats(name, shape, data);
  for (const node of graph.nodes) addNode(builder, node, (name) => name);
  builder.output(graph.output, 'float32', ['N', ...(graph.shapes.get(graph.output) ?? [])]);
  const session = await InferenceSession.create(builder.build('test'), sessionOptions(1));
  const outputs = await session.run({ x: new Tensor('float32', x, [SAMPLES, ...graph.inputShape]) });
  await session.release();
  const found = outputs[graph.output]?.data;
  if (!(found instanceof Float32Array)) throw new TypeError('no float32 output');
  return found;
}

type Case = readonly [name: string, shape: readonly number[], build: (graph: SmallGraph) => string];

const each = (operation: Operation, positive = false): Case => [
  JSON.stringify(operation),
  [3, 4, 5],
  (graph) => graph.node(operation, positive ? graph.node({ op: 'Abs' }, 'x') : 'x'),
];
const pool = (
  op: 'MaxPool' | 'AveragePool',
  shape: readonly number[],
  kernel: readonly number[],
  strides: readonly number[],
  pads: readonly number[],
  { dilations = kernel.map(() => 1), countIncludePad = false } = {},
): Case => {
  const operation = { op, kernel, strides, pads, dilations, countIncludePad };
  return [JSON.stringify(operation), shape, (graph) => graph.node(operation, 'x')];
};
const pair = (
  op: 'Add' | 'Sub' | 'Mul' | 'Div' | 'Max' | 'Min' | 'PRelu',
  shape: readonly number[],
): Case => [
  `${op} with a constant [${shape}]`,
  [3, 4, 5],
  (graph) => graph.node({ op }, 'x', graph.constant(shape, { scale: 0.2, offset: 1 })),
];

const CASES: readonly Case[] = [
  ...(
    [
      'Relu',
      'Sigmoid',
      'Tanh',
      'HardSwish',
      'Softplus',
      'Softsign',
      'Erf',
      'Abs',
      'Neg',
      'Exp',
      'Reciprocal',
    ] as const
  ).map((op) => each({ op })),
  each({ op: 'Log' }, true),
  each({ op: 'Sqrt' }, true),
  each({ op: 'LeakyRelu', alpha: 0.125 }),
  each({ op: 'Elu', alpha: 0.75 }),
  each({ op: 'Celu', alpha: 0.75 }),
  each({ op: 'Selu', alpha: 1.5, gamma: 1.25 }),
  each({ op: 'HardSigmoid', alpha: 0.25, beta: 0.5 }),
  each({ op: 'Gelu', approximate: 'none' }),
  each({ op: 'Gelu', approximate: 'tanh' }),
  each({ op: 'Clip', min: -0.5, max: 0.75 }),
  each({ op: 'Clip', min: 0, max: Number.POSITIVE_INFINITY }),
  ...(['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'PRelu'] as const).flatMap((op) => [
    pair(op, [3, 4, 5]),
    pair(op, [3, 1, 1]),
    pair(op, [5]),
  ]),
  pair('Sub', []),
  ['Sub of a constant', [4], (graph) => graph.node({ op: 'Sub' }, graph.constant([4]), 'x')],
  ...(['Add', 'Mul', 'Max'] as const).map(
    (op): Case => [
      `${op} of two values, one of them spread`,
      [3, 4, 5],
      (graph) => graph.node({ op }, 'x', graph.node({ op: 'ReduceMean', axes: [2, 3], keepdims: true }, 'x')),
    ],
  ),
  ['BatchNormalization', [3, 4, 5], (graph) => graph.normalize('x')],
  ['BatchNormalization of flat values', [7], (graph) => graph.normalize('x')],
  pool('MaxPool', [2, 7, 6], [2, 3], [2, 1], [0, 1, 1, 0]),
  pool('MaxPool', [2, 9, 9], [2, 2], [1, 2], [0, 0, 0, 0], { dilations: [2, 3] }),
  pool('MaxPool', [3, 11], [3], [2], [1, 1]),
  pool('MaxPool', [2, 4, 5, 4], [2, 2, 2], [1, 2, 1], [1, 0, 0, 0, 1, 1]),
  pool('AveragePool', [2, 7, 6], [2, 3], [2, 1], [0, 1, 1, 0]),
  pool('AveragePool', [2, 7, 6], [2, 3], [2, 1], [0, 1, 1, 0], { countIncludePad: true }),
  pool('AveragePool', [3, 11], [3], [2], [1, 1]),
  ['GlobalAveragePool', [3, 4, 5], (graph) => graph.node({ op: 'GlobalAveragePool' }, 'x')],
  ['GlobalMaxPool', [3, 4, 5], (graph) => graph.node({ op: 'GlobalMaxPool' }, 'x')],
  ...(['ReduceMean', 'ReduceSum', 'ReduceMax'] as const).flatMap((op) =>
    [true, false].flatMap((keepdims) =>
      [[1], [2, 3], [1, 3]].map(
        (axes): Case => [
          `${op} over ${axes}, ${keepdims ? 'kept' : 'dropped'}`,
          [3, 4, 5],
          (graph) => graph.node({ op, axes, keepdims }, 'x'),
        ],
      ),
    ),
  ),
  ['Reshape', [3, 4, 5], (graph) => graph.node({ op: 'Reshape', shape: [6, 10] }, 'x')],
  ['Transpose', [3, 4, 5], (graph) => graph.node({ op: 'Transpose', perm: [0, 3, 1, 2] }, 'x')],
  ...[1, 2, 3].map(
    (axis): Case => [
      `Concat on axis ${axis}`,
      [3, 4, 5],
      (graph) => graph.node({ op: 'Concat', axis }, 'x', graph.node({ op: 'Relu' }, 'x'), 'x'),
    ],
  ),
  ...(['Softmax', 'LogSoftmax'] as const).flatMap((op) =>
    [1, 2, 3].map(
      (axis): Case => [`${op} on axis ${axis}`, [3, 4, 5], (graph) => graph.node({ op, axis }, 'x')],
    ),
  ),
  ['Pad', [3, 4, 5], (graph) => graph.node({ op: 'Pad', pads: [0, 1, 2, 1, 0, 3], value: 0.5 }, 'x')],
  [
    'Pad that cuts',
    [3, 4, 5],
    (graph) => graph.node({ op: 'Pad', pads: [0, -1, 1, 0, 0, -2], value: 0 }, 'x'),
  ],
  ['Gemm', [6], (graph) => graph.dense('x', 4)],
  ['Gemm, inputs first, no bias', [6], (graph) => graph.dense('x', 4, { transB: false, bias: false })],
  ['MatMul', [6], (graph) => graph.node({ op: 'MatMul' }, 'x', graph.constant([6, 4]))],
  ['MatMul of rows', [3, 2, 6], (graph) => graph.node({ op: 'MatMul' }, 'x', graph.constant([6, 4]))],
  [
    'MatMul of rows, outputs first',
    [3, 2, 6],
    (graph) => graph.node({ op: 'MatMul', transB: true }, 'x', graph.constant([4, 6])),
  ],
  ...[1, 3, 5].map(
    (size): Case => [
      `LRN over ${size} channels`,
      [4, 3, 2],
      (graph) => graph.node({ op: 'LRN', size, alpha: 0.5, beta: 0.75, bias: 2 }, 'x'),
    ],
  ),
  ['Conv', [3, 6, 7], (graph) => graph.conv('x', 5, [3, 2])],
  ['Conv, bare', [1, 5, 5], (graph) => graph.conv('x', 2, [5, 5], { pads: [0, 0, 0, 0], bias: false })],
  [
    'Conv, strides, pads, dilations',
    [2, 9, 8],
    (graph) => graph.conv('x', 3, [3, 2], { strides: [2, 3], pads: [2, 0, 1, 1], dilations: [2, 1] }),
  ],
  ['Conv, groups', [6, 5, 5], (graph) => graph.conv('x', 4, [3, 3], { group: 2 })],
  ['Conv, depthwise', [4, 5, 5], (graph) => graph.conv('x', 8, [3, 3], { group: 4, strides: [2, 1] })],
  [
    'Conv, one axis',
    [3, 12],
    (graph) => graph.conv('x', 4, [5], { strides: [2], dilations: [2], pads: [4, 3] }),
  ],
  ['Conv, three axes', [2, 4, 5, 4], (graph) => graph.conv('x', 3, [2, 3, 2], { strides: [1, 2, 2] })],
];

describe.each(CASES)('%s on %j', (name, shape, build) => {
  const small = new SmallGraph(shape, name.length);
  const graph = small.build(build(small));
  const stream = random(3, 'noise');
  const features = sizeOf(shape);
  const x = Float32Array.from({ length: SAMPLES * features }, () => 2 * stream.normal());

  test('as onnxruntime computes it', async () => {
    const double = new GraphDouble(graph, x);
    const expected = await byOnnxruntime(graph, x);
    const kept = new Uint8Array(prunableBits(graph)).fill(1);
    for (let sample = 0; sample < SAMPLES; sample++) {
      const logits = double.logits(kept, sample);
      expect(logits.length * SAMPLES).toBe(expected.length);
      for (const [index, value] of logits.entries()) {
        const found = expected[sample * logits.length + index] ?? Number.NaN;
        expect(Math.abs(found - value)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(value)) + 1e-6);
      }
    }
  });

  test('as it is defined, half of the weights pruned', () => {
    const double = new GraphDouble(graph, x);
    const mask = Uint8Array.from({ length: prunableBits(graph) }, () => stream.below(2));
    const forward = forwardGraph(graph, mask);
    for (let sample = 0; sample < SAMPLES; sample++) {
      const expected = forward(x.subarray(sample * features, (sample + 1) * features));
      const logits = double.logits(mask, sample);
      for (const [index, value] of logits.entries()) {
        const reference = expected[index] ?? Number.NaN;
        expect(Math.abs(value - reference)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(reference)));
      }
    }
  });

  test('what is not a number reaches every output that depends on it', () => {
    const double = new GraphDouble(graph, x);
    const kept = new Uint8Array(prunableBits(graph)).fill(1);
    // The only outputs that no input reaches are those of padding.
    const constant = double.constantLogits(kept).filter((value) => !Number.isNaN(value));
    if (!name.startsWith('Pad')) expect([...constant]).toEqual([]);
  });
});
