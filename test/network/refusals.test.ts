/** What models are refused for, one reason at a time. Those of other libraries: read-graph.test.ts. */
import { describe, expect, test } from 'vitest';
import type { GraphBuilder } from '../../lib/network/onnx/graph-builder.ts';
import { UnusableModel } from '../../lib/network/unusable-model.ts';
import { type Attributes, constant, dense, type Form, read } from './forms.ts';

const two = (model: GraphBuilder, x: string, op: string, other: string, attributes: Attributes = {}) =>
  dense(model, model.node(op, [x, other], 'value', attributes), 4);

const REFUSED: readonly (readonly [string, Form, string])[] = [
  [
    'a part of a value',
    { nodes: (m, x) => two(m, x, 'Gather', m.ints('i', [0])) },
    'takes a part of the value "x" [N, 4]; only parts of shapes can be taken',
  ],
  [
    'a choice',
    {
      nodes: (m, x) => {
        const above = m.node('Greater', [x, m.floats('t', [], [20])], 'above');
        return dense(m, m.node('Where', [above, x, m.node('Relu', [x], 'r')], 'value'), 4);
      },
    },
    'Where "Where:value": selects by a condition; only x > threshold ? x : Softplus(x) is supported',
  ],
  [
    'a Softplus that is cut off early',
    {
      nodes: (m, x) => {
        const above = m.node('Greater', [x, m.floats('t', [], [5])], 'above');
        return dense(m, m.node('Where', [above, x, m.node('Softplus', [x], 's')], 'value'), 4);
      },
    },
    'with a threshold from which both are the same in float32',
  ],
  [
    'a condition where a value is needed',
    {
      nodes: (m, x) => {
        const above = m.node('Greater', [x, m.floats('t', [], [5])], 'above');
        return dense(m, m.node('Relu', [above], 'value'), 4);
      },
    },
    'its input 1 is a condition; only Where can take one',
  ],
  [
    'several outputs',
    {
      nodes: (m, x) => {
        m.output(m.node('Relu', [x], 'features'), 'float32', ['N', 4]);
        return dense(m, x, 4);
      },
    },
    'output: there are 2 of float32 ("features", "logits"); one is needed, [N, classes]',
  ],
  [
    'samples mixed by Reshape',
    { nodes: (m, x) => two(m, x, 'Reshape', m.ints('s', [-1, 2])) },
    'Reshape "Reshape:value": turns [N, 4] into [-1, 2], which mixes the samples',
  ],
  [
    'a batch size in a dynamic model',
    { nodes: (m, x) => two(m, x, 'Reshape', m.ints('s', [1, -1])) },
    'which mixes the samples',
  ],
  [
    'samples moved',
    { nodes: (m, x) => dense(m, m.node('Transpose', [x], 'value', { perm: [1, 0] }), 4) },
    "perm [1, 0] for [N, 4]; the samples' axis stays first",
  ],
  [
    'samples joined',
    { nodes: (m, x) => two(m, x, 'Concat', x, { axis: 0 }) },
    'Concat along axis 0, the axis of the samples',
  ],
  [
    'samples averaged',
    { nodes: (m, x) => dense(m, m.node('ReduceMean', [x], 'value'), 4) },
    'reduces over the samples (axis 0, or all axes)',
  ],
  [
    'samples compared',
    { nodes: (m, x) => dense(m, m.node('Softmax', [x], 'value', { axis: 0 }), 4) },
    'runs along axis 0, the axis of the samples',
  ],
  [
    'samples transposed by Gemm',
    { nodes: (m, x) => two(m, x, 'Gemm', constant(m, 'w', 4, 4), { transA: 1 }) },
    'Gemm "Gemm:value": transposes its input (transA), which mixes the samples',
  ],
  [
    'a constant for each sample',
    { nodes: (m, x) => two(m, x, 'Add', constant(m, 'c', 3, 4)) },
    'the constant "c" [3, 4] has an axis for the samples, or more axes than what it meets',
  ],
  [
    'values times values',
    { nodes: (m, x) => two(m, x, 'MatMul', x) },
    'multiplies the value "x" [N, 4] with the value "x" [N, 4]; a value times constant weights',
  ],
  [
    'weights that do not fit',
    { nodes: (m, x) => two(m, x, 'MatMul', constant(m, 'w', 3, 4)) },
    'MatMul "MatMul:value": a weight [3, 4] for 4 inputs',
  ],
  [
    'shapes that do not fit',
    { nodes: (m, x) => two(m, x, 'Mul', constant(m, 'c', 3)) },
    '[N, 4] with a constant [3], which do not fit each other',
  ],
  [
    'reflected padding',
    { nodes: (m, x) => two(m, x, 'Pad', m.ints('p', [0, 1, 0, 1]), { mode: 'reflect' }) },
    'pads by the mode "reflect"; only "constant" is supported',
  ],
  [
    'padding of the samples',
    { nodes: (m, x) => two(m, x, 'Pad', m.ints('p', [1, 0, 0, 0])) },
    'pads axis 0, the axis of the samples',
  ],
  [
    'unknown padding',
    {
      input: ['N', 1, 4, 4],
      nodes: (m, x) =>
        dense(m, m.node('MaxPool', [x], 'value', { kernel_shape: [2, 2], auto_pad: 'MOST' }), 4),
    },
    'its attribute auto_pad is "MOST"',
  ],
  [
    'windows of padding only',
    {
      input: ['N', 1, 4, 4],
      nodes: (m, x) =>
        dense(m, m.node('MaxPool', [x], 'value', { kernel_shape: [2, 2], pads: [2, 2, 2, 2] }), 4),
    },
    'so that windows see padding only',
  ],
  ...(['Conv', 'MaxPool', 'GlobalAveragePool'] as const).map((op): readonly [string, Form, string] => [
    `${op} along four axes`,
    {
      input: ['N', 1, 2, 2, 2, 2],
      nodes: (m, x) => {
        const operands = op === 'Conv' ? [x, constant(m, 'w', 1, 1, 1, 1, 1, 1)] : [x];
        const attributes = op === 'MaxPool' ? { kernel_shape: [1, 1, 1, 1] } : {};
        return dense(m, m.node(op, operands, 'value', attributes), 16);
      },
    },
    `${op} "${op}:value": its input [N, 1, 2, 2, 2, 2] has 4 spatial axes; 3 are the most allowed`,
  ]),
  [
    'statistics of the batch',
    {
      nodes: (m, x) =>
        dense(
          m,
          m.node(
            'BatchNormalization',
            [x, ...['s', 'b', 'm', 'v'].map((name) => constant(m, name, 4))],
            'value',
            { training_mode: 1 },
          ),
          4,
        ),
    },
    'computes statistics of the batch, as in training. Export the model for inference: model.eval()',
  ],
  [
    'weights that are not finite',
    { nodes: (m, x) => two(m, x, 'MatMul', m.floats('w', [4, 1], [1, 2, Number.NaN, 4])) },
    'tensor "w": its element 2 is NaN; all must be finite',
  ],
  [
    'values that are not known',
    { nodes: (m, x) => two(m, x, 'Add', 'nowhere') },
    'uses "nowhere", which is not known there',
  ],
  [
    'a circle',
    {
      nodes: (m, x) => {
        m.node('Add', [x, 'b'], 'a');
        m.node('Relu', ['a'], 'b');
        return dense(m, 'b', 4);
      },
    },
    'Add "Add:a": uses "b", which is not known there',
  ],
  [
    'the same value twice',
    {
      nodes: (m, x) => {
        m.node('Relu', [x], 'a');
        m.node('Tanh', [x], 'a');
        return dense(m, 'a', 4);
      },
    },
    'Tanh "Tanh:a": computes "a", which another node does',
  ],
  [
    'no weights',
    { nodes: (m, x) => m.node('Relu', [x], 'y') },
    'weights: there are none that could be pruned',
  ],
  [
    'no input',
    { nodes: (m) => m.node('Relu', [constant(m, 'w', 2)], 'y') },
    'input: the output depends on none',
  ],
  [
    'no axis for features',
    { input: [4], nodes: (m, x) => m.node('Relu', [x], 'y') },
    'has no axis for features after the axis of the samples',
  ],
  [
    'old operators',
    { operatorSet: 6, nodes: (m, x) => dense(m, x, 4) },
    'its operator set is 6; sets 7 to 28 can be read',
  ],
  ['operators to come', { operatorSet: 99, nodes: (m, x) => dense(m, x, 4) }, 'its operator set is 99'],
  [
    'a huge value',
    { nodes: (m, x) => two(m, x, 'Pad', m.ints('p', [0, 0, 0, 2 ** 40])) },
    'values per sample on 1 axes; 67108864 on 8 are the most allowed',
  ],
  [
    'an average that counts padding and reaches over it',
    {
      input: ['N', 1, 6, 6],
      nodes: (m, x) => {
        const window = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
        const value = m.node('AveragePool', [x], 'v', { ...window, ceil_mode: 1, count_include_pad: 1 });
        return dense(m, m.node('Flatten', [value], 'flat'), 16);
      },
    },
    'reaches over the end of it (ceil_mode)',
  ],
  [
    'an input of whole numbers',
    {
      nodes: (m) => dense(m, m.node('Cast', [m.input('pixels', 'uint8', ['N', 4])], 'floats', { to: 1 }), 4),
    },
    'input: "pixels" is uint8; float32 is needed. Export the network for an input of float32',
  ],
  [
    'a huge constant',
    {
      nodes: (m, x) =>
        two(m, x, 'Add', m.node('Expand', [m.floats('c', [], [1]), m.ints('s', [2 ** 30, 2 ** 30])], 'e')),
    },
    'computes too much of constants',
  ],
  [
    'a huge product of constants',
    {
      nodes: (m, x) =>
        two(m, x, 'Add', m.node('Add', [constant(m, 'a', 100_000, 1), constant(m, 'b', 100_000)], 'c')),
    },
    'computes too much of constants',
  ],
];

describe('refused is', () => {
  test.each(REFUSED)('%s', (_, form, problem) => {
    expect(() => read(form)).toThrow(UnusableModel);
    expect(() => read(form)).toThrow(problem);
  });

  test('a value that doubles with every node, before it is large', () => {
    const nodes = (model: GraphBuilder, x: string) => {
      let value = x;
      for (let index = 0; index < 100; index++)
        value = model.node('Concat', [value, value], `value.${index}`, { axis: 1 });
      return dense(model, value, 4);
    };
    expect(() => read({ nodes })).toThrow('Concat "Concat:value.24": gives 134217728 values per sample');
  });

  test('all that is wrong, not only the first', () => {
    const nodes = (model: GraphBuilder, x: string) => {
      const a = model.node('CumSum', [x, model.ints('axis', [1])], 'a');
      const b = model.node('GridSample', [x, x], 'b');
      return dense(model, model.node('Add', [a, b], 'sum'), 4);
    };
    const message =
      /CumSum "CumSum:a", GridSample "GridSample:b": is not a supported operator; these are: Abs, .*Unsqueeze/;
    expect(() => read({ nodes })).toThrow(message);
  });
});
