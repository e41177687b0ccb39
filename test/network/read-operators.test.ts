/** The forms in which models say things, one at a time, and what each comes down to. */
import { describe, expect, test } from 'vitest';
import type { GraphNode } from '../../lib/network/graph.ts';
import type { GraphBuilder } from '../../lib/network/onnx/graph-builder.ts';
import { encodeGraph } from '../../lib/network/onnx/graph-encoder.ts';
import { readGraph } from '../../lib/network/reading/graph-reader.ts';
import { type Attributes, constant, counting, dense, type Form, read } from './forms.ts';

/** What an operator on [N, 4], a dense layer behind it, is read as: its nodes but the last. */
function nodesOf(
  op: string,
  attributes: Attributes = {},
  form: Partial<Form> = {},
  width = 4,
): readonly GraphNode[] {
  const nodes = (model: GraphBuilder, x: string) =>
    dense(model, model.node(op, [x], 'value', attributes), width);
  return read({ nodes, ...form }).nodes.slice(0, -1);
}

describe('weights', () => {
  test('are scaled by what Gemm scales them by', () => {
    const { nodes, constants } = read({
      nodes: (model, x) => {
        const inputs = [x, constant(model, 'w', 4, 2), constant(model, 'c', 1, 2)];
        return model.node('Gemm', inputs, 'y', { alpha: { float: 2 }, beta: { float: 0.5 } });
      },
    });
    expect(nodes).toEqual([
      { op: 'Gemm', transB: false, name: 'Gemm:y', inputs: ['x', 'w', 'c'], output: 'y' },
    ]);
    expect(constants.get('w')).toEqual({ shape: [4, 2], data: counting(4, 2).map((value) => 2 * value) });
    expect(constants.get('c')).toEqual({ shape: [2], data: Float32Array.of(0.5, 1) });
  });

  test('keep their names through what is computed of them alone', () => {
    const { constants, prunable } = read({
      nodes: (model, x) => {
        const turned = model.node('Transpose', [constant(model, 'w', 2, 4)], 'turned', { perm: [1, 0] });
        const scaled = model.node('Mul', [turned, model.floats('scale', [2], [1, 10])], 'scaled');
        return model.node('MatMul', [x, scaled], 'y');
      },
    });
    expect(prunable.map(({ name, shape, fanIn, fanOut }) => ({ name, shape, fanIn, fanOut }))).toEqual([
      { name: 'w', shape: [4, 2], fanIn: 4, fanOut: 2 },
    ]);
    expect([...(constants.get('w')?.data ?? [])]).toEqual([1, 50, 2, 60, 3, 70, 4, 80]);
    expect([...constants.keys()]).toEqual(['w']);
  });

  test('that several nodes share are one tensor, transposed or not', () => {
    const twice = (second: (model: GraphBuilder, w: string) => string) =>
      read({
        nodes: (model, x) => {
          const w = constant(model, 'w', 4, 4);
          const hidden = model.node('MatMul', [x, w], 'first');
          return dense(model, model.node('MatMul', [hidden, second(model, w)], 'second'), 4);
        },
      }).prunable.map(({ name, offset }) => [name, offset]);
    expect(twice((_, w) => w)).toEqual([
      ['w', 0],
      ['last.weight', 16],
    ]);
    expect(twice((model, w) => model.node('Transpose', [w], 'turned', { perm: [1, 0] }))).toEqual([
      ['w', 0],
      ['last.weight', 16],
    ]);
    // Other numbers are another tensor.
    expect(twice((model, w) => model.node('Neg', [w], 'negative'))).toEqual([
      ['w', 0],
      ['w/2', 16],
      ['last.weight', 32],
    ]);
  });

  test.each([[['N', 4]], [['N', 3, 4]]] as const)(
    'that are shared by an encoder and its decoder, on %j, are written and read back as one',
    (input) => {
      const graph = read({
        input,
        nodes: (model, x) => {
          const w = constant(model, 'w', 2, 4);
          const turned = model.node('Transpose', [w], 'turned', { perm: [1, 0] });
          const again = model.node('Transpose', [w], 'again', { perm: [1, 0] });
          const code = model.node('MatMul', [x, turned], 'code');
          const decoded = model.node('MatMul', [code, w], 'decoded');
          const recoded = model.node('MatMul', [decoded, again], 'recoded');
          return dense(model, model.node('Flatten', [recoded], 'flat'), input.length === 2 ? 2 : 6);
        },
      });
      expect(graph.prunable.map(({ name, shape }) => [name, shape])).toEqual([
        ['w', [2, 4]],
        ['last.weight', [2, input.length === 2 ? 2 : 6]],
      ]);
      const first = input.length === 2 ? 'Gemm' : 'MatMul';
      expect(graph.nodes[0]).toMatchObject({ op: first, transB: true, inputs: ['x', 'w'] });
      expect(readGraph(encodeGraph(graph), 'again')).toEqual(graph);
    },
  );

  test('have the bias that is added behind them', () => {
    const biasOf = (between: (model: GraphBuilder, product: string) => string) =>
      read({
        nodes: (model, x) => between(model, model.node('MatMul', [x, constant(model, 'w', 4, 2)], 'product')),
      }).prunable[0]?.bias;
    const plus = (model: GraphBuilder, value: string) =>
      model.node('Add', [model.floats('b', [1, 2], [1, 2]), value], 'y');
    expect(biasOf(plus)).toBe('b');
    expect(biasOf((model, product) => plus(model, model.node('Relu', [product], 'relu')))).toBeUndefined();
    expect(
      biasOf((model, product) => model.node('Mul', [product, plus(model, product)], 'z')),
    ).toBeUndefined();
  });
});

