/** Heads of the general graph after the logits: margins, or predictions. */
import { range } from 'd3-array';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { ELEMENT_TYPES } from '../onnx/types.ts';

export interface DataTile {
  /** Scaled features [features + 1, width], the last row ones; columns past `samples` zero. */
  readonly x: Float32Array;
  readonly labels: Uint16Array;
  readonly samples: number;
  /** A multiple of 64, at least `samples`. */
  readonly width: number;
}

interface HeadPlan {
  readonly graph: GraphBuilder;
  readonly batch: number;
  readonly classes: number;
  /** Also sum the cross-entropy. */
  readonly loss: boolean;
  /** The forward pass gives the difference of two logits instead of all. */
  readonly difference: boolean;
}

interface Head {
  /** Goes on from the logits of the tile at `place`, [1, batch · classes, width] or, differences, [1, batch, width]. */
  add(logits: string, tile: DataTile, place: number): void;
  /** After the last tile. */
  finish(): void;
}

/** Figures a tile gives per individual: sum of clipped margins, least magnitude, and, if asked for, the loss. */
export function figuresPerTile(loss: boolean): number {
  return loss ? 3 : 2;
}

/**
 * e to the power of it is hardly above the smallest normal float32. Logits of raw features lie hundreds apart, and powers below it
 * are denormal: processors compute with them in microcode, and an evaluation of blobs-10 took more than twice as long. Their
 * sum has a term of 1, the largest logit's, beside which neither they nor this one is seen.
 */
const SMALLEST_EXPONENT = -87;

/**
 * The label's logit less the largest other. Input `scale` float32 [batch, 1], ½ / ε; outputs `metrics` float32 [batch,
 * tiles · figures], and `clipped.T` float32 [batch, width] per tile.
 */
