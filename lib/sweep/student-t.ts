/**
 * Student's t distribution. No package fits: jStat has no types, simple-statistics has no quantile of it, and
 * @stdlib's brings three hundred packages. For whole degrees of freedom the distribution is a finite sum.
 */

/**
 * Probability that |t| is at most √`degrees` · tan(`angle`) (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4).
 */
function probabilityWithin(angle: number, degrees: number): number {
  const odd = degrees % 2;
  const square = Math.cos(angle) ** 2;
  let term = odd ? Math.cos(angle) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let factor = 2 + odd; factor < degrees; factor += 2) {
    term *= ((factor - 1) / factor) * square;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}

/** The t that |t| exceeds with probability 1 − `confidence`, for 1, 2, 3 … `degrees` of freedom. */
export function twoSidedT(confidence: number, degrees: number): number {
  let [low, high] = [0, Math.PI / 2];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return Math.sqrt(degrees) * Math.tan(low);
    if (probabilityWithin(middle, degrees) < confidence) low = middle;
    else high = middle;
  }
}