test('inputs that are initializers too, or that nothing uses, are no inputs', () => {
  const { input, inputShape } = read({
    nodes: (model, x) => {
      model.input('last.weight', 'float32', [2, 4]);
      model.input('unused', 'float32', ['N', 9]);
      return dense(model, x, 4);
    },
  });
  expect({ input, inputShape }).toEqual({ input: 'x', inputShape: [4] });
});

test('of several outputs the scores are the matrix', () => {
  const { output } = read({
    nodes: (model, x) => {
      const logits = dense(model, x, 4);
      model.output(model.node('ReduceMax', [logits], 'best', { axes: [1], keepdims: 0 }), 'float32', ['N']);
      model.output(model.node('ArgMax', [logits], 'label', { axis: 1, keepdims: 0 }), 'int64', ['N']);
      return logits;
    },
  });
  expect(output).toBe('logits');
});

describe('the logits', () => {
  const behind = (op: string, attributes: Attributes = {}) =>
    read({ nodes: (model, x) => model.node(op, [dense(model, x, 4)], 'scores', attributes) });

  test.each(['Softmax', 'LogSoftmax', 'Identity', 'Dropout', 'Flatten'])('are what %s is of', (op) => {
    expect(behind(op).output).toBe('logits');
    expect(behind(op).nodes).toHaveLength(1);
  });

  test('are what a softmax over all is of, whatever its shape', () => {
    const nodes = (model: GraphBuilder, x: string) => {
      const image = model.node('Reshape', [dense(model, x, 4), model.ints('image', [0, 2, 1, 1])], 'row');
      const shares = model.node('Softmax', [image], 'shares', { axis: 1 });
      return model.node('Flatten', [shares], 'scores');
    };
    expect(read({ nodes }).nodes.map(({ op }) => op)).toEqual(['Gemm', 'Reshape', 'Reshape']);
  });

  const ends = [['Sigmoid'], ['Sigmoid', 'Squeeze'], ['Squeeze', 'Sigmoid']];
  test.each(ends)('of one score z behind %s %s are 0 and z', (...ops) => {
    const { nodes, classes, constants } = read({
      nodes: (model, x) => {
        const score = model.node('Gemm', [x, constant(model, 'w', 4, 1)], 'z');
        return ops.reduce((value, op) => model.node(op, [value], `${op}.value`), score);
      },
    });
    expect(classes).toBe(2);
    expect(nodes.map(({ op, output }) => [op, output])).toEqual([
      ['Gemm', 'z'],
      ['Mul', 'z/logits'],
    ]);
    expect(constants.get('z/classes')).toEqual({ shape: [2], data: Float32Array.of(0, 1) });
  });
});

