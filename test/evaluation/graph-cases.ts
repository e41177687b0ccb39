/** Random graph networks, data and masks. */
import fc from 'fast-check';
import { random } from '../../lib/base/random.ts';
import type { Samples } from '../../lib/data/dataset.ts';
import { type Graph, prunableBits } from '../../lib/network/graph.ts';
import { sizeOf } from '../../lib/network/tensor.ts';
import { type PackedMasks, pack, packGenomes } from '../../lib/search/genome.ts';
import { drawSamples } from './cases.ts';
import { SmallGraph } from './small-graph.ts';

/** What a random network is made of: each goes on from a value [channels, …], if it can, and gives another. */
const BLOCKS: Readonly<Record<string, (graph: SmallGraph, x: string) => string>> = {
  conv: (graph, x) => {
    const { stream } = graph;
    const kernel = sizes(graph, x).map((size) => 1 + stream.below(Math.min(3, size)));
    return graph.conv(x, 1 + stream.below(9), kernel, {
      strides: kernel.map(() => 1 + stream.below(2)),
      pads: [...kernel, ...kernel].map((size) => stream.below(size)),
      bias: stream.below(2) === 1,
    });
  },
  'dilated conv': (graph, x) => {
    const small = sizes(graph, x).some((size) => size < 3);
    if (small) return x;
    const kernel = sizes(graph, x).map(() => 2);
    return graph.conv(x, 1 + graph.stream.below(6), kernel, { dilations: kernel.map(() => 2) });
  },
  'wide conv': (graph, x) => graph.conv(x, graph.stream.below(2) === 1 ? 16 : 20, point(graph, x)),
  'wide conv on a wide one, with ReLU': (graph, x) => {
    const wide = graph.node({ op: 'Relu' }, graph.conv(x, 32, point(graph, x)));
    return graph.node(
      { op: 'Relu' },
      graph.conv(
        wide,
        17,
        sizes(graph, x).map((size) => Math.min(3, size)),
      ),
    );
  },
  'wide groups': (graph, x) => {
    const wide = graph.conv(x, 32, point(graph, x));
    return graph.conv(
      wide,
      32,
      sizes(graph, x).map(() => 1),
      { group: 2, bias: false },
    );
  },
  'wide, depthwise': (graph, x) => {
    const wide = graph.conv(x, 16, point(graph, x));
    return graph.conv(
      wide,
      16,
      sizes(graph, x).map((size) => Math.min(3, size)),
      { group: 16 },
    );
  },
  grouped: (graph, x) => {
    const doubled = graph.node({ op: 'Concat', axis: 1 }, x, x);
    return graph.conv(
      doubled,
      6,
      sizes(graph, x).map((size) => Math.min(2, size)),
      { group: 2 },
    );
  },
  depthwise: (graph, x) => {
    const [channels = 1] = graph.shapeOf(x);
    return graph.conv(
      x,
      2 * channels,
      sizes(graph, x).map((size) => Math.min(3, size)),
      { group: channels },
    );
  },
  relu: (graph, x) => graph.node({ op: 'Relu' }, x),
  bent: (graph, x) => {
    const { stream } = graph;
    const ops = ['Sigmoid', 'Tanh', 'HardSwish', 'Softplus', 'Softsign', 'Abs'] as const;
    const op = ops[stream.below(ops.length)] ?? 'Tanh';
    return graph.node({ op }, x);
  },
  clipped: (graph, x) => graph.node({ op: 'Clip', min: 0, max: 6 }, x),
  leaky: (graph, x) => graph.node({ op: 'LeakyRelu', alpha: 0.25 }, x),
  gelu: (graph, x) => graph.node({ op: 'Gelu', approximate: 'none' }, x),
  'max pool': (graph, x) => pooled(graph, x, 'MaxPool'),
  'average pool': (graph, x) => pooled(graph, x, 'AveragePool'),
  normalization: (graph, x) => graph.normalize(x),
  'conv, normalization, ReLU': (graph, x) => {
    const sums = graph.conv(
      x,
      8,
      sizes(graph, x).map((size) => Math.min(3, size)),
      { bias: false },
    );
    return graph.node({ op: 'Relu' }, graph.normalize(sums));
  },
  'local response normalization': (graph, x) =>
    graph.shapeOf(x).length === 3
      ? graph.node({ op: 'LRN', size: 3, alpha: 0.25, beta: 0.75, bias: 1 }, x)
      : x,
  residual: (graph, x) => {
    const [channels = 1] = graph.shapeOf(x);
    const bent = graph.node({ op: 'Relu' }, graph.conv(x, channels, point(graph, x)));
    return graph.node({ op: 'Add' }, bent, x);
  },
  'wide residual': (graph, x) => {
    const wide = graph.node({ op: 'Relu' }, graph.conv(x, 16, point(graph, x)));
    return graph.node({ op: 'Relu' }, graph.node({ op: 'Add' }, graph.conv(wide, 16, point(graph, x)), wide));
  },
  concatenation: (graph, x) =>
    graph.node({ op: 'Concat', axis: 1 }, graph.conv(x, 3, point(graph, x)), graph.node({ op: 'Relu' }, x)),
  'wide concatenation': (graph, x) =>
    graph.node(
      { op: 'Concat', axis: 1 },
      graph.conv(x, 16, point(graph, x)),
      graph.conv(x, 16, point(graph, x)),
    ),
  transposition: (graph, x) => {
    const axes = graph.shapeOf(x).map((_, axis) => axis + 1);
    return graph.node({ op: 'Transpose', perm: [0, ...axes.toReversed()] }, x);
  },
  'product of rows': (graph, x) => {
    const inputs = graph.shapeOf(x).at(-1) ?? 1;
    return graph.node({ op: 'MatMul' }, x, graph.constant([inputs, 5], { scale: Math.sqrt(2 / inputs) }));
  },
  'a weight that is used both ways': (graph, x) => {
    const inputs = graph.shapeOf(x).at(-1) ?? 1;
    const weight = graph.constant([inputs, 3], { scale: Math.sqrt(1 / inputs) });
    return graph.node({ op: 'MatMul', transB: true }, graph.node({ op: 'MatMul' }, x, weight), weight);
  },
  gate: (graph, x) => {
    const [channels = 1] = graph.shapeOf(x);
    const means = graph.node({ op: 'GlobalAveragePool' }, x);
    const gates = graph.node(
      { op: 'Sigmoid' },
      graph.conv(
        means,
        channels,
        sizes(graph, x).map(() => 1),
      ),
    );
    return graph.node({ op: 'Mul' }, x, gates);
  },
  scale: (graph, x) => {
    const [channels = 1] = graph.shapeOf(x);
    const shape = [channels, ...sizes(graph, x).map(() => 1)];
    return graph.node({ op: 'Mul' }, x, graph.constant(shape, { scale: 0.3, offset: 1 }));
  },
  padding: (graph, x) => {
    const pads = graph.shapeOf(x).map((_, axis) => Number(axis > 0));
    return graph.node({ op: 'Pad', pads: [...pads, ...pads], value: 0.5 }, x);
  },
};

