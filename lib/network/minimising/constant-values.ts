/**
 * Which elements of a graph's values are the same whatever the input is, and what they are. Values are taken to be
 * finite: what weighs a constant zero adds nothing.
 */

import { activationOf, PAIRS, type PairOperator } from '../activations.ts';
import { type Graph, type GraphNode, sizeOf } from '../graph.ts';
import { activationError } from './activation-error.ts';
import {
  broadcastIndices,
  channelEntries,
  type Entries,
  emptyEntries,
  entriesOf,
  spread,
  stridedIndices,
  stridesOf,
  varying,
} from './entries.ts';
import { concatenated, copied, EPSILON, gathered, padded, reduced } from './rearranged.ts';
import { type Links, layoutOf, type WeightLayout } from './weighted.ts';

/** The entries of the input and of every node's output. */
export function constantValues(graph: Graph, links: Links): Map<string, Entries> {
  const known = new Map<string, Entries>();
  known.set(graph.input, varying(1, sizeOf(graph.inputShape)));
  for (const node of graph.nodes) {
    const result = entriesOfNode(graph, node, known, links);
    // What is not a finite number is no constant to reckon with.
    for (let index = 0; index < result.value.length; index++) {
      const finite = Number.isFinite(result.value[index]) && Number.isFinite(result.error[index]);
      if (!finite) {
        result.value[index] = Number.NaN;
        result.error[index] = 0;
      }
    }
    known.set(node.output, result);
  }
  return known;
}

function entriesOfNode(graph: Graph, node: GraphNode, known: Map<string, Entries>, links: Links): Entries {
  const shapeOf = (name: string) => graph.constants.get(name)?.shape ?? graph.shapes.get(name) ?? [];
  const entriesAt = (index: number): Entries => {
    const name = node.inputs[index] ?? '';
    const constant = graph.constants.get(name);
    return constant ? entriesOf(constant.data) : (known.get(name) ?? varying(sizeOf(shapeOf(name))));
  };
  const [inputShape, shape] = [shapeOf(node.inputs[0] ?? ''), shapeOf(node.output)];
  const size = sizeOf(shape);
  const layout = layoutOf(graph, node);
  if (layout) return weighted(graph, layout, entriesAt(0), links(layout.weight), size);
  const activation = activationOf(node);
  if (activation) return activated(node, activation, entriesAt(0));
  switch (node.op) {
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
    case 'Max':
    case 'Min':
    case 'PRelu': {
      const operands = [0, 1].map((index) => {
        const operand = spread(entriesAt(index));
        return gathered(operand, broadcastIndices(shapeOf(node.inputs[index] ?? ''), shape));
      });
      return combined(node.op, operands[0] ?? varying(size), operands[1] ?? varying(size));
    }
    case 'BatchNormalization':
      return normalised(graph, node, node.epsilon, entriesAt(0), inputShape);
    case 'MaxPool':
    case 'GlobalMaxPool':
    case 'GlobalAveragePool':
      return pooled(entriesAt(0), inputShape, shape, false);
    case 'AveragePool':
      return pooled(
        entriesAt(0),
        inputShape,
        shape,
        node.countIncludePad && node.pads.some((pad) => pad !== 0),
      );
    case 'ReduceMean':
    case 'ReduceSum':
    case 'ReduceMax':
      return reduced(node.op, node.axes, spread(entriesAt(0)), inputShape, size);
    case 'Reshape':
      return copied(entriesAt(0));
    case 'Transpose': {
      const strides = stridesOf(inputShape);
      const order = node.perm.slice(1).map((axis) => strides[axis - 1] ?? 0);
      return gathered(spread(entriesAt(0)), stridedIndices(shape, order));
    }
    case 'Concat': {
      const parts = node.inputs.map((name, index) => {
        return { entries: spread(entriesAt(index)), width: sizeOf(shapeOf(name).slice(node.axis - 1)) };
      });
      return concatenated(parts, size);
    }
    case 'Pad':
      return padded(spread(entriesAt(0)), inputShape, shape, node.pads, node.value);
    default:
      return varying(size);
  }
}

