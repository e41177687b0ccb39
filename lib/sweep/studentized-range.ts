/** The range of independent normal values in units of their standard deviation, which is known: infinite degrees of freedom. */
import { erf } from '../network/special-functions.ts';

/** Beyond, the normal density is below the resolution of a probability. */
const REACH = 8;
/** Even: the intervals of Simpson's rule. */
const STEPS = 320;

/** Probability that the range of `count` values is at most `range`: count · ∫ φ(z) (Φ(z) − Φ(z − range))^(count − 1) dz. */
function probabilityOfRange(range: number, count: number): number {
  const step = (2 * REACH) / STEPS;
  const density = (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  let sum = 0;
  for (let index = 0; index <= STEPS; index++) {
    const z = -REACH + index * step;
    const between = (erf(z * Math.SQRT1_2) - erf((z - range) * Math.SQRT1_2)) / 2;
    const weight = index === 0 || index === STEPS ? 1 : index % 2 === 0 ? 2 : 4;
    sum += weight * density(z) * between ** (count - 1);
  }
  return (count * sum * step) / 3;
}

/** The range that `count` values, two or more, exceed with probability 1 − `confidence`. */
export function quantileOfRange(confidence: number, count: number): number {
  let [low, high] = [0, 2 * REACH];
  while (high - low > 1e-10) {
    const middle = (low + high) / 2;
    if (probabilityOfRange(middle, count) < confidence) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
