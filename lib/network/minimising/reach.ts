/** Which elements of a graph's values the logits depend on, and by which weights. */

import { type Graph, type GraphNode, sizeOf } from '../graph.ts';
import {
  broadcastIndices,
  channelEntries,
  type Entries,
  spread,
  stridedIndices,
  stridesOf,
} from './entries.ts';
import { paddedIndices } from './rearranged.ts';
import { type Links, layoutOf, type WeightLayout } from './weighted.ts';

/** Per constant a byte for each of its elements: whether an output may depend on it. */
export type UsedWeights = Map<string, Uint8Array>;

/**
 * The linked weights that lead from something other than a constant zero to something that a logit depends on. `known`:
 * the graph's constant values under the same links.
 */
export function usedWeights(graph: Graph, known: ReadonlyMap<string, Entries>, links: Links): UsedWeights {
  return reachBack(graph, known, links).used;
}

/** The same, and per value a byte for each of its elements: whether a logit may depend on it. */
export function reachBack(
  graph: Graph,
  known: ReadonlyMap<string, Entries>,
  links: Links,
): { readonly used: UsedWeights; readonly reached: ReadonlyMap<string, Uint8Array> } {
  const used: UsedWeights = new Map(
    graph.prunable.map(({ name, size }) => [name, new Uint8Array(size)] as const),
  );
  const reached = new Map<string, Uint8Array>();
  const sizeOfValue = (name: string) => sizeOf(graph.shapes.get(name) ?? []);
  /** The bytes of a value's elements, to be set. */
  const marksOf = (name: string): Uint8Array => {
    const marks = reached.get(name) ?? new Uint8Array(sizeOfValue(name));
    reached.set(name, marks);
    return marks;
  };
  marksOf(graph.output).fill(1);
  for (const node of [...graph.nodes].reverse()) {
    const after = reached.get(node.output);
    if (!after?.includes(1)) continue;
    const layout = layoutOf(graph, node);
    const [input = ''] = node.inputs;
    if (layout) {
      reachThroughWeights(layout, after, known, input, marksOf(input), links, used);
      continue;
    }
    for (const [index, name] of node.inputs.entries()) {
      // A prunable weight that is something else too is used as a whole.
      if (graph.constants.has(name)) used.get(name)?.fill(1);
      else reachThrough(graph, node, index, after, known, marksOf(name));
    }
  }
  return { used, reached };
}

function reachThroughWeights(
  layout: WeightLayout,
  after: Uint8Array,
  known: ReadonlyMap<string, Entries>,
  input: string,
  marks: Uint8Array,
  links: Links,
  used: UsedWeights,
): void {
  const { groups, outputs, inputs, taps, outputStride, inputStride, before, outputAfter } = layout;
  const entries = known.get(input);
  if (!entries) throw new Error(`${input}: nothing is known of it`);
  const { value, error } = channelEntries(entries, inputs * groups, before, layout.after);
  const linked = links(layout.weight);
  const uses = used.get(layout.weight);
  const reachedInputs = new Uint8Array(inputs * groups);
  const outputReached = channelMarks(after, outputs, before, outputAfter);
  for (let output = 0; output < outputs; output++) {
    if (outputReached[output] === 0) continue;
    const group = Math.floor(output / (outputs / groups)) * inputs;
    for (let channel = 0; channel < inputs; channel++) {
      if (value[group + channel] === 0 && error[group + channel] === 0) continue;
      const start = output * outputStride + channel * inputStride;
      for (let weight = start; weight < start + taps; weight++) {
        if (linked && linked[weight] === 0) continue;
        if (uses) uses[weight] = 1;
        reachedInputs[group + channel] = 1;
      }
    }
  }
  for (let outer = 0; outer < before; outer++) {
    for (let channel = 0; channel < reachedInputs.length; channel++) {
      if (reachedInputs[channel] === 0) continue;
      const start = (outer * reachedInputs.length + channel) * layout.after;
      marks.fill(1, start, start + layout.after);
    }
  }
}

