/** Operations element by element, in double precision. What is not a number stays so through each of them. */
import { PAIRS, type PairOperator } from '../../network/activations.ts';
import { eachPosition, type Kernel, stridesOf, type Value } from './value.ts';

export function each(of: (x: number) => number, x: Value, y: Value): Kernel {
  const from = x.data;
  const to = y.data;
  return () => {
    for (let index = 0; index < to.length; index++) to[index] = of(from[index] ?? 0);
  };
}

/** Which element of an operand goes into each element of the result: numpy's broadcasting. */
function spread(operand: readonly number[], result: readonly number[]): Int32Array {
  const strides = stridesOf(operand);
  const missing = result.length - operand.length;
  const places: number[] = [];
  eachPosition(result, (position) => {
    let place = 0;
    for (const [axis, size] of operand.entries()) {
      if (size > 1) place += (position[axis + missing] ?? 0) * (strides[axis] ?? 0);
    }
    places.push(place);
  });
  return Int32Array.from(places);
}

export function pair(op: PairOperator, left: Value, right: Value, y: Value): Kernel {
  const of = PAIRS[op];
  const [a, b, to] = [left.data, right.data, y.data];
  // A constant may have leading axes of size 1 where the samples' axis is.
  const [ofA, ofB] = [left, right].map(({ shape }) => spread(shape.slice(-y.shape.length), y.shape));
  if (!ofA || !ofB) throw new Error('two operands');
  return () => {
    for (let index = 0; index < to.length; index++) {
      to[index] = of(a[ofA[index] ?? 0] ?? 0, b[ofB[index] ?? 0] ?? 0);
    }
  };
}

/** `parts`: scale, bias, mean and variance, a number each per channel. */
export function batchNormalization(epsilon: number, x: Value, parts: readonly Value[], y: Value): Kernel {
  const [scale, bias, mean, variance] = parts.map(({ data }) => data);
  if (!scale || !bias || !mean || !variance) throw new Error('four constants');
  const channels = scale.length;
  const plane = x.data.length / channels;
  const deviation = variance.map((value) => Math.sqrt(value + epsilon));
  const from = x.data;
  const to = y.data;
  return () => {
    for (let channel = 0, index = 0; channel < channels; channel++) {
      const [middle = 0, wide = 1, slope = 1, add = 0] = [
        mean[channel],
        deviation[channel],
        scale[channel],
        bias[channel],
      ];
      for (let end = index + plane; index < end; index++) {
        to[index] = (((from[index] ?? 0) - middle) / wide) * slope + add;
      }
    }
  };
}
