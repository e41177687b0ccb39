/** Convolutions in front of dense layers as a chain of stages: each a convolution, perhaps ReLU, perhaps a pool. */
import type { Graph, GraphNode } from '../../network/graph.ts';
import type { Window } from '../../network/operators/windows.ts';
import { type Shape, sizeOf, stridesOf } from '../../network/tensor.ts';

/** Positions before and after that meet at one tap of a window, one after the other, in the order of those after. */
type Pairs = Int32Array;

export interface ConvStage {
  /** Channels that it reads, that it gives, and that flow into one of those; so many of those share their inputs. */
  readonly inputs: number;
  readonly channels: number;
  readonly depth: number;
  readonly perGroup: number;
  /** Positions of a channel before it, of its sums, and after the pool. */
  readonly before: number;
  readonly positions: number;
  readonly pooled: number;
  readonly taps: readonly Pairs[];
  /** For each position after the pool those that it takes, and one over their number where their average is taken; else 0. */
  readonly windows: readonly (readonly number[])[];
  readonly shares: readonly number[];
  readonly relu: 'none' | 'before the pool' | 'after the pool';
  /** By channel, input and tap: as they are stored, and as a genome has them. */
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

export function weightsOf(stages: readonly ConvStage[]): number {
  return stages.reduce((sum, { weights }) => sum + weights.length, 0);
}

export interface Chain {
  readonly stages: readonly ConvStage[];
  /** The first bit of the first stage. */
  readonly offset: number;
  /** What comes before the first stage, and gives what that reads. */
  readonly front: Graph;
}

/** The longest chain at the end of a graph whose weights are its own and fill its genome to the end. */
export function chainOf(graph: Graph): Chain {
  const stages: ConvStage[] = [];
  let { nodes, output } = graph;
  let offset = graph.prunable.reduce((sum, { size }) => sum + size, 0);
  for (;;) {
    const link = lastLink({ ...graph, nodes, output }, offset);
    if (!link) break;
    stages.unshift(link.stage);
    nodes = nodes.slice(0, -link.nodes);
    output = link.input;
    offset -= link.stage.weights.length;
  }
  const prunable = graph.prunable.filter((tensor) => tensor.offset < offset);
  const classes = sizeOf(graph.shapes.get(output) ?? []);
  return { stages, offset, front: { ...graph, nodes, output, prunable, classes } };
}

/** The stage that gives the output of these nodes, made of the last of them, with the weights before the bit `end`. */
function lastLink(graph: Graph, end: number) {
  const taken: GraphNode[] = [];
  let value = graph.output;
  const take = <Op extends GraphNode['op']>(...ops: readonly Op[]) => {
    const node = graph.nodes.at(-1 - taken.length);
    if (node?.output !== value || !isOf(node, ops)) return undefined;
    taken.push(node);
    value = node.inputs[0] ?? '';
    return node;
  };
  const late = take('Relu');
  const pool = take('MaxPool', 'AveragePool');
  const early = late ? undefined : take('Relu');
  const conv = take('Conv');
  if (!conv) return undefined;
  const [input = '', name = '', bias = ''] = conv.inputs;
  const weight = graph.constants.get(name);
  const own = graph.prunable.find((tensor) => tensor.name === name);
  const others = graph.nodes.slice(0, -taken.length);
  const isOwn = own !== undefined && own.offset + own.size === end;
  if (!weight || !isOwn || others.some(({ inputs }) => inputs.includes(name))) return undefined;
  const [inputs = 0, ...sizes] = graph.shapes.get(input) ?? [];
  const [channels = 0, ...results] = graph.shapes.get(conv.output) ?? [];
  const [, depth = 0, ...kernel] = weight.shape;
  const positions = sizeOf(results);
  const pooling = pool && windowsOf(pool, results, graph.shapes.get(pool.output)?.slice(1) ?? []);
  const windows = pooling ?? Array.from({ length: positions }, (_, position) => [position]);
  const average = pool?.op === 'AveragePool';
  const stage: ConvStage = {
    inputs,
    channels,
    depth,
    perGroup: channels / conv.group,
    before: sizeOf(sizes),
    positions,
    pooled: windows.length,
    taps: tapsOf(conv, kernel, sizes, results),
    windows,
    shares: windows.map(({ length }) => {
      return average ? 1 / (pool.countIncludePad ? sizeOf(pool.kernel) : length) : 0;
    }),
    relu: early ? 'before the pool' : late ? (pool ? 'after the pool' : 'before the pool') : 'none',
    weights: weight.data,
    biases: graph.constants.get(bias)?.data ?? new Float32Array(channels),
  };
  return { stage, nodes: taken.length, input };
}

function isOf<Op extends GraphNode['op']>(
  node: GraphNode,
  ops: readonly Op[],
): node is Extract<GraphNode, { op: Op }> {
  return ops.some((op) => op === node.op);
}

function tapsOf(window: Window, kernel: Shape, before: Shape, after: Shape): Pairs[] {
  const { strides, pads, dilations } = window;
  const steps = stridesOf(before);
  const places = placesOf(after);
  return placesOf(kernel).map((tap) => {
    const pairs = places.flatMap((place, position) => {
      let from = 0;
      for (const [axis, size] of before.entries()) {
        const start = (place[axis] ?? 0) * (strides[axis] ?? 1) - (pads[axis] ?? 0);
        const at = start + (tap[axis] ?? 0) * (dilations[axis] ?? 1);
        if (at < 0 || at >= size) return [];
        from += at * (steps[axis] ?? 0);
      }
      return [from, position];
    });
    return Int32Array.from(pairs);
  });
}

function windowsOf(pool: Window & { readonly kernel: Shape }, before: Shape, after: Shape): number[][] {
  const windows = Array.from({ length: sizeOf(after) }, (): number[] => []);
  for (const pairs of tapsOf(pool, pool.kernel, before, after)) {
    for (let index = 0; index < pairs.length; index += 2)
      windows[pairs[index + 1] ?? 0]?.push(pairs[index] ?? 0);
  }
  return windows;
}

/** The places of a tensor's elements, in their order. */
function placesOf(shape: Shape): number[][] {
  return shape.reduce<number[][]>(
    (places, size) =>
      places.flatMap((place) => Array.from({ length: size }, (_, index) => [...place, index])),
    [[]],
  );
}
