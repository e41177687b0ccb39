/** Writes the operations of a graph network as nodes of an ONNX model. */
import type { GraphNode } from '../graph.ts';
import type { Attribute, GraphBuilder } from './graph-builder.ts';

/** What a value or a constant of the graph is called in the model that is written. */
export type Naming = (name: string) => string;

/** The operators changed: reductions take their axes as an input from 18, Gelu is one from 20. */
const AXES_ARE_INPUTS = 18;
const HAS_GELU = 20;

/**
 * Writes one node. Its inputs must be in the model under the names that `nameOf` gives: values [N, …sample], constants
 * as they are; a weight may as well be an input of the model. Whatever else the operator needs (shapes, axes, bounds) is
 * written along, named by the output. A graph may be written into a model several times, each time by other names.
 * Returns the name of the output, `nameOf(node.output)`.
 */
export function addNode(builder: GraphBuilder, node: GraphNode, nameOf: Naming, name?: string): string {
  const output = nameOf(node.output);
  const own = (part: string) => `${output}//${part}`;
  const scalar = (part: string, value: number) => builder.floats(own(part), [], [value]);
  const ints = (part: string, values: readonly number[]) => builder.ints(own(part), values);
  const inputs = node.inputs.map(nameOf);
  const write = (attributes: Readonly<Record<string, Attribute>> = {}, ...more: string[]) =>
    builder.node(node.op, [...inputs, ...more], output, attributes, name);

  switch (node.op) {
    case 'Conv': {
      const { strides, pads, dilations, group } = node;
      return write({ strides, pads, dilations, group });
    }
    case 'Gemm':
      return write({ transB: Number(node.transB) });
    case 'LeakyRelu':
    case 'Elu':
      return write({ alpha: { float: node.alpha } });
    case 'Selu':
      return write({ alpha: { float: node.alpha }, gamma: { float: node.gamma } });
    case 'HardSigmoid':
      return write({ alpha: { float: node.alpha }, beta: { float: node.beta } });
    case 'Gelu':
      if (builder.operatorSet >= HAS_GELU) return write({ approximate: node.approximate });
      return addGelu(builder, inputs[0] ?? '', node.approximate, output);
    case 'Clip': {
      const bound = (part: 'min' | 'max') => (Number.isFinite(node[part]) ? scalar(part, node[part]) : '');
      return write({}, bound('min'), bound('max'));
    }
    case 'BatchNormalization':
      return write({ epsilon: { float: node.epsilon } });
    case 'MaxPool': {
      const { kernel, strides, pads, dilations } = node;
      return write({ kernel_shape: kernel, strides, pads, dilations });
    }
    case 'AveragePool': {
      const { kernel, strides, pads, countIncludePad } = node;
      return write({ kernel_shape: kernel, strides, pads, count_include_pad: Number(countIncludePad) });
    }
    case 'ReduceMean':
    case 'ReduceSum':
    case 'ReduceMax': {
      const keepdims = Number(node.keepdims);
      if (node.op === 'ReduceSum' || builder.operatorSet >= AXES_ARE_INPUTS)
        return write({ keepdims }, ints('axes', node.axes));
      return write({ axes: node.axes, keepdims });
    }
    case 'Reshape':
      // 0: as many samples as come in.
      return write({}, ints('shape', [0, ...node.shape]));
    case 'Transpose':
      return write({ perm: node.perm });
    case 'Concat':
    case 'Softmax':
    case 'LogSoftmax':
      return write({ axis: node.axis });
    case 'Pad': {
      const axes = node.pads.length / 2;
      const pads = ints('pads', [0, ...node.pads.slice(0, axes), 0, ...node.pads.slice(axes)]);
      return write({}, pads, scalar('value', node.value));
    }
    default:
      return write();
  }
}

/** x · Φ(x), or its approximation by tanh (Hendrycks and Gimpel 2016, arXiv 1606.08415, section 2), of older operators. */
function addGelu(builder: GraphBuilder, x: string, approximate: 'none' | 'tanh', output: string): string {
  const own = (part: string) => `${output}//${part}`;
  const scalar = (part: string, value: number) => builder.floats(own(part), [], [value]);
  const node = (op: string, inputs: string[], part: string) => builder.node(op, inputs, own(part));
  const half = node('Mul', [x, scalar('0.5', 0.5)], 'half');
  let bent: string;
  if (approximate === 'none') {
    bent = node('Erf', [node('Mul', [x, scalar('slope', Math.SQRT1_2)], 'sloped')], 'bent');
  } else {
    const cube = node('Mul', [node('Mul', [x, x], 'square'), x], 'cube');
    const term = node('Mul', [cube, scalar('cubic', 0.044715)], 'term');
    const sum = node('Add', [x, term], 'sum');
    bent = node('Tanh', [node('Mul', [sum, scalar('slope', Math.sqrt(2 / Math.PI))], 'sloped')], 'bent');
  }
  return builder.node('Mul', [half, node('Add', [bent, scalar('1', 1)], 'share')], output);
}
