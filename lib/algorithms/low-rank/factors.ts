/** Low-rank factors of the weights: W = U · S · Vᵀ, U and V with orthonormal columns. */
import { at } from '../../base/at.ts';
import { countWeights, type DenseLayer, denseLayers, type Network } from '../../network/architecture.ts';

/** Numbers that a layer of that rank is made of when U · S is merged; a layer of full rank is stored as it is. */
function parametersOf({ inputs, outputs }: DenseLayer, rank: number): number {
  return Math.min(rank * (inputs + outputs), inputs * outputs);
}

/**
 * The rank of each layer, as equal as their sizes allow: 1, and one more of the lowest rank, the later layer's first, as long as
 * there are no more parameters than `keep`, a share of the weights.
 */
export function ranksOf(widths: readonly number[], keep: number): number[] {
  const layers = denseLayers(widths);
  const ranks = layers.map(() => 1);
  const most = keep * countWeights(widths) + 1e-9;
  for (;;) {
    const [next] = layers
      .map((layer, index) => ({ layer, index, rank: at(ranks, index) }))
      .filter(({ layer: { inputs, outputs }, index, rank }) => {
        if (rank >= Math.min(inputs, outputs)) return false;
        return parametersIn(layers, ranks.with(index, rank + 1)) <= most;
      })
      .sort((a, b) => a.rank - b.rank || b.index - a.index);
    if (!next) return ranks;
    ranks[next.index] = next.rank + 1;
  }
}

function parametersIn(layers: readonly DenseLayer[], ranks: readonly number[]): number {
  return layers.reduce((sum, layer, index) => sum + parametersOf(layer, at(ranks, index)), 0);
}

/** Numbers that factors of these ranks are made of, as a share of the weights. */
export function shareOfFactors(widths: readonly number[], ranks: readonly number[]): number {
  return parametersIn(denseLayers(widths), ranks) / countWeights(widths);
}

/** Factors of all layers, flat: row-major, `outputs` × rank, rank × rank, `inputs` × rank. */
export interface Factors {
  readonly u: Float32Array;
  readonly s: Float32Array;
  readonly v: Float32Array;
}

/** The best approximations of the weights by matrices of these ranks: singular value decompositions, cut. */
export function factorise({ widths, weights }: Network, ranks: readonly number[]): Factors {
  const parts = denseLayers(widths).map(({ inputs, outputs }, index) => {
    const rank = at(ranks, index);
    const { left, values, right } = decompose(at(weights, index), outputs, inputs);
    const s = new Float32Array(rank * rank);
    for (let place = 0; place < rank; place++) s[place * (rank + 1)] = at(values, place);
    return { u: columns(left, outputs, rank), s, v: columns(right, inputs, rank) };
  });
  return {
    u: joined(parts.map(({ u }) => u)),
    s: joined(parts.map(({ s }) => s)),
    v: joined(parts.map(({ v }) => v)),
  };
}

/** The weights that factors stand for, per layer. */
export function multiply(widths: readonly number[], ranks: readonly number[], { u, s, v }: Factors) {
  let [fromU, fromS, fromV] = [0, 0, 0];
  return denseLayers(widths).map(({ inputs, outputs }, index) => {
    const rank = at(ranks, index);
    const weights = new Float32Array(inputs * outputs);
    for (let output = 0; output < outputs; output++) {
      const row = Float64Array.from({ length: rank }, (_, column) => {
        let sum = 0;
        for (let k = 0; k < rank; k++)
          sum += at(u, fromU + output * rank + k) * at(s, fromS + k * rank + column);
        return sum;
      });
      for (let input = 0; input < inputs; input++) {
        let sum = 0;
        for (let k = 0; k < rank; k++) sum += at(row, k) * at(v, fromV + input * rank + k);
        weights[output * inputs + input] = sum;
      }
    }
    fromU += outputs * rank;
    fromS += rank * rank;
    fromV += inputs * rank;
    return weights;
  });
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

/** The first columns as a row-major matrix. */
function columns(all: readonly Float64Array[], rows: number, count: number): Float32Array {
  return Float32Array.from({ length: rows * count }, (_, place) =>
    at(at(all, place % count), Math.floor(place / count)),
  );
}

const MOST_SWEEPS = 60;

/**
 * Singular value decomposition by one-sided Jacobi rotations (Hestenes 1958), in double precision: the columns of `left` and
 * `right`, the largest value first. `matrix`: rows × width, row-major.
 */
export function decompose(matrix: ArrayLike<number>, rows: number, width: number): Decomposed {
  if (rows < width) {
    const transposed = Float64Array.from({ length: rows * width }, (_, place) =>
      at(matrix, (place % rows) * width + Math.floor(place / rows)),
    );
    const { left, values, right } = decompose(transposed, width, rows);
    return { left: right, values, right: left };
  }
  const own = Array.from({ length: width }, (_, column) =>
    Float64Array.from({ length: rows }, (__, row) => at(matrix, row * width + column)),
  );
  const turned = own.map((_, column) => Float64Array.from(own, (__, row) => Number(row === column)));
  for (let sweep = 0; sweep < MOST_SWEEPS && rotateAll(own, turned); sweep++);
  const norms = own.map((column) => Math.sqrt(product(column, column)));
  const order = [...norms.keys()].sort((a, b) => at(norms, b) - at(norms, a) || a - b);
  return {
    left: order.map((place) => {
      const norm = at(norms, place);
      return at(own, place).map((value) => (norm > 0 ? value / norm : 0));
    }),
    values: order.map((place) => at(norms, place)),
    right: order.map((place) => at(turned, place)),
  };
}

interface Decomposed {
  readonly left: Float64Array[];
  readonly values: number[];
  readonly right: Float64Array[];
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (const [place, value] of a.entries()) sum += value * (b[place] ?? 0);
  return sum;
}

/** Makes every pair of columns orthogonal, one after the other; false if all were. */
function rotateAll(own: readonly Float64Array[], turned: readonly Float64Array[]): boolean {
  let rotated = false;
  for (let first = 0; first < own.length; first++) {
    for (let second = first + 1; second < own.length; second++) {
      const [a, b] = [at(own, first), at(own, second)];
      const [aa, bb, ab] = [product(a, a), product(b, b), product(a, b)];
      if (Math.abs(ab) <= 1e-14 * Math.sqrt(aa * bb) || ab === 0) continue;
      rotated = true;
      const zeta = (bb - aa) / (2 * ab);
      const tangent = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
      const cosine = 1 / Math.sqrt(1 + tangent * tangent);
      rotate(a, b, cosine, cosine * tangent);
      rotate(at(turned, first), at(turned, second), cosine, cosine * tangent);
    }
  }
  return rotated;
}

function rotate(a: Float64Array, b: Float64Array, cosine: number, sine: number): void {
  for (const [place, value] of a.entries()) {
    const other = b[place] ?? 0;
    a[place] = cosine * value - sine * other;
    b[place] = sine * value + cosine * other;
  }
}
