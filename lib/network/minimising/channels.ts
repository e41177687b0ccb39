/**
 * Which channels of a graph's values stand or fall together. A channel is a place along the first axis of a sample: a
 * neuron, a feature or a feature map.
 */

import { activationOf } from '../activations.ts';
import { type Graph, type GraphNode, sizeOf } from '../graph.ts';

/** Channels that only go together have the same tie. */
export interface Ties {
  readonly count: number;
  /** Per channel of a value, its tie. */
  of(value: string): Int32Array;
}

export function channelCount(graph: Graph, value: string): number {
  return graph.shapes.get(value)?.[0] ?? 1;
}

/** What an operation that does not mix channels, or mixes all of them, ties together. */
export function tiesOf(graph: Graph): Ties {
  const values = [graph.input, ...graph.nodes.map(({ output }) => output)];
  const first = new Map<string, number>();
  let total = 0;
  for (const value of values) {
    first.set(value, total);
    total += channelCount(graph, value);
  }
  const parents = Int32Array.from({ length: total }, (_, index) => index);
  const find = (index: number): number => {
    let root = index;
    while (parents[root] !== root) root = parents[root] ?? root;
    for (let at = index; at !== root; ) {
      const next = parents[at] ?? root;
      parents[at] = root;
      at = next;
    }
    return root;
  };
  const join = (a: string, channelA: number, b: string, channelB: number) => {
    const [one, other] = [find((first.get(a) ?? 0) + channelA), find((first.get(b) ?? 0) + channelB)];
    parents[Math.max(one, other)] = Math.min(one, other);
  };
  for (const node of graph.nodes) joinThrough(graph, node, join);
  const numbers = new Map<number, number>();
  const ties = Int32Array.from({ length: total }, (_, index) => {
    const root = find(index);
    const number = numbers.get(root) ?? numbers.size;
    numbers.set(root, number);
    return number;
  });
  return {
    count: numbers.size,
    of: (value) => {
      const start = first.get(value) ?? 0;
      return ties.subarray(start, start + channelCount(graph, value));
    },
  };
}

type Join = (a: string, channelA: number, b: string, channelB: number) => void;

function joinThrough(graph: Graph, node: GraphNode, join: Join): void {
  const { output } = node;
  const outputs = channelCount(graph, output);
  const inputs = node.inputs.filter((name) => !graph.constants.has(name));
  const [input = ''] = inputs;
  const channels = channelCount(graph, input);
  const each = () => {
    for (const name of inputs) {
      for (let channel = 0; channel < outputs; channel++) join(name, channel, output, channel);
    }
  };
  const all = () => {
    for (const name of [...inputs, output]) {
      const count = channelCount(graph, name);
      for (let channel = 0; channel < count; channel++) join(name, channel, output, 0);
    }
  };
  if (activationOf(node)) {
    each();
    return;
  }
  switch (node.op) {
    case 'Conv':
      if (node.group === 1) return;
      for (const [name, count] of [
        [input, channels],
        [output, outputs],
      ] as const) {
        const size = count / node.group;
        for (let channel = 0; channel < count; channel++) {
          join(name, channel, output, Math.floor(channel / size) * (outputs / node.group));
        }
      }
      return;
    case 'Gemm':
      return;
    case 'MatMul':
      if ((graph.shapes.get(input)?.length ?? 0) > 1) each();
      return;
    case 'Reshape':
      joinReshaped(input, channels, output, outputs, join, all);
      return;
    case 'Transpose':
      (node.perm[1] === 1 ? each : all)();
      return;
    case 'Concat': {
      if (node.axis > 1) {
        each();
        return;
      }
      let at = 0;
      for (const name of inputs) {
        for (let channel = 0; channel < channelCount(graph, name); channel++)
          join(name, channel, output, at++);
      }
      return;
    }
    case 'Softmax':
    case 'LogSoftmax':
      (node.axis === 1 ? all : each)();
      return;
    case 'ReduceMean':
    case 'ReduceSum':
    case 'ReduceMax':
      (node.axes.includes(1) ? all : each)();
      return;
    case 'Pad':
      (node.pads[0] === 0 && node.pads[node.pads.length / 2] === 0 ? each : all)();
      return;
    default: {
      // Element by element, by channel, or with a constant that may bring channels of its own.
      const same = inputs.every((name) => channelCount(graph, name) === outputs);
      (same ? each : all)();
      return;
    }
  }
}

/** Where the channels of one side are made of whole channels of the other, those go together. */
function joinReshaped(
  input: string,
  channels: number,
  output: string,
  outputs: number,
  join: Join,
  all: () => void,
): void {
  if (outputs % channels === 0) {
    const parts = outputs / channels;
    for (let channel = 0; channel < outputs; channel++)
      join(input, Math.floor(channel / parts), output, channel);
  } else if (channels % outputs === 0) {
    const parts = channels / outputs;
    for (let channel = 0; channel < channels; channel++)
      join(input, channel, output, Math.floor(channel / parts));
  } else all();
}

/** The elements of some channels of a value. */
export function sliceChannels<Data extends Float32Array | Float64Array>(
  data: Data,
  channels: ArrayLike<number>,
  size: number,
): Data {
  const part = data.slice(0, channels.length * size);
  for (let index = 0; index < channels.length; index++) {
    const from = (channels[index] ?? 0) * size;
    part.set(data.subarray(from, from + size), index * size);
  }
  return part as Data;
}

/** The shape of a value of which only so many channels are left. */
export function withChannels(shape: readonly number[], channels: number): number[] {
  return shape.length === 0 ? [] : [channels, ...shape.slice(1)];
}

/** Elements of a channel. */
export function channelSize(shape: readonly number[]): number {
  return sizeOf(shape.slice(1));
}