/** Sums of weighted channels, where all those that are linked are constants. */
function weighted(
  graph: Graph,
  layout: WeightLayout,
  input: Entries,
  links: Uint8Array | undefined,
  size: number,
): Entries {
  const { groups, outputs, inputs, taps, outputStride, inputStride, padded } = layout;
  const weights = graph.constants.get(layout.weight)?.data ?? new Float32Array();
  const bias = layout.bias === undefined ? undefined : graph.constants.get(layout.bias)?.data;
  const { value, error } = channelEntries(input, inputs * groups, layout.before, layout.after);
  const channels = emptyEntries(outputs, layout.outputAfter);
  for (let output = 0; output < outputs; output++) {
    const group = Math.floor(output / (outputs / groups)) * inputs;
    let sum = bias?.[output] ?? 0;
    let magnitude = 0;
    let off = 0;
    let terms = 0;
    for (let channel = 0; channel < inputs && !Number.isNaN(sum); channel++) {
      const constant = value[group + channel] ?? Number.NaN;
      const uncertain = error[group + channel] ?? 0;
      if (constant === 0 && uncertain === 0) continue;
      const start = output * outputStride + channel * inputStride;
      for (let weight = start; weight < start + taps; weight++) {
        if (links && links[weight] === 0) continue;
        // Where it falls on padding, a tap weighs zero instead of the constant.
        const term = padded ? Number.NaN : (weights[weight] ?? 0) * constant;
        sum += term;
        magnitude += Math.abs(term);
        off += Math.abs(weights[weight] ?? 0) * uncertain;
        terms++;
        if (Number.isNaN(sum)) break;
      }
    }
    channels.value[output] = sum;
    // A sum without terms is the bias itself.
    channels.error[output] =
      terms === 0 ? 0 : off + (terms + 2) * EPSILON * (magnitude + Math.abs(bias?.[output] ?? 0));
  }
  if (layout.before === 1) return channels;
  const indices = Int32Array.from({ length: size }, (_, index) => index % outputs);
  return gathered(channels, indices);
}

function activated(node: GraphNode, activation: (x: number) => number, input: Entries): Entries {
  const result = emptyEntries(input.value.length, input.block);
  for (let index = 0; index < input.value.length; index++) {
    const x = input.value[index] ?? Number.NaN;
    const y = activation(x);
    result.value[index] = y;
    result.error[index] = activationError(node, x, y, input.error[index] ?? 0);
  }
  return result;
}

function combined(op: PairOperator, first: Entries, second: Entries): Entries {
  const result = emptyEntries(first.value.length);
  const compute = PAIRS[op];
  for (let index = 0; index < result.value.length; index++) {
    const [a, b] = [first.value[index] ?? Number.NaN, second.value[index] ?? Number.NaN];
    const [ea, eb] = [first.error[index] ?? 0, second.error[index] ?? 0];
    const zeroA = a === 0 && ea === 0;
    const zeroB = b === 0 && eb === 0;
    if ((op === 'Mul' && (zeroA || zeroB)) || (op === 'PRelu' && zeroA)) continue;
    result.value[index] = compute(a, b);
    result.error[index] = combinedError(op, a, b, ea, eb);
  }
  return result;
}

function combinedError(op: PairOperator, a: number, b: number, ea: number, eb: number): number {
  if (op === 'Max' || op === 'Min') return Math.max(ea, eb);
  const zero = (value: number, error: number) => value === 0 && error === 0;
  if (op === 'Add' || op === 'Sub') {
    // Adding an exact zero to an exact number is exact.
    if ((zero(a, ea) && eb === 0) || (zero(b, eb) && ea === 0)) return 0;
    return ea + eb + EPSILON * (Math.abs(a) + Math.abs(b));
  }
  if (op === 'Div') {
    const least = Math.abs(b) - eb;
    if (least <= 0) return Number.POSITIVE_INFINITY;
    return (ea + Math.abs(a / b) * eb) / least + EPSILON * Math.abs(a / b);
  }
  return Math.abs(a) * eb + (Math.abs(b) + eb + 1) * ea + EPSILON * Math.abs(a * b);
}

function normalised(
  graph: Graph,
  { inputs }: GraphNode,
  epsilon: number,
  input: Entries,
  [channels = 1, ...rest]: readonly number[],
): Entries {
  const [scale, bias, mean, variance] = inputs.slice(1).map((name) => graph.constants.get(name)?.data);
  const after = sizeOf(rest);
  const { value, error } = channelEntries(input, channels, 1, after);
  const result = emptyEntries(channels, after);
  for (let channel = 0; channel < channels; channel++) {
    const [x, off] = [value[channel] ?? Number.NaN, error[channel] ?? 0];
    const factor = (scale?.[channel] ?? 1) / Math.sqrt((variance?.[channel] ?? 1) + epsilon);
    const [shift, centre] = [bias?.[channel] ?? 0, mean?.[channel] ?? 0];
    result.value[channel] = (x - centre) * factor + shift;
    const size = Math.abs(x * factor) + Math.abs(centre * factor) + Math.abs(shift);
    result.error[channel] = off * Math.abs(factor) + 8 * EPSILON * size;
  }
  return result;
}

/** `bordered`: windows at the border take zeros in. */
function pooled(
  input: Entries,
  [channels = 1, ...rest]: readonly number[],
  shape: readonly number[],
  bordered: boolean,
): Entries {
  const { value, error } = channelEntries(input, channels, 1, sizeOf(rest));
  const result = emptyEntries(channels, sizeOf(shape.slice(1)));
  for (let channel = 0; channel < channels; channel++) {
    const [x, off] = [value[channel] ?? Number.NaN, error[channel] ?? 0];
    if (x === 0 && off === 0) continue;
    result.value[channel] = bordered ? Number.NaN : x;
    result.error[channel] = off + 16 * EPSILON * Math.abs(x);
  }
  return result;
}
