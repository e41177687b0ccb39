/** Forward and backward pass of the convolutional networks that have names: chains of Conv, Gemm, Relu, MaxPool and Reshape. */
import type { Parameters } from '../algorithms/parts/training-method.ts';
import type { Graph, GraphNode } from '../network/graph.ts';
import type { GraphBuilder } from '../network/onnx/graph-builder.ts';
import { ELEMENT_TYPES } from '../network/onnx/types.ts';
import { sizeOf } from '../network/tensor.ts';

/** The name of a value of the graph in the written one. */
const written = (name: string) => `value/${name}`;

/** The places of a node's weight among the prunable tensors; −1 for one without. */
function layerOf({ prunable }: Graph, { inputs }: GraphNode): number {
  return prunable.findIndex(({ name }) => name === inputs[1]);
}

/** The name of the logits. `parameters`: weights as matrices, `outputs` × `inputs`. `x`: rows × features, scaled. */
export function addGraphForward(graph: GraphBuilder, own: Graph, parameters: Parameters, x: string): string {
  const shape = graph.ints('image.shape', [0, ...own.inputShape]);
  graph.node('Reshape', [x, shape], written(own.input));
  for (const node of own.nodes) addNode(graph, own, parameters, node);
  return written(own.output);
}

function addNode(graph: GraphBuilder, own: Graph, { weights, biases }: Parameters, node: GraphNode): void {
  const output = written(node.output);
  const [input = ''] = node.inputs;
  const place = layerOf(own, node);
  const [weight = '', bias = ''] = [weights[place], biases[place]];
  const biased = bias === '' ? [] : [bias];
  switch (node.op) {
    case 'Conv': {
      const { shape = [] } = own.prunable[place] ?? {};
      const kernel = graph.node(
        'Reshape',
        [weight, graph.ints(`${output}//kernel.shape`, shape)],
        kernelOf(output),
      );
      graph.node('Conv', [written(input), kernel, ...biased], output, { pads: node.pads });
      return;
    }
    case 'Gemm':
      graph.node('Gemm', [written(input), weight, ...biased], output, { transB: 1 });
      return;
    case 'Relu':
      graph.node('Relu', [written(input)], output);
      return;
    case 'MaxPool':
      graph.node('MaxPool', [written(input)], output, { kernel_shape: node.kernel, strides: node.strides });
      return;
    case 'Reshape':
      graph.node('Reshape', [written(input), graph.ints(`${output}//shape`, [0, ...node.shape])], output);
      return;
    default:
      throw new TypeError(`'${node.name}': found ${node.op}, which no convolutional network with a name has`);
  }
}

const kernelOf = (output: string) => `${output}//kernel`;

/**
 * Gradients of weights, as matrices, and of the biases too. `gradient`: that of the logits. The gradient of a maximum goes to all that are
 * equal to it: after a ReLU, equal ones are 0, and get none.
 */
export function addGraphBackward(
  graph: GraphBuilder,
  own: Graph,
  { weights, biases }: Parameters,
  gradient: string,
  trainsBiases: boolean,
): Parameters {
  const of = { weights: weights.map(() => ''), biases: trainsBiases ? biases.map(() => '') : [] };
  let above = gradient;
  for (const [index, node] of [...own.nodes.entries()].reverse()) {
    const name = `gradient/${node.output}`;
    const [input = ''] = node.inputs;
    const before = own.shapes.get(input) ?? [];
    const after = own.shapes.get(node.output) ?? [];
    const place = layerOf(own, node);
    const add = (op: string, inputs: readonly string[], part: string, attributes = {}) =>
      graph.node(op, inputs, `${name}//${part}`, attributes);
    const sizes = (part: string, values: readonly number[]) => graph.ints(`${name}//${part}`, values);
    const sumOver = (axes: readonly number[]) =>
      add('ReduceSum', [above, sizes('axes', axes)], 'bias', { keepdims: 0 });
    if (place >= 0 && trainsBiases && biases[place] !== '')
      of.biases[place] = sumOver(node.op === 'Conv' ? [0, 2, 3] : [0]);
    // Nobody asks for the gradient of the data.
    const isFirst = index === 0;
    if (node.op === 'Gemm') {
      of.weights[place] = add('Gemm', [above, written(input)], 'weight', { transA: 1 });
      if (!isFirst) above = add('MatMul', [above, weights[place] ?? ''], 'input');
    } else if (node.op === 'Conv') {
      // The samples take the place of the channels, and the gradient that of the kernel.
      const swap = { perm: [1, 0, 2, 3] };
      const channels = add('Transpose', [written(input)], 'x.swapped', swap);
      const kernels = add('Transpose', [above], 'above.swapped', swap);
      const found = add('Conv', [channels, kernels], 'kernel.swapped', { pads: node.pads });
      const matrix = sizes('matrix', [after[0] ?? 0, -1]);
      of.weights[place] = add('Reshape', [add('Transpose', [found], 'kernel', swap), matrix], 'weight');
      if (!isFirst)
        above = add('ConvTranspose', [above, kernelOf(written(node.output))], 'input', { pads: node.pads });
    } else if (node.op === 'Relu') {
      above = add('Mul', [above, add('Sign', [written(node.output)], 'open')], 'input');
    } else if (node.op === 'Reshape') {
      above = add('Reshape', [above, sizes('before', [0, ...before])], 'input');
    } else if (node.op === 'MaxPool') {
      const spread = (value: string, part: string) =>
        spreadOver(graph, value, `${name}//${part}`, before, after, node.kernel);
      const most = add('Equal', [written(input), spread(written(node.output), 'maxima')], 'is.most');
      const chosen = add('Cast', [most], 'chosen', { to: ELEMENT_TYPES.float32 });
      above = add('Mul', [spread(above, 'above'), chosen], 'input');
    }
  }
  return of;
}

/** Every element over its window; 0 where no window is. */
function spreadOver(
  graph: GraphBuilder,
  value: string,
  name: string,
  [channels = 0, height = 0, width = 0]: readonly number[],
  [, rows = 0, columns = 0]: readonly number[],
  [tall = 1, wide = 1]: readonly number[],
): string {
  const apart = graph.ints(`${name}.apart`, [0, channels, rows, 1, columns, 1]);
  const windows = graph.ints(`${name}.windows`, [1, 1, 1, tall, 1, wide]);
  const all = graph.ints(`${name}.all`, [0, channels, rows * tall, columns * wide]);
  const single = graph.node('Reshape', [value, apart], `${name}.single`);
  const copied = graph.node('Expand', [single, windows], `${name}.copied`);
  const whole = graph.node('Reshape', [copied, all], `${name}.whole`);
  const [below, beside] = [height - rows * tall, width - columns * wide];
  if (below === 0 && beside === 0) return whole;
  return graph.node(
    'Pad',
    [whole, graph.ints(`${name}.pads`, [0, 0, 0, 0, 0, 0, below, beside])],
    `${name}.padded`,
  );
}

/** Values that the pass makes of one sample. */
export function valuesIn({ shapes }: Graph): number {
  return [...shapes.values()].reduce((sum, shape) => sum + sizeOf(shape), 0);
}
