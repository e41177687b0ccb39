/** Which channels only go together. A channel is a unit of a dense layer, a feature or a feature map: an index of a value's first axis. */
import type { Graph, GraphNode } from '../graph.ts';
import type { Ties } from '../operators/rules.ts';
import { rulesOf } from '../operators/table.ts';
import { siteOf } from '../site.ts';
import { sizeOf } from '../tensor.ts';

/** Channels that only go together have the same tie. */
export interface ChannelTies {
  readonly count: number;
  /** Per channel of a value, its tie. */
  of(value: string): Int32Array;
}

function channelCount(graph: Graph, value: string): number {
  return graph.shapes.get(value)?.[0] ?? 1;
}

export function tiesOf(graph: Graph): ChannelTies {
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

/** Joins the channels that the node neither mixes freely nor keeps apart. */
function joinThrough(graph: Graph, node: GraphNode, join: Join): void {
  const { inputs, output } = node;
  const values = inputs.filter((name) => !graph.constants.has(name));
  const tied = tiesOfNode(graph, node);
  if (tied === 'each') {
    const outputs = channelCount(graph, output);
    for (const name of values)
      for (let channel = 0; channel < outputs; channel++) join(name, channel, output, channel);
  } else if (tied === 'all') {
    for (const name of [...values, output])
      for (let channel = channelCount(graph, name) - 1; channel >= 0; channel--)
        join(name, channel, output, 0);
  } else {
    for (const [input, channel, to] of tied) join(inputs[input] ?? '', channel, output, to);
  }
}

function tiesOfNode(graph: Graph, node: GraphNode): Ties {
  const rules = rulesOf(node);
  const site = siteOf(graph, node);
  if (!('layout' in rules)) return rules.ties(node, site);
  const { groups, inputs, outputs, ofChannels } = rules.layout(node, site);
  if (!ofChannels) return 'each';
  if (groups === 1) return [];
  const size = outputs / groups;
  return Array.from({ length: groups }, (_, group) => [
    ...Array.from({ length: inputs }, (__, at) => [0, group * inputs + at, group * size] as const),
    ...Array.from({ length: size }, (__, at) => [0, group * inputs, group * size + at] as const),
  ]).flat();
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

/** Elements of a channel. */
export function channelSize(shape: readonly number[]): number {
  return sizeOf(shape.slice(1));
}
