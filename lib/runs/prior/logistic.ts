/** Logistic regression by Newton's method, in double precision and a fixed order: the same samples, the same model. */
import { z } from 'zod';
import { at } from '../../base/at.ts';

const numbers = z.array(z.number()).readonly();

export const logisticSchema = z.object({
  /** Of each feature, on the samples that it was fitted to. */
  mean: numbers,
  deviation: numbers,
  /** One for each feature, and a constant at the end. */
  coefficients: numbers,
});
export type Logistic = z.output<typeof logisticSchema>;

const STEPS = 12;
/** Of the squared coefficients, so that features that say nothing, or the same, get small ones. */
const PENALTY = 1;

/** `each` visits all samples, as often as it is called: their features, in an array that is used again, and 0 or 1. */
export function fitLogistic(
  count: number,
  each: (visit: (features: Float64Array, label: number) => void) => void,
): Logistic {
  let samples = 0;
  const sum = new Float64Array(count);
  const square = new Float64Array(count);
  each((features) => {
    samples++;
    for (let i = 0; i < count; i++) {
      const value = features[i] ?? 0;
      sum[i] = at(sum, i) + value;
      square[i] = at(square, i) + value * value;
    }
  });
  const mean = Array.from(sum, (total) => total / samples);
  const deviation = mean.map(
    (value, i) => Math.sqrt(Math.max(0, at(square, i) / samples - value * value)) || 1,
  );
  const size = count + 1;
  let model: Logistic = { mean, deviation, coefficients: new Array<number>(size).fill(0) };
  for (let step = 0; step < STEPS; step++) {
    const { coefficients } = model;
    const gradient = coefficients.map((value, i) => (i < count ? -PENALTY * value : 0));
    const hessian = Array.from({ length: size }, (_, i) =>
      Float64Array.from({ length: size }, (__, j) => (i === j && i < count ? PENALTY : 0)),
    );
    each((features, label) => {
      const x = standardised(model, features);
      const p = probabilityOf(coefficients, x);
      for (let i = 0; i < size; i++) {
        gradient[i] = at(gradient, i) + (label - p) * at(x, i);
        const row = at(hessian, i);
        for (let j = 0; j <= i; j++) row[j] = at(row, j) + p * (1 - p) * at(x, i) * at(x, j);
      }
    });
    for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) at(hessian, j)[i] = at(at(hessian, i), j);
    const change = solve(hessian, gradient);
    model = { ...model, coefficients: coefficients.map((value, i) => value + at(change, i)) };
  }
  return model;
}

/** The probability of a 1. */
export function predict(model: Logistic, features: Float64Array): number {
  return probabilityOf(model.coefficients, standardised(model, features));
}

function standardised({ mean, deviation }: Logistic, features: Float64Array): Float64Array {
  const x = new Float64Array(mean.length + 1);
  for (let i = 0; i < mean.length; i++) x[i] = (at(features, i) - at(mean, i)) / at(deviation, i);
  x[mean.length] = 1;
  return x;
}

function probabilityOf(coefficients: readonly number[], x: Float64Array): number {
  const sum = coefficients.reduce((total, value, i) => total + value * at(x, i), 0);
  return 1 / (1 + Math.exp(-Math.max(-30, Math.min(30, sum))));
}

/** Gaussian elimination with the largest pivot; a column without one gives 0. Overwrites its arguments. */
function solve(matrix: Float64Array[], right: number[]): number[] {
  const size = right.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(at(at(matrix, row), column)) > Math.abs(at(at(matrix, pivot), column))) pivot = row;
    }
    [matrix[column], matrix[pivot]] = [at(matrix, pivot), at(matrix, column)];
    [right[column], right[pivot]] = [at(right, pivot), at(right, column)];
    const top = at(matrix, column);
    if (Math.abs(at(top, column)) < 1e-9) continue;
    for (let row = column + 1; row < size; row++) {
      const below = at(matrix, row);
      const factor = at(below, column) / at(top, column);
      for (let k = column; k < size; k++) below[k] = at(below, k) - factor * at(top, k);
      right[row] = at(right, row) - factor * at(right, column);
    }
  }
  const found = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    const line = at(matrix, row);
    if (Math.abs(at(line, row)) < 1e-9) continue;
    let rest = at(right, row);
    for (let k = row + 1; k < size; k++) rest -= at(line, k) * at(found, k);
    found[row] = rest / at(line, row);
  }
  return found;
}