function sizes(graph: SmallGraph, x: string): number[] {
  return graph.shapeOf(x).slice(1);
}

function point(graph: SmallGraph, x: string): number[] {
  return sizes(graph, x).map(() => 1);
}

export function pooled(graph: SmallGraph, x: string, op: 'MaxPool' | 'AveragePool'): string {
  const kernel = sizes(graph, x).map((size) => Math.min(2, size));
  return graph.node(
    {
      op,
      kernel,
      strides: kernel,
      pads: [...kernel, ...kernel].map((size) => graph.stream.below(size)),
      dilations: kernel.map(() => 1),
      countIncludePad: graph.stream.below(2) === 1,
    },
    x,
  );
}

/** Ways to go from [channels, …] to flat values. */
const ENDS: Readonly<Record<string, (graph: SmallGraph, x: string) => string>> = {
  flat: (graph, x) => graph.flatten(x),
  means: (graph, x) =>
    graph.node({ op: 'ReduceMean', axes: sizes(graph, x).map((_, axis) => axis + 2), keepdims: false }, x),
  maxima: (graph, x) => graph.flatten(graph.node({ op: 'GlobalMaxPool' }, x)),
};

export interface GraphCase {
  readonly graph: Graph;
  readonly samples: Samples;
  readonly seed: number;
}

/** Thirty samples or more, as in cases.ts; images and series; two classes and more; perhaps some weights that no mask prunes. */
export const graphCases: fc.Arbitrary<GraphCase> = fc
  .record({
    shape: fc.constantFrom([1, 6, 6], [3, 5, 7], [2, 9], [16, 3, 3], [20, 4, 2]),
    blocks: fc.array(fc.constantFrom(...Object.keys(BLOCKS)), { maxLength: 4 }),
    end: fc.constantFrom(...Object.keys(ENDS)),
    hidden: fc.boolean(),
    transB: fc.boolean(),
    frozen: fc.constantFrom('nothing', 'some', 'the first'),
    classes: fc.integer({ min: 2, max: 6 }),
    count: fc.integer({ min: 30, max: 60 }),
    imbalanced: fc.boolean(),
    seed: fc.nat(1_000_000),
  })
  .map(({ shape, blocks, end, hidden, transB, frozen, classes, count, imbalanced, seed }) => {
    const small = new SmallGraph(shape, seed);
    let value = 'x';
    for (const block of blocks) {
      // Values small enough for a forward pass that is written for clarity.
      const next = BLOCKS[block]?.(small, value) ?? value;
      value = sizeOf(small.shapeOf(next)) > 700 ? value : next;
    }
    value = ENDS[end]?.(small, value) ?? value;
    if (hidden) value = small.node({ op: 'Relu' }, small.dense(value, 12, { transB }));
    const logits = small.dense(value, classes, { transB });
    const whole = small.build(logits);
    const first = whole.prunable[0]?.name;
    const frozenOnes = new Set(
      whole.prunable
        .map(({ name }) => name)
        .filter((name, index) =>
          frozen === 'the first' ? name === first : frozen === 'some' && index % 2 === 1,
        ),
    );
    const graph =
      frozenOnes.size < whole.prunable.length ? small.build(logits, (name) => !frozenOnes.has(name)) : whole;
    return { graph, samples: drawSamples(seed, count, sizeOf(shape), classes, imbalanced), seed };
  });

const SHARES = [1, 0.5, 0.1, 0.02, 0];

/** Masks that keep all, some, few or none of the weights, and one each that cuts off the first and the last of them. */
export function drawGraphMasks(seed: number, graph: Graph): { rows: number[][]; masks: PackedMasks } {
  const bits = prunableBits(graph);
  const [first, last] = [graph.prunable.at(0), graph.prunable.at(-1)];
  const rows = SHARES.map((share, index) => {
    const stream = random(seed, 'start', 1, index);
    return Array.from({ length: bits }, () => Number(stream.uniform() < share));
  });
  for (const tensor of [first, last]) {
    if (!tensor) continue;
    rows.push(
      (rows[1] ?? []).map((bit, at) => (at >= tensor.offset && at < tensor.offset + tensor.size ? 0 : bit)),
    );
  }
  return { rows, masks: packGenomes(rows.map(pack), bits) };
}
