/** Low-rank factors of the weights: W = U · S · Vᵀ, U and V with orthonormal columns. */
import { at } from '../../base/at.ts';
import { countWeights, type DenseLayer, denseLayers, type Widths } from '../../network/architecture.ts';
import type { Trainable } from '../../network/trainable.ts';
import { decompose } from './singular-values.ts';

/** Numbers that a layer of that rank is made of when U · S is merged; a layer of full rank is stored as it is. */
function parametersOf({ inputs, outputs }: DenseLayer, rank: number): number {
  return Math.min(rank * (inputs + outputs), inputs * outputs);
}

/**
 * The rank of each layer, as equal as their sizes allow: 1, and one more of the lowest rank, the later layer's first, as long as
 * there are no more parameters than `keep`, a share of the weights.
 */
export function ranksOf(widths: Widths, keep: number): number[] {
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
export function shareOfFactors(widths: Widths, ranks: readonly number[]): number {
  return parametersIn(denseLayers(widths), ranks) / countWeights(widths);
}

/** Factors of all layers, flat: row-major, `outputs` × rank, rank × rank, `inputs` × rank. */
export interface Factors {
  readonly u: Float32Array;
  readonly s: Float32Array;
  readonly v: Float32Array;
}

/** The best approximations of the weights by matrices of these ranks: singular value decompositions, cut. */
export function factorise(
  { widths, weights }: Pick<Trainable, 'widths' | 'weights'>,
  ranks: readonly number[],
): Factors {
  const parts = denseLayers(widths).map(({ inputs, outputs }, index) => {
    const rank = at(ranks, index);
    const { left, values, right } = decompose(at(weights, index), outputs, inputs);
    return {
      u: columns(left, outputs, rank),
      s: diagonal(values.slice(0, rank)),
      v: columns(right, inputs, rank),
    };
  });
  return {
    u: joined(parts.map(({ u }) => u)),
    s: joined(parts.map(({ s }) => s)),
    v: joined(parts.map(({ v }) => v)),
  };
}

/**
 * The same with the fewest ranks, 1 at least, at which what each layer leaves out is at most `tolerance` of it, in the Frobenius norm:
 * the smallest singular values.
 */
export function truncate(
  widths: Widths,
  ranks: readonly number[],
  { u, s, v }: Factors,
  tolerance: number,
): Factors & { readonly ranks: readonly number[] } {
  let [fromU, fromS, fromV] = [0, 0, 0];
  const parts = denseLayers(widths).map(({ inputs, outputs }, index) => {
    const rank = at(ranks, index);
    const { left, values, right } = decompose(s.subarray(fromS, fromS + rank * rank), rank, rank);
    const own = {
      u: u.subarray(fromU, fromU + outputs * rank),
      v: v.subarray(fromV, fromV + inputs * rank),
    };
    fromU += outputs * rank;
    fromS += rank * rank;
    fromV += inputs * rank;
    const kept = rankWithin(values, tolerance);
    return {
      rank: kept,
      u: turned(own.u, outputs, rank, left.slice(0, kept)),
      s: diagonal(values.slice(0, kept)),
      v: turned(own.v, inputs, rank, right.slice(0, kept)),
    };
  });
  return {
    ranks: parts.map(({ rank }) => rank),
    u: joined(parts.map((part) => part.u)),
    s: joined(parts.map((part) => part.s)),
    v: joined(parts.map((part) => part.v)),
  };
}

/** The least number of the largest values, 1 at least, whose others have at most the share `tolerance` of the norm of all. */
function rankWithin(values: readonly number[], tolerance: number): number {
  const squares = (some: readonly number[]) => some.reduceRight((sum, value) => sum + value * value, 0);
  const most = tolerance ** 2 * squares(values);
  let rank = values.length;
  while (rank > 1 && squares(values.slice(rank - 1)) <= most) rank--;
  return rank;
}

/** A basis, rows × rank, times columns of `rank` numbers. */
function turned(basis: Float32Array, rows: number, rank: number, by: readonly Float64Array[]): Float32Array {
  return Float32Array.from({ length: rows * by.length }, (_, place) => {
    const row = Math.floor(place / by.length);
    const column = at(by, place % by.length);
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += at(basis, row * rank + k) * at(column, k);
    return sum;
  });
}

function diagonal(values: readonly number[]): Float32Array {
  const matrix = new Float32Array(values.length ** 2);
  for (const [place, value] of values.entries()) matrix[place * (values.length + 1)] = value;
  return matrix;
}

/** The weights that factors stand for, per layer. */
export function multiply(widths: Widths, ranks: readonly number[], { u, s, v }: Factors) {
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