describe('comes down to', () => {
  const image = { input: ['N', 1, 5, 5] } as const;
  /** [pads, output shape] of a pooling or a convolution of kernel 3, stride 2. */
  const windowOf = (op: 'Conv' | 'MaxPool', attributes: Attributes, size = 5) => {
    const graph = read({
      input: ['N', 1, size, size],
      nodes: (model, x) => {
        const inputs = op === 'Conv' ? [x, constant(model, 'w', 1, 1, 3, 3)] : [x];
        const value = model.node(op, inputs, 'value', {
          kernel_shape: [3, 3],
          strides: [2, 2],
          ...attributes,
        });
        const mean = model.node('GlobalAveragePool', [value], 'mean');
        return dense(model, model.node('Flatten', [mean], 'flat'), 1);
      },
    });
    const [node] = graph.nodes;
    return [node && 'pads' in node ? node.pads : undefined, graph.shapes.get('value')];
  };

  test.each([
    ['SAME_UPPER', 6, [0, 0, 1, 1], 3],
    ['SAME_LOWER', 6, [1, 1, 0, 0], 3],
    ['SAME_UPPER', 5, [1, 1, 1, 1], 3],
    ['VALID', 6, [0, 0, 0, 0], 2],
    ['NOTSET', 6, [0, 0, 0, 0], 2],
  ])('numbers: %s on %d', (how, size, pads, side) => {
    for (const op of ['Conv', 'MaxPool'] as const)
      expect(windowOf(op, { auto_pad: how }, size)).toEqual([pads, [1, side, side]]);
  });

  test('more padding: ceil_mode', () => {
    expect(windowOf('MaxPool', { ceil_mode: 1 }, 6)).toEqual([
      [0, 0, 1, 1],
      [1, 3, 3],
    ]);
    expect(windowOf('MaxPool', { ceil_mode: 1 }, 5)).toEqual([
      [0, 0, 0, 0],
      [1, 2, 2],
    ]);
    // The last window would begin in the padding.
    expect(windowOf('MaxPool', { ceil_mode: 1, kernel_shape: [1, 1], strides: [4, 4] }, 6)[1]).toEqual([
      1, 2, 2,
    ]);
    expect(windowOf('MaxPool', { ceil_mode: 1, kernel_shape: [2, 2], strides: [4, 4] }, 8)[1]).toEqual([
      1, 2, 2,
    ]);
  });

  test.each([
    ['Squeeze', { axes: [1] }, 11, [5, 5]],
    ['Squeeze', {}, 17, [5, 5]],
    ['Unsqueeze', { axes: [-1] }, 11, [1, 5, 5, 1]],
    ['Flatten', {}, 17, [25]],
    ['Flatten', { axis: 2 }, 17, [25]],
    ['Flatten', { axis: -2 }, 17, [25]],
  ] as const)('a Reshape: %s %j in set %d', (op, attributes, operatorSet, shape) => {
    const form = { ...image, operatorSet };
    const nodes = (model: GraphBuilder, x: string) => {
      const value = model.node(op, [x], 'value', attributes);
      return dense(model, model.node('Reshape', [value, model.ints('flat', [-1, 25])], 'row'), 25);
    };
    expect(read({ ...form, nodes }).nodes[0]).toMatchObject({ op: 'Reshape', shape });
  });

  test.each([
    ['N', [-1, 4], [4]],
    ['N', [0, 2, -1], [2, 2]],
    ['N', [0, 0], [4]],
    [1, [1, -1], [4]],
    [8, [8, 2, 2], [2, 2]],
    [1, [-1, 4], [4]],
  ] as const)('what keeps the samples apart: [%s, 4] as %j', (samples, target, shape) => {
    const nodes = (model: GraphBuilder, x: string) => {
      const value = model.node('Reshape', [x, model.ints('target', target)], 'value');
      const relu = model.node('Relu', [value], 'relu');
      return dense(model, model.node('Flatten', [relu], 'row'), 4);
    };
    expect(read({ input: [samples, 4], nodes }).shapes.get('relu')).toEqual(shape);
  });

  test('two at a time: Sum and Max of several', () => {
    const of = (op: string) =>
      read({ nodes: (model, x) => dense(model, model.node(op, [x, x, x], 'value'), 4) }).nodes.map(
        ({ op: one }) => one,
      );
    expect(of('Sum')).toEqual(['Add', 'Add', 'Gemm']);
    expect(of('Max')).toEqual(['Max', 'Max', 'Gemm']);
  });

  test('bounds, by attributes and by inputs', () => {
    expect(nodesOf('Clip', { min: { float: 0 }, max: { float: 6 } }, { operatorSet: 7 })).toMatchObject([
      { min: 0, max: 6 },
    ]);
    const nodes = (model: GraphBuilder, x: string) =>
      dense(model, model.node('Clip', [x, '', model.floats('max', [], [1])], 'value'), 4);
    expect(read({ nodes }).nodes[0]).toMatchObject({ min: Number.NEGATIVE_INFINITY, max: 1 });
  });

  test.each([1, 2])('Softplus: x > threshold ? x : Softplus(β x) / β of PyTorch, β = %d', (beta) => {
    const nodes = (model: GraphBuilder, x: string) => {
      const slope = model.floats('beta', [], [beta]);
      const scaled = beta === 1 ? x : model.node('Mul', [x, slope], 'scaled');
      const bent = model.node('Softplus', [scaled], 'bent');
      const value = beta === 1 ? bent : model.node('Div', [bent, slope], 'value');
      const above = model.node('Greater', [scaled, model.floats('threshold', [], [20])], 'above');
      return dense(model, model.node('Where', [above, x, value], 'softplus'), 4);
    };
    expect(read({ nodes }).nodes.map(({ op }) => op)).toEqual(
      beta === 1 ? ['Softplus', 'Gemm'] : ['Mul', 'Softplus', 'Div', 'Gemm'],
    );
  });

  test('nothing: what changes nothing', () => {
    for (const [op, attributes] of [
      ['Identity', {}],
      ['Cast', { to: 1 }],
      ['Transpose', { perm: [0, 1] }],
      ['Dropout', {}],
      ['Flatten', {}],
    ] as const)
      expect(nodesOf(op, attributes)).toEqual([]);
    expect(nodesOf('Pad', { pads: [0, 0, 0, 0] }, { operatorSet: 7 })).toEqual([]);
  });
});
