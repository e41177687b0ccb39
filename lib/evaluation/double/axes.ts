/** Operations along axes, in double precision: softmax, and those that only move elements. */
import { sizeOf } from '../../network/graph.ts';
import { eachPosition, type Kernel, stridesOf, type Value } from './value.ts';

/** Softmax along `axis` (of one sample), or its logarithm. */
export function softmax(axis: number, logarithm: boolean, x: Value, y: Value): Kernel {
  const size = x.shape[axis] ?? 1;
  const inner = sizeOf(x.shape.slice(axis + 1));
  const outer = sizeOf(x.shape.slice(0, axis));
  const from = x.data;
  const to = y.data;
  return () => {
    for (let row = 0; row < outer; row++) {
      for (let column = 0; column < inner; column++) {
        const start = row * size * inner + column;
        const end = start + size * inner;
        let largest = Number.NEGATIVE_INFINITY;
        for (let at = start; at < end; at += inner) largest = Math.max(largest, from[at] ?? 0);
        let sum = 0;
        for (let at = start; at < end; at += inner) {
          const power = Math.exp((from[at] ?? 0) - largest);
          to[at] = power;
          sum += power;
        }
        const total = Math.log(sum);
        for (let at = start; at < end; at += inner) {
          to[at] = logarithm ? (from[at] ?? 0) - largest - total : (to[at] ?? 0) / sum;
        }
      }
    }
  };
}

/** Each element of the result from the place of another, or, at −1, `otherwise`. */
function gather(places: Int32Array, x: Value, y: Value, otherwise = 0): Kernel {
  const from = x.data;
  const to = y.data;
  return () => {
    for (let index = 0; index < to.length; index++) {
      const place = places[index] ?? -1;
      to[index] = place < 0 ? otherwise : (from[place] ?? 0);
    }
  };
}

/** `perm`: of one sample's axes. */
export function transpose(perm: readonly number[], x: Value, y: Value): Kernel {
  const strides = stridesOf(x.shape);
  const places = new Int32Array(y.data.length);
  eachPosition(y.shape, (position, index) => {
    places[index] = perm.reduce((place, axis, at) => place + (position[at] ?? 0) * (strides[axis] ?? 0), 0);
  });
  return gather(places, x, y);
}

/** `begins`: elements before the first, per axis of one sample; negative ones cut. */
export function padded(begins: readonly number[], value: number, x: Value, y: Value): Kernel {
  const strides = stridesOf(x.shape);
  const places = new Int32Array(y.data.length);
  eachPosition(y.shape, (position, index) => {
    let place = 0;
    for (const [axis, size] of x.shape.entries()) {
      const at = (position[axis] ?? 0) - (begins[axis] ?? 0);
      if (at < 0 || at >= size) place = -1;
      else if (place >= 0) place += at * (strides[axis] ?? 0);
    }
    places[index] = place;
  });
  return gather(places, x, y, value);
}

/** `axis`: of one sample. */
export function concatenation(axis: number, parts: readonly Value[], y: Value): Kernel {
  const outer = sizeOf(y.shape.slice(0, axis));
  const row = y.data.length / outer;
  const pieces = parts.map(({ data }) => ({ data, size: data.length / outer }));
  return () => {
    for (let index = 0; index < outer; index++) {
      let at = index * row;
      for (const { data, size } of pieces) {
        y.data.set(data.subarray(index * size, (index + 1) * size), at);
        at += size;
      }
    }
  };
}