/** Per channel whether any of its elements is marked. */
function channelMarks(marks: Uint8Array, channels: number, before: number, after: number): Uint8Array {
  const result = new Uint8Array(channels);
  for (let outer = 0; outer < before; outer++) {
    for (let channel = 0; channel < channels; channel++) {
      const start = (outer * channels + channel) * after;
      if (marks.subarray(start, start + after).includes(1)) result[channel] = 1;
    }
  }
  return result;
}

/** Marks what the `index`-th input of a node that does not weigh adds to the reached elements of its output. */
function reachThrough(
  graph: Graph,
  node: GraphNode,
  index: number,
  after: Uint8Array,
  known: ReadonlyMap<string, Entries>,
  marks: Uint8Array,
): void {
  const shape = graph.shapes.get(node.output) ?? [];
  const shapeAt = (input: number) => {
    const name = node.inputs[input] ?? '';
    return graph.constants.get(name)?.shape ?? graph.shapes.get(name) ?? [];
  };
  const inputShape = shapeAt(index);
  switch (node.op) {
    case 'Mul':
    case 'Add':
    case 'Sub':
    case 'Div':
    case 'Max':
    case 'Min':
    case 'PRelu': {
      const from = broadcastIndices(inputShape, shape);
      const other = node.op === 'Mul' ? known.get(node.inputs[1 - index] ?? '') : undefined;
      const factor = other && spread(other);
      const factorAt = factor && broadcastIndices(shapeAt(1 - index), shape);
      for (let element = 0; element < from.length; element++) {
        if (after[element] === 0) continue;
        const at = factorAt?.[element] ?? 0;
        if (factor && factor.value[at] === 0 && factor.error[at] === 0) continue;
        marks[from[element] ?? 0] = 1;
      }
      return;
    }
    case 'BatchNormalization':
    case 'MaxPool':
    case 'AveragePool':
    case 'GlobalAveragePool':
    case 'GlobalMaxPool': {
      const [channels = 1, ...rest] = inputShape;
      const size = sizeOf(rest);
      const reached = channelMarks(after, channels, 1, sizeOf(shape.slice(1)));
      for (let channel = 0; channel < channels; channel++) {
        if (reached[channel] === 1) marks.fill(1, channel * size, (channel + 1) * size);
      }
      return;
    }
    case 'Transpose': {
      const strides = stridesOf(inputShape);
      const from = stridedIndices(
        shape,
        node.perm.slice(1).map((axis) => strides[axis - 1] ?? 0),
      );
      for (let element = 0; element < from.length; element++) {
        if (after[element] === 1) marks[from[element] ?? 0] = 1;
      }
      return;
    }
    case 'Concat': {
      const widths = node.inputs.map((_, input) => sizeOf(shapeAt(input).slice(node.axis - 1)));
      const width = widths[index] ?? 0;
      const start = widths.slice(0, index).reduce((sum, one) => sum + one, 0);
      const row = widths.reduce((sum, one) => sum + one, 0);
      for (let element = 0; element < marks.length; element++) {
        const at = Math.floor(element / width) * row + start + (element % width);
        if (after[at] === 1) marks[element] = 1;
      }
      return;
    }
    case 'Pad': {
      const targets = paddedIndices(inputShape, shape, node.pads);
      for (let element = 0; element < targets.length; element++) {
        const target = targets[element] ?? -1;
        if (target >= 0 && after[target] === 1) marks[element] = 1;
      }
      return;
    }
    case 'ReduceMean':
    case 'ReduceSum':
    case 'ReduceMax':
    case 'Softmax':
    case 'LogSoftmax':
      marks.fill(1);
      return;
    default:
      // Element by element, or the same elements in another shape.
      for (let element = 0; element < after.length; element++) if (after[element] === 1) marks[element] = 1;
  }
}
