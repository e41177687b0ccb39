/**
 * The independent implementation that graph networks are checked against: one sample, double precision, every element
 * of a result worked out by itself from the operator's definition (ONNX operator documentation), nothing clever.
 */
import type { Graph, GraphNode } from '../../lib/network/graph.ts';
import { elementwise } from './forward-elementwise.ts';

/** A tensor as a function of positions; its values row-major. */
interface Field {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  readonly at: (position: readonly number[]) => number;
}

function positions(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, size) => all.flatMap((start) => Array.from({ length: size }, (_, index) => [...start, index])),
    [[]],
  );
}

/** Evaluates every element once. */
function tabulated(shape: readonly number[], at: (position: readonly number[]) => number): Field {
  return fieldOf(shape, positions(shape).map(at));
}

function fieldOf(shape: readonly number[], values: ArrayLike<number>): Field {
  const at = (position: readonly number[]) => {
    let index = 0;
    for (let axis = 0; axis < shape.length; axis++)
      index = index * (shape[axis] ?? 1) + (position[axis] ?? 0);
    return values[index] ?? Number.NaN;
  };
  return { shape, values, at };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Positions of a window that lie inside the input: output · stride + tap · dilation − begin, per axis. */
function windowPositions(
  {
    strides,
    pads,
    dilations,
  }: { strides: readonly number[]; pads: readonly number[]; dilations: readonly number[] },
  kernel: readonly number[],
  sizes: readonly number[],
  output: readonly number[],
): { tap: number[]; place: number[] }[] {
  return positions(kernel)
    .map((tap) => ({
      tap,
      place: tap.map(
        (one, axis) =>
          (output[axis] ?? 0) * (strides[axis] ?? 1) + one * (dilations[axis] ?? 1) - (pads[axis] ?? 0),
      ),
    }))
    .filter(({ place }) => place.every((one, axis) => one >= 0 && one < (sizes[axis] ?? 0)));
}

function applied(node: GraphNode, inputs: readonly Field[], shape: readonly number[]): Field {
  const [x, second, third] = inputs;
  if (!x) throw new Error(`${node.name}: no input`);
  /** Numpy's broadcasting, aligned on the right. */
  const spread = (field: Field | undefined, position: readonly number[]) => {
    if (!field) return 0;
    const extra = position.length - field.shape.length;
    return field.at(field.shape.map((size, axis) => (size === 1 ? 0 : (position[axis + extra] ?? 0))));
  };
  const overAxes = (axes: readonly number[], position: readonly number[], keepdims: boolean) => {
    const inner = axes.map((axis) => axis - 1);
    const outer = [...position];
    return positions(inner.map((axis) => x.shape[axis] ?? 0)).map((reduced) => {
      const kept = [...outer];
      return x.at(
        x.shape.map((_, axis) => {
          const place = inner.indexOf(axis);
          if (place < 0) return (keepdims ? outer[axis] : kept.shift()) ?? 0;
          return reduced[place] ?? 0;
        }),
      );
    });
  };
  switch (node.op) {
    case 'Conv': {
      const weight = second;
      if (!weight) throw new Error(`${node.name}: no weight`);
      const [filters = 0, depth = 0, ...kernel] = weight.shape;
      // Where each place of the result looks, as indices into one channel of the input and one of the filter.
      const indexIn = (sizes: readonly number[], position: readonly number[]) =>
        position.reduce((index, place, axis) => index * (sizes[axis] ?? 1) + place, 0);
      const sizes = x.shape.slice(1);
      const [plane, field] = [positions(sizes).length, positions(kernel).length];
      const looks = positions(shape.slice(1)).map((place) =>
        windowPositions(node, kernel, sizes, place).map((one) => ({
          tap: indexIn(kernel, one.tap),
          place: indexIn(sizes, one.place),
        })),
      );
      const values = Array.from({ length: filters }, (_, filter) =>
        looks.map((window) => {
          const group = Math.floor(filter / (filters / node.group));
          let total = third?.at([filter]) ?? 0;
          for (let channel = 0; channel < depth; channel++) {
            const [from, of] = [(group * depth + channel) * plane, (filter * depth + channel) * field];
            for (const { tap, place } of window)
              total += (weight.values[of + tap] ?? Number.NaN) * (x.values[from + place] ?? Number.NaN);
          }
          return total;
        }),
      );
      return fieldOf(shape, values.flat());
    }
    case 'Gemm':
    case 'MatMul':
      return tabulated(shape, (position) => {
        const output = position.at(-1) ?? 0;
        const transposed = node.transB === true;
        const products = Array.from({ length: x.shape.at(-1) ?? 0 }, (_, input) => {
          const weight = second?.at(transposed ? [output, input] : [input, output]) ?? Number.NaN;
          return weight * x.at([...position.slice(0, -1), input]);
        });
        return (third?.at([output]) ?? 0) + sum(products);
      });
    case 'BatchNormalization': {
      const [, scale, bias, mean, variance] = inputs;
      return tabulated(shape, (position) => {
        const of = (field: Field | undefined) => field?.at([position[0] ?? 0]) ?? Number.NaN;
        return (of(scale) * (x.at(position) - of(mean))) / Math.sqrt(of(variance) + node.epsilon) + of(bias);
      });
    }
    case 'LRN':
      return tabulated(shape, (position) => {
        const [channel = 0, ...place] = position;
        const near = positions([x.shape[0] ?? 0]).filter(
          ([other = 0]) => 2 * Math.abs(other - channel) < node.size,
        );
        const squares = sum(near.map(([other = 0]) => x.at([other, ...place]) ** 2));
        return x.at(position) / (node.bias + (node.alpha * squares) / node.size) ** node.beta;
      });
    case 'MaxPool':
    case 'AveragePool':
      return tabulated(shape, ([channel = 0, ...place]) => {
        const values = windowPositions(node, node.kernel, x.shape.slice(1), place).map((one) =>
          x.at([channel, ...one.place]),
        );
        if (node.op === 'MaxPool') return Math.max(...values);
        const all = node.kernel.reduce((product, size) => product * size, 1);
        return sum(values) / (node.countIncludePad ? all : values.length);
      });
    case 'GlobalAveragePool':
    case 'GlobalMaxPool':
      return tabulated(shape, ([channel = 0]) => {
        const values = positions(x.shape.slice(1)).map((place) => x.at([channel, ...place]));
        return node.op === 'GlobalMaxPool' ? Math.max(...values) : sum(values) / values.length;
      });
    case 'ReduceMean':
    case 'ReduceSum':
    case 'ReduceMax':
      return tabulated(shape, (position) => {
        const values = overAxes(node.axes, position, node.keepdims);
        if (node.op === 'ReduceMax') return Math.max(...values);
        return node.op === 'ReduceSum' ? sum(values) : sum(values) / values.length;
      });
    case 'Reshape':
      return fieldOf(shape, positions(x.shape).map(x.at));
    case 'Transpose':
      return tabulated(shape, (position) => {
        const source: number[] = [];
        for (const [axis, from] of node.perm.slice(1).entries()) source[from - 1] = position[axis] ?? 0;
        return x.at(source);
      });
    case 'Concat':
      return tabulated(shape, (position) => {
        const axis = node.axis - 1;
        let rest = position[axis] ?? 0;
        const part = inputs.find((field) => {
          const size = field.shape[axis] ?? 0;
          if (rest < size) return true;
          rest -= size;
          return false;
        });
        return part?.at(position.with(axis, rest)) ?? Number.NaN;
      });
    case 'Softmax':
    case 'LogSoftmax':
      return tabulated(shape, (position) => {
        const row = overAxes([node.axis], position, true);
        const largest = Math.max(...row);
        const share = Math.exp(x.at(position) - largest) / sum(row.map((one) => Math.exp(one - largest)));
        return node.op === 'Softmax' ? share : Math.log(share);
      });
    case 'Pad':
      return tabulated(shape, (position) => {
        const place = position.map((one, axis) => one - (node.pads[axis] ?? 0));
        const inside = place.every((one, axis) => one >= 0 && one < (x.shape[axis] ?? 0));
        return inside ? x.at(place) : node.value;
      });
    default:
      return tabulated(shape, (position) => {
        const value = elementwise(node, spread(x, position), spread(second, position));
        if (value === undefined) throw new Error(`no definition of ${node.op}`);
        return value;
      });
  }
}

/** The logits of a sample; `mask` has one 0 or 1 per prunable weight. */
export function forwardGraph(graph: Graph, mask: ArrayLike<number>): (sample: ArrayLike<number>) => number[] {
  const constants = new Map<string, Field>();
  for (const [name, { shape, data }] of graph.constants) {
    const tensor = graph.prunable.find((one) => one.name === name);
    const values = tensor
      ? data.map((weight, index) => weight * (mask[tensor.offset + index] ?? Number.NaN))
      : data;
    constants.set(name, fieldOf(shape, values));
  }
  return (sample) => {
    const fields = new Map([...constants, [graph.input, fieldOf(graph.inputShape, sample)]]);
    for (const node of graph.nodes) {
      const inputs = node.inputs.flatMap((name) => fields.get(name) ?? []);
      fields.set(node.output, applied(node, inputs, graph.shapes.get(node.output) ?? []));
    }
    const logits = fields.get(graph.output);
    return logits ? positions(logits.shape).map(logits.at) : [];
  };
}
