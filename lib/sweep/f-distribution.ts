/**
 * Tails of the F distribution for whole degrees of freedom, by finite sums: no package fits, for the reasons given in
 * student-t.ts.
 */

/** Probability that F with `above` and `below` degrees of freedom (1, 2, 3 …) is at least `value`. */
export function tailOfF(value: number, above: number, below: number): number {
  if (value === Number.POSITIVE_INFINITY) return 0;
  const x = below / (below + above * value);
  // I_x(a, b) with a = below / 2 and b = above / 2, from a and b of 1/2 or 1 upwards (Abramowitz and Stegun 1964, 26.5.16).
  let { a, b, tail, term } = smallest(x, below % 2 === 0, above % 2 === 0);
  for (; a < below / 2; a++) {
    tail -= term / a;
    term *= (x * (a + b)) / a;
  }
  for (; b < above / 2; b++) {
    tail += term / b;
    term *= ((1 - x) * (a + b)) / b;
  }
  return Math.min(1, Math.max(0, tail));
}

/** I_x(a, b) and x^a (1 − x)^b / B(a, b), where a and b are 1 or else 1/2. */
function smallest(x: number, wholeA: boolean, wholeB: boolean) {
  const [root, coRoot] = [Math.sqrt(x), Math.sqrt(1 - x)];
  if (wholeA && wholeB) return { a: 1, b: 1, tail: x, term: x * (1 - x) };
  if (wholeA) return { a: 1, b: 0.5, tail: 1 - coRoot, term: (x * coRoot) / 2 };
  if (wholeB) return { a: 0.5, b: 1, tail: root, term: (root * (1 - x)) / 2 };
  return { a: 0.5, b: 0.5, tail: (2 / Math.PI) * Math.asin(root), term: (root * coRoot) / Math.PI };
}
