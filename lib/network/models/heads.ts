/** What follows the logits in the general graph: margins, or predictions. */
import { ELEMENT_TYPES, type GraphBuilder } from '../onnx/graph-builder.ts';

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
 * The label's logit less the largest other. Input `scale` float32 [batch, 1], ½ / ε; outputs `metrics` float32 [batch,
 * tiles · figures], and `clipped.T` float32 [batch, width] per tile.
 */
export function marginHead({ graph, batch, classes, loss, difference: two }: HeadPlan): Head {
  const scale = graph.input('scale', 'float32', [batch, 1]);
  const low = graph.floats('low', [], [-0.5]);
  const high = graph.floats('high', [], [0.5]);
  const axis = graph.ints('axis', [1]);
  const half = graph.floats('half', [], [0.5]);
  const metrics: string[] = [];

  const add: Head['add'] = (value, { labels, samples, width }, tile) => {
    const at = (name: string) => `${name}.${tile}`;
    const vector = (name: string, of: (column: number) => number) =>
      graph.floats(
        at(name),
        [width],
        Float32Array.from({ length: width }, (_, column) => of(column)),
      );
    const padded = width > samples;
    const counts = padded ? vector('counts', (column) => (column < samples ? 1 : 0)) : undefined;

    let margins: string;
    let losses: string | undefined;
    if (two) {
      const sign = vector('sign', (column) => (column >= samples ? 0 : labels[column] === 1 ? 1 : -1));
      const difference = graph.node(
        'Reshape',
        [value, graph.ints(at('rows'), [batch, width])],
        at('difference'),
      );
      margins = graph.node('Mul', [difference, sign], at('margins'));
      if (loss) {
        // −log σ(m) = ½(|m| − m) − log σ(|m|), which does not overflow.
        const size = graph.node('Abs', [margins], at('margin.size'));
        const hinge = graph.node('Mul', [graph.node('Sub', [size, margins], at('twice')), half], at('hinge'));
        const smooth = graph.node('Log', [graph.node('Sigmoid', [size], at('sigmoid'))], at('log.sigmoid'));
        losses = graph.node('Sub', [hinge, smooth], at('losses'));
      }
    } else {
      const logits = graph.node(
        'Reshape',
        [value, graph.ints(at('rows'), [batch, classes, width])],
        at('logits'),
      );
      const own = new Float32Array(classes * width);
      const barred = new Float32Array(classes * width);
      for (let column = 0; column < width; column++) {
        const label = column < samples ? (labels[column] ?? 0) : 0;
        own[label * width + column] = 1;
        barred[label * width + column] = -1e30;
      }
      const picked = graph.node(
        'Mul',
        [logits, graph.floats(at('own'), [classes, width], own)],
        at('picked'),
      );
      const label = graph.node('ReduceSum', [picked, axis], at('label'), { keepdims: 0 });
      const others = graph.node(
        'Add',
        [logits, graph.floats(at('barred'), [classes, width], barred)],
        at('others'),
      );
      const rival = graph.node('ReduceMax', [others], at('rival'), { axes: [1], keepdims: 0 });
      margins = graph.node('Sub', [label, rival], at('margins.all'));
      if (counts) margins = graph.node('Mul', [margins, counts], at('margins'));
      if (loss) {
        const largest = graph.node('Max', [label, rival], at('largest'));
        const column = graph.node(
          'Reshape',
          [largest, graph.ints(at('column'), [batch, 1, width])],
          at('largest.row'),
        );
        const powers = graph.node('Exp', [graph.node('Sub', [logits, column], at('shifted'))], at('powers'));
        const total = graph.node('ReduceSum', [powers, axis], at('total'), { keepdims: 0 });
        const above = graph.node('Sub', [largest, label], at('above'));
        losses = graph.node('Add', [above, graph.node('Log', [total], at('log.total'))], at('losses'));
      }
    }

    const clipped = graph.node(
      'Clip',
      [graph.node('Mul', [margins, scale], at('scaled')), low, high],
      at('clipped'),
    );
    graph.output(clipped, 'float32', [batch, width]);
    let size = graph.node('Abs', [clipped], at('size'));
    if (padded)
      size = graph.node(
        'Add',
        [size, vector('padding', (column) => (column < samples ? 0 : 1))],
        at('size.padded'),
      );
    const figures = [
      graph.node('ReduceSum', [clipped, axis], at('correct'), { keepdims: 1 }),
      graph.node('ReduceMin', [size], at('least'), { axes: [1], keepdims: 1 }),
    ];
    if (losses) {
      const counted = counts ? graph.node('Mul', [losses, counts], at('losses.counted')) : losses;
      figures.push(graph.node('ReduceSum', [counted, axis], at('loss'), { keepdims: 1 }));
    }
    metrics.push(graph.node('Concat', figures, at('metrics'), { axis: 1 }));
  };
  const finish = () => {
    graph.node('Concat', metrics, 'metrics', { axis: 1 });
    graph.output('metrics', 'float32', [batch, metrics.length * figuresPerTile(loss)]);
  };
  return { add, finish };
}

/**
 * What stands for a class: the codes of two or more classes sum to at least twice the least code, which no single code
 * reaches.
 */
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
  const codes = graph.floats(
    'class.codes',
    [1, classes],
    Float32Array.from({ length: classes }, (_, label) => codeOfClass(label, classes)),
  );
  const add: Head['add'] = (value, { width }, tile) => {
    const at = (name: string) => `${name}.${tile}`;
    const shape = graph.ints(at('rows'), [batch, classes, width]);
    const logits = graph.node('Reshape', [value, shape], at('logits'));
    const largest = graph.node('ReduceMax', [logits], at('largest'), { axes: [1], keepdims: 1 });
    const least = graph.node('Sub', [largest, error], at('least'));
    const near = graph.node('GreaterOrEqual', [logits, least], at('near'));
    const ones = graph.node('Cast', [near], at('near.ones'), { to: ELEMENT_TYPES.float32 });
    const sum = graph.node('MatMul', [codes, ones], at('codes'));
    for (const output of [largest, sum]) graph.output(output, 'float32', [batch, 1, width]);
  };
  return { add, finish: () => undefined };
}
