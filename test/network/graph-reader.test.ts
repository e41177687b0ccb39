/** Models of other libraries: what they predict, and what is refused. How they were made: models/README.md. */
import { readdirSync, readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { prunableBits } from '../../lib/network/graph.ts';
import { layersOfGraph } from '../../lib/network/layers-graph.ts';
import { buildTicketModel } from '../../lib/network/models/ticket-model.ts';
import { encodeGraph } from '../../lib/network/onnx/graph-encoder.ts';
import { readGraph } from '../../lib/network/reading/graph-reader.ts';
import { UnusableModel } from '../../lib/network/unusable-model.ts';

const folder = new URL('models/', import.meta.url);
const modelOf = (name: string) => readFileSync(new URL(`${name}.onnx`, folder));

const expectedSchema = z.record(
  z.string(),
  z.object({
    kind: z.enum(['logits', 'probabilities', 'log-probabilities']),
    x: z.array(z.array(z.number())),
    scores: z.array(z.array(z.number())),
  }),
);
const expected = expectedSchema.parse(JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')));

function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

test('every model is looked at', () => {
  const names = readdirSync(folder).flatMap((file) => (file.endsWith('.onnx') ? [file.slice(0, -5)] : []));
  names.sort();
  expect(names.filter((name) => !name.startsWith('refused-'))).toEqual(Object.keys(expected).toSorted());
  expect(names.filter((name) => name.startsWith('refused-'))).toEqual(
    REFUSED.map(([name]) => `refused-${name}`),
  );
});

describe.each(Object.entries(expected))('%s', (name, { kind, x, scores }) => {
  const graph = readGraph(modelOf(name), name);

  test('predicts as a ticket what its library predicts', async () => {
    const all = new Uint8Array(Math.ceil(prunableBits(graph) / 8)).fill(255);
    const session = await InferenceSession.create(buildTicketModel(graph, all, { scale: [1], offset: [0] }));
    const input = new Tensor('float32', Float32Array.from(x.flat()), [x.length, x[0]?.length ?? 0]);
    const { logits, label } = await session.run({ x: input });
    await session.release();
    for (const [row, wanted] of scores.entries()) {
      const found = Array.from(
        logits?.data.slice(row * graph.classes, (row + 1) * graph.classes) ?? [],
        Number,
      );
      // Of one score p the ticket's logits are those of [1 − p, p].
      const both = wanted.length === 1 ? [1 - (wanted[0] ?? 0), ...wanted] : wanted;
      const scored = kind === 'logits' ? found : softmax(found);
      for (const [index, score] of both.entries())
        expect(scored[index]).toBeCloseTo(kind === 'log-probabilities' ? Math.exp(score) : score, 5);
      expect(Number(label?.data[row])).toBe(both.indexOf(Math.max(...both)));
    }
  });

  test('is written and read back', () => {
    expect(readGraph(encodeGraph(graph), name)).toEqual(graph);
  });

  test('has names of its library for its weights, and a bias or none', () => {
    expect(graph.prunable.length).toBeGreaterThan(1);
    for (const { name: weight, bias } of graph.prunable) {
      expect(weight).toMatch(/weight|coefficient|onnx::Conv|ReadVariableOp|convolution|const_fold/);
      if (bias !== undefined) expect(graph.constants.has(bias)).toBe(true);
    }
  });
});

test('the shape of a network shows through', () => {
  expect(layersOfGraph(readGraph(modelOf('torch-mlp'), 'x'))?.widths).toEqual([4, 8, 3]);
  expect(layersOfGraph(readGraph(modelOf('sklearn-multiclass'), 'x'))).toBeUndefined();
  const { inputShape, classes, prunable, nodes } = readGraph(modelOf('torch-residual'), 'x');
  expect({ inputShape, classes }).toEqual({ inputShape: [1, 8, 8], classes: 10 });
  expect(
    prunable.map(({ name, offset, fanIn, fanOut, bias }) => [name, offset, fanIn, fanOut, bias]),
  ).toEqual([
    ['conv1.weight', 0, 9, 36, undefined],
    ['conv2.weight', 36, 36, 36, 'conv2.bias'],
    ['dense.weight', 180, 16, 10, 'dense.bias'],
  ]);
  expect(nodes.map(({ op }) => op).join(' ')).toBe(
    'Conv BatchNormalization Relu Conv Relu Add MaxPool AveragePool Reshape Gemm',
  );
});

describe('patterns', () => {
  const read = (patterns: { include?: string[]; exclude?: string[] }) =>
    readGraph(modelOf('torch-residual'), 'net.onnx', patterns).prunable.map(({ name, offset }) => [
      name,
      offset,
    ]);

  test('tell which weights may be pruned', () => {
    expect(read({ include: ['conv*'] })).toEqual([
      ['conv1.weight', 0],
      ['conv2.weight', 36],
    ]);
    expect(read({ exclude: ['conv?.weight'] })).toEqual([['dense.weight', 0]]);
    expect(read({ include: ['*.weight'], exclude: ['conv1*', 'dense*'] })).toEqual([['conv2.weight', 0]]);
    expect(read({ exclude: [] })).toHaveLength(3);
  });

  test('that match nothing, or leave nothing, are refused', () => {
    expect(() => read({ include: ['conv1.weight', 'fc*'], exclude: ['conv.*'] })).toThrow(
      'net.onnx: include "fc*", exclude "conv.*": no weight matches; the weights are "conv1.weight", "conv2.weight", "dense.weight". Use one of these names, or a pattern with * and ?',
    );
    expect(() => read({ exclude: ['*'] })).toThrow('include and exclude: leave none of the weights');
  });
});

const REFUSED = [
  ['domain', 'FastGelu "gelu": is of the domain com.microsoft; only the standard\'s own operators'],
  ['dynamic', 'input: "x" [batch, 1, height, width]: axis 2 is dynamic; only the first'],
  [
    'external',
    'tensor "weight": its data are in a separate file; they must be in the model. Export with external_data=False',
  ],
  ['float16', 'input: "x" is float16; float32 is needed. Convert the network to float32 before exporting'],
  ['float64', 'input: "x" is float64; float32 is needed. Convert the network to float32 before exporting'],
  ['int8', 'DynamicQuantizeLinear "x_QuantizeLinear", MatMulInteger "/0/Gemm_MatMul_quant"'],
  ['int8-qdq', 'and 7 more: computes with integers; quantised networks are not supported'],
  ['loop', 'Loop "/Loop": is control flow (a loop or a branch); only feed-forward networks are supported'],
  ['lstm', 'LSTM "/cells/LSTM": is recurrent; only feed-forward networks are supported'],
  [
    'one-score',
    'output "y": is [N, 1]; a score for each class is needed, [N, classes], or [N, 1] after a Sigmoid',
  ],
  ['operator', 'CumSum "/CumSum": is not a supported operator; these are: Abs, Add,'],
  ['three-axes', 'output "y": is [N, 5, 2]; a score for each class is needed'],
  ['two-inputs', 'input: there are 2 ("a", "b"); networks of one input are supported'],
] as const;

describe('refused is', () => {
  test.each(REFUSED)('%s: %s', (name, problem) => {
    expect(() => readGraph(modelOf(`refused-${name}`), 'net.onnx')).toThrow(UnusableModel);
    expect(() => readGraph(modelOf(`refused-${name}`), 'net.onnx')).toThrow(problem);
  });
});