export function marginHead({ graph, batch, classes, loss, difference: two }: HeadPlan): Head {
  const scale = graph.input('scale', 'float32', [batch, 1]);
  const low = graph.floats('low', [], [-0.5]);
  const high = graph.floats('high', [], [0.5]);
  const axis = graph.ints('axis', [1]);
  const half = graph.floats('half', [], [0.5]);
  const smallest = loss && !two ? graph.floats('smallest', [], [SMALLEST_EXPONENT]) : '';
  const metrics: string[] = [];

  const add: Head['add'] = (value, { labels, samples, width }, place) => {
    const tile = graph.suffixed(`.${place}`);
    const vector = (name: string, of: (column: number) => number) =>
      tile.floats(name, [width], range(width).map(of));
    const padded = width > samples;
    const counts = padded ? vector('counts', (column) => (column < samples ? 1 : 0)) : undefined;

    let margins: string;
    let losses: string | undefined;
    if (two) {
      const sign = vector('sign', (column) => (column >= samples ? 0 : labels[column] === 1 ? 1 : -1));
      const difference = tile.node('Reshape', [value, tile.ints('rows', [batch, width])], 'difference');
      margins = tile.node('Mul', [difference, sign], 'margins');
      if (loss) {
        // −log σ(m) = ½(|m| − m) − log σ(|m|), which does not overflow.
        const size = tile.node('Abs', [margins], 'margin.size');
        const hinge = tile.node('Mul', [tile.node('Sub', [size, margins], 'twice'), half], 'hinge');
        const smooth = tile.node('Log', [tile.node('Sigmoid', [size], 'sigmoid')], 'log.sigmoid');
        losses = tile.node('Sub', [hinge, smooth], 'losses');
      }
    } else {
      const logits = tile.node('Reshape', [value, tile.ints('rows', [batch, classes, width])], 'logits');
      const own = new Float32Array(classes * width);
      const barred = new Float32Array(classes * width);
      for (let column = 0; column < width; column++) {
        const label = column < samples ? (labels[column] ?? 0) : 0;
        own[label * width + column] = 1;
        barred[label * width + column] = -1e30;
      }
      const picked = tile.node('Mul', [logits, tile.floats('own', [classes, width], own)], 'picked');
      const label = tile.node('ReduceSum', [picked, axis], 'label', { keepdims: 0 });
      const others = tile.node('Add', [logits, tile.floats('barred', [classes, width], barred)], 'others');
      const rival = tile.node('ReduceMax', [others], 'rival', { axes: [1], keepdims: 0 });
      margins = tile.node('Sub', [label, rival], 'margins.all');
      if (counts) margins = tile.node('Mul', [margins, counts], 'margins');
      if (loss) {
        const largest = tile.node('Max', [label, rival], 'largest');
        const column = tile.node('Reshape', [largest, tile.ints('column', [batch, 1, width])], 'largest.row');
        const shifted = tile.node('Sub', [logits, column], 'shifted');
        const powers = tile.node('Exp', [tile.node('Max', [shifted, smallest], 'shifted.clipped')], 'powers');
        const total = tile.node('ReduceSum', [powers, axis], 'total', { keepdims: 0 });
        const above = tile.node('Sub', [largest, label], 'above');
        losses = tile.node('Add', [above, tile.node('Log', [total], 'log.total')], 'losses');
      }
    }

    const scaled = tile.node('Mul', [margins, scale], 'scaled');
    const clipped = tile.node('Clip', [scaled, low, high], 'clipped');
    graph.output(clipped, 'float32', [batch, width]);
    let size = tile.node('Abs', [clipped], 'size');
    if (padded) {
      const padding = vector('padding', (column) => (column < samples ? 0 : 1));
      size = tile.node('Add', [size, padding], 'size.padded');
    }
    const figures = [
      tile.node('ReduceSum', [clipped, axis], 'correct', { keepdims: 1 }),
      tile.node('ReduceMin', [size], 'least', { axes: [1], keepdims: 1 }),
    ];
    if (losses) {
      const counted = counts ? tile.node('Mul', [losses, counts], 'losses.counted') : losses;
      figures.push(tile.node('ReduceSum', [counted, axis], 'loss', { keepdims: 1 }));
    }
    metrics.push(tile.node('Concat', figures, 'metrics', { axis: 1 }));
  };
  const finish = () => {
    graph.node('Concat', metrics, 'metrics', { axis: 1 });
    graph.output('metrics', 'float32', [batch, metrics.length * figuresPerTile(loss)]);
  };
  return { add, finish };
}

/** The code of a class: two or more sum to at least twice the least code, which no single one reaches. */
export function codeOfClass(label: number, classes: number): number {
  return classes + label;
}

/**
 * Which classes' logits are the largest. Input `error` float32 [1], ε; outputs per tile `largest.T` float32 [batch, 1,
 * width], the largest logit, and `codes.T` of the same shape, the sum of the codes of all classes within ε of it: a
 * single class is settled.
 */
export function predictionHead({ graph, batch, classes }: HeadPlan): Head {
  const error = graph.input('error', 'float32', [1]);
  const numbers = range(classes).map((label) => codeOfClass(label, classes));
  const codes = graph.floats('class.codes', [1, classes], numbers);
  const add: Head['add'] = (value, { width }, place) => {
    const tile = graph.suffixed(`.${place}`);
    const logits = tile.node('Reshape', [value, tile.ints('rows', [batch, classes, width])], 'logits');
    const largest = tile.node('ReduceMax', [logits], 'largest', { axes: [1], keepdims: 1 });
    const least = tile.node('Sub', [largest, error], 'least');
    const near = tile.node('GreaterOrEqual', [logits, least], 'near');
    const ones = tile.node('Cast', [near], 'near.ones', { to: ELEMENT_TYPES.float32 });
    const sum = tile.node('MatMul', [codes, ones], 'codes');
    for (const output of [largest, sum]) graph.output(output, 'float32', [batch, 1, width]);
  };
  return { add, finish: () => undefined };
}
