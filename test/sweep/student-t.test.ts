import { describe, expect, test } from 'vitest';
import { twoSidedT } from '../../lib/sweep/student-t.ts';

describe("quantiles of Student's t", () => {
  // mpmath 1.3.0, 40 digits: the root of betainc(v / 2, 1 / 2, 0, v / (v + t²), regularized=True) = 1 − confidence
  test.each([
    [0.95, 1, 12.706204736175],
    [0.95, 2, 4.302652729749],
    [0.95, 3, 3.182446305284],
    [0.95, 4, 2.776445105198],
    [0.95, 9, 2.262157162798],
    [0.95, 30, 2.042272456301],
    [0.95, 99, 1.984216951586],
    [0.95, 1_000, 1.962339080826],
    [0.95, 99_999, 1.959987707772],
    [0.99, 1, 63.656741162872],
    [0.99, 10, 3.169272672617],
    [0.99, 99, 2.626405457281],
  ])('%d within, %i degrees of freedom: %d', (confidence, degrees, t) => {
    expect(Math.abs(twoSidedT(confidence, degrees) / t - 1)).toBeLessThan(1e-10);
  });

  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, critical values of Student's t: 0.975 and 0.995
  test.each([
    [5, 2.571, 4.032],
    [20, 2.086, 2.845],
    [60, 2.0, 2.66],
    [100, 1.984, 2.626],
  ])('of the published table, %i degrees of freedom', (degrees, t95, t99) => {
    expect(twoSidedT(0.95, degrees)).toBeCloseTo(t95, 3);
    expect(twoSidedT(0.99, degrees)).toBeCloseTo(t99, 3);
  });
});
