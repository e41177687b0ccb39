/** Training of weights of low rank in plain JavaScript and double precision, with gradients by finite differences. */
import { denseLayers, type Widths } from '../../lib/network/architecture.ts';
import { gradientOf, type Pass, type ReferenceRun } from './reference.ts';

/**
 * Weights that are U · S · Vᵀ, by the steps of arXiv 2205.13571 at fixed ranks, with the bases by Gram–Schmidt. `start`: the
 * factors as the graph's state has them. `passOf`: the forward pass, by all weights and biases. `least`: the smallest share of a column that was left.
 */
export function trainLowRank(
  widths: Widths,
  ranks: readonly number[],
  start: Readonly<Record<'u' | 's' | 'v' | 'biases', Float32Array>>,
  passOf: (parameters: Float64Array, rows: readonly number[]) => Pass,
  batches: readonly (readonly number[])[],
  rate: number,
): ReferenceRun & { readonly least: number } {
  const layers = denseLayers(widths).map((layer, index) => ({ ...layer, rank: ranks[index] ?? 1 }));
  const cut = (
    flat: Float32Array,
    sizeOf: (layer: (typeof layers)[number]) => readonly [number, number],
  ): Matrix[] => {
    let offset = 0;
    return layers.map((layer) => {
      const [rows, width] = sizeOf(layer);
      offset += rows * width;
      return Array.from({ length: rows }, (_, row) =>
        Array.from({ length: width }, (__, column) => flat[offset - (rows - row) * width + column] ?? 0),
      );
    });
  };
  let u = cut(start.u, ({ outputs, rank }) => [outputs, rank]);
  let s = cut(start.s, ({ rank }) => [rank, rank]);
  let v = cut(start.v, ({ inputs, rank }) => [inputs, rank]);
  const biases = Float64Array.from(start.biases);
  const flatOf = () =>
    Float64Array.from([
      ...layers.flatMap((_, at) => times(times(u[at] ?? [], s[at] ?? []), transposed(v[at] ?? [])).flat()),
      ...biases,
    ]);
  let [loss, correct, kink, least] = [0, 0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const slopes = (rows: readonly number[]) => {
    const parameters = flatOf();
    const pass = passOf(parameters, rows);
    loss += (pass.loss * rows.length) / 2;
    correct += pass.correct / 2;
    kink = Math.min(kink, pass.kink);
    const all = gradientOf((at) => passOf(at, rows).loss, parameters);
    const weights = layers.map(({ inputs, outputs, offset }) =>
      Array.from({ length: outputs }, (_, output) => [
        ...all.subarray(offset + output * inputs, offset + (output + 1) * inputs),
      ]),
    );
    return { weights, biases: all.subarray(all.length - biases.length) };
  };
  const less = (a: Matrix, b: Matrix): Matrix =>
    a.map((row, at) => row.map((value, column) => value - rate * (b[at]?.[column] ?? 0)));
  const basis = (matrix: Matrix): Matrix => {
    const found: number[][] = [];
    for (const column of transposed(matrix)) {
      let rest = column;
      for (const known of [...found, ...found]) {
        const share = dot(rest, known);
        rest = rest.map((value, at) => value - share * (known[at] ?? 0));
      }
      const [before, after] = [Math.sqrt(dot(column, column)), Math.sqrt(dot(rest, rest))];
      least = Math.min(least, after / before);
      found.push(rest.map((value) => value / after));
    }
    return transposed(found);
  };
  for (const rows of batches) {
    const turning = slopes(rows).weights;
    const before = { u, s, v };
    const each = (of: (u: Matrix, s: Matrix, v: Matrix, gradient: Matrix) => Matrix) =>
      layers.map((_, at) =>
        of(before.u[at] ?? [], before.s[at] ?? [], before.v[at] ?? [], turning[at] ?? []),
      );
    u = each((ofU, ofS, ofV, gradient) => basis(less(times(ofU, ofS), times(gradient, ofV))));
    v = each((ofU, ofS, ofV, gradient) =>
      basis(less(times(ofV, transposed(ofS)), times(transposed(gradient), ofU))),
    );
    s = s.map((own, at) => {
      const left = times(transposed(u[at] ?? []), before.u[at] ?? []);
      const right = times(transposed(before.v[at] ?? []), v[at] ?? []);
      return times(times(left, own), right);
    });
    const descending = slopes(rows);
    s = s.map((own, at) =>
      less(own, times(times(transposed(u[at] ?? []), descending.weights[at] ?? []), v[at] ?? [])),
    );
    for (const [at, slope] of descending.biases.entries()) biases[at] = (biases[at] ?? 0) - rate * slope;
  }
  const flat = (parts: readonly Matrix[]) => Float64Array.from(parts.flat(2));
  return { state: { u: flat(u), s: flat(s), v: flat(v), biases }, loss, correct, kink, least };
}

type Matrix = readonly (readonly number[])[];

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);

function transposed(matrix: Matrix): Matrix {
  return (matrix[0] ?? []).map((_, column) => matrix.map((row) => row[column] ?? 0));
}

function times(a: Matrix, b: Matrix): Matrix {
  const columns = transposed(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
}
