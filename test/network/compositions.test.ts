/** Operators that are read as several, or as others: the graph gives what onnxruntime makes of the operator itself. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { random } from '../../lib/base/random.ts';
import { GraphDouble } from '../../lib/evaluation/double/graph.ts';
import { sessionOptions } from '../../lib/evaluation/session.ts';
import { prunableBits } from '../../lib/network/graph.ts';
import { type Attribute, GraphBuilder } from '../../lib/network/onnx/graph-builder.ts';
import { readGraph } from '../../lib/network/reading/graph-reader.ts';
import { sizeOf } from '../../lib/network/tensor.ts';
import { dense, read } from './forms.ts';

const SAMPLES = 4;

type Attributes = Readonly<Record<string, Attribute>>;

/** The model of the operator on such images with a dense layer after it. `parameters`: sizes of its further inputs. */
function modelOf(
  op: string,
  set: number,
  shape: readonly number[],
  parameters: number[],
  attributes: Attributes,
  size = sizeOf(shape),
) {
  const model = new GraphBuilder(set);
  const stream = random(5, 'weights');
  const drawn = (name: string, ...sizes: number[]) =>
    model.floats(
      name,
      sizes,
      Float32Array.from({ length: sizeOf(sizes) }, () => stream.normal()),
    );
  const x = model.input('x', 'float32', ['N', ...shape]);
  const inputs = [x, ...parameters.map((size, index) => drawn(`parameter.${index}`, size))];
  const value = model.node(op, inputs, 'value', attributes);
  const flat = model.node('Flatten', [value], 'flat');
  model.node('Gemm', [flat, drawn('w', 3, size)], 'logits', { transB: 1 });
  model.output('logits', 'float32', ['N', 3]);
  return model.build('form');
}

const AVERAGE = { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1, count_include_pad: 1 };

/** The sizes of its further inputs, and of one sample of its output, if that is not the input's. */
type Case = [
  op: string,
  set: number,
  shape: number[],
  parameters: number[],
  attributes: Attributes,
  size?: number,
];

const CASES: Case[] = [
  ['InstanceNormalization', 17, [3, 4, 5], [3, 3], { epsilon: { float: 0.01 } }],
  ['InstanceNormalization', 17, [3, 7], [3, 3], {}],
  ['LayerNormalization', 17, [3, 4, 5], [5, 5], {}],
  ['GroupNormalization', 21, [4, 3, 2], [4, 4], { num_groups: 2, epsilon: { float: 0.01 } }],
  ['GroupNormalization', 18, [4, 3, 2], [2, 2], { num_groups: 2 }],
  ['Mish', 18, [6], [], {}],
  // Nothing is padding that the last windows reach over, or they reach over nothing.
  ['AveragePool', 17, [1, 6, 6], [], { ...AVERAGE, pads: [0, 0, 0, 0] }, 9],
  ['AveragePool', 17, [1, 6, 6], [], { ...AVERAGE, pads: [1, 1, 0, 0] }, 9],
];

test.each(CASES)('%s of set %d on %j', async (op, set, shape, parameters, attributes, size) => {
  const bytes = modelOf(op, set, shape, parameters, attributes, size);
  const graph = readGraph(bytes, op);
  const stream = random(6, 'noise');
  const x = Float32Array.from({ length: SAMPLES * sizeOf(shape) }, () => 1 + 2 * stream.normal());
  const session = await InferenceSession.create(bytes, sessionOptions(1));
  const { logits } = await session.run({ x: new Tensor('float32', x, [SAMPLES, ...shape]) });
  await session.release();
  const double = new GraphDouble(graph, x);
  const kept = new Uint8Array(prunableBits(graph)).fill(1);
  for (let sample = 0; sample < SAMPLES; sample++)
    for (const [index, value] of double.logits(kept, sample).entries())
      expect(Math.abs(Number(logits?.data[3 * sample + index]) - value)).toBeLessThan(1e-4);
});

test.each([
  [
    'GroupNormalization',
    { num_groups: 3 },
    'makes 3 groups of [N, 4, 2]; a divisor of the channels is needed',
  ],
  ['GroupNormalization', {}, 'makes 0 groups'],
  ['InstanceNormalization', {}, 'the constant "s" has 3 elements; the shape [4, 1] needs 4'],
] as const)('%s %j is refused', (op, attributes, problem) => {
  const nodes = (model: GraphBuilder, x: string) => {
    const value = model.node(op, [x, model.floats('s', [3], [1, 2, 3])], 'value', attributes);
    return dense(model, model.node('Flatten', [value], 'flat'), 8);
  };
  expect(() => read({ input: ['N', 4, 2], nodes })).toThrow(problem);
});
