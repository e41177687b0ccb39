import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../lib/base/random.ts';
import { countWeights, type Network } from '../../lib/network/architecture.ts';
import { uniformNetwork } from '../../lib/network/initializer.ts';
import { hasLivePath, withoutDeadWeights } from '../../lib/network/minimising/liveness.ts';
import { countOnes, pack, unpack } from '../../lib/search/genome.ts';
import { forward } from '../evaluation/forward.ts';

const masked = fc
  .record({
    widths: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 5 }),
    seed: fc.nat(1_000_000),
    keep: fc.constantFrom(0.1, 0.3, 0.5, 0.9),
    biases: fc.constantFrom<(bias: number) => number>(
      (bias) => bias,
      () => 0,
      (bias) => -Math.abs(bias),
    ),
  })
  .map(({ widths, seed, keep, biases }) => {
    const drawn = uniformNetwork(widths, seed);
    const network: Network = { ...drawn, biases: drawn.biases.map((layer) => layer.map(biases)) };
    const stream = random(seed, 'start');
    const mask = Array.from({ length: countWeights(widths) }, () => Number(stream.uniform() < keep));
    const points = Array.from({ length: 5 }, () =>
      Array.from({ length: widths[0] ?? 0 }, () => 3 * stream.normal()),
    );
    return { network, mask, points };
  });

describe('removing dead weights', () => {
  test('never changes an output, never adds a weight, and leaves its input alone', () => {
    fc.assert(
      fc.property(masked, ({ network, mask, points }) => {
        const genome = pack(mask);
        const cleaned = withoutDeadWeights(network, genome);
        const live = unpack(cleaned, mask.length);
        for (const point of points) {
          expect(forward(network, live, point)).toEqual(forward(network, mask, point));
        }
        expect(live.every((bit, index) => bit <= (mask[index] ?? 0))).toBe(true);
        expect(genome).toEqual(pack(mask));
      }),
      { numRuns: 1_000 },
    );
  });

  test('once is enough', () => {
    fc.assert(
      fc.property(masked, ({ network, mask }) => {
        const cleaned = withoutDeadWeights(network, pack(mask));
        expect(withoutDeadWeights(network, cleaned)).toBe(cleaned);
      }),
    );
  });
});

/** [2, 2, 1], inputs a and b, units A and B. Its mask: A←a, A←b, B←a, B←b, out←A, out←B. */
const small = (biasA: number, biasB: number): Network => ({
  widths: [2, 2, 1],
  weights: [Float32Array.of(1, 1, 1, 1), Float32Array.of(1, 1)],
  biases: [Float32Array.of(biasA, biasB), Float32Array.of(0)],
});

test.each([
  ['everything lives', small(0, 0), '111111', '111111'],
  ['weights into a unit that reaches no output', small(0, 0), '110110', '110010'],
  ['weights out of a unit without inputs and with a negative bias', small(-1, 0), '001111', '001101'],
  ['weights out of a unit without inputs and with bias 0', small(0, 0), '001111', '001101'],
  ['a unit without inputs but with a positive bias still speaks', small(0.5, 0), '001111', '001111'],
  ['no path at all', small(-1, -1), '110001', '000000'],
])('%s', (_, network, before, after) => {
  const genome = pack([...before].map(Number));
  expect([...unpack(withoutDeadWeights(network, genome), 6)].join('')).toBe(after);
});

test('units that only dead units feed are dead, layer after layer', () => {
  const network: Network = {
    widths: [1, 1, 1, 1, 1],
    weights: [1, 1, 1, 1].map((weight) => Float32Array.of(weight)),
    biases: [-1, -1, -1, 5].map((bias) => Float32Array.of(bias)),
  };
  expect(countOnes(withoutDeadWeights(network, pack([0, 1, 1, 1])))).toBe(0);
  expect(countOnes(withoutDeadWeights(network, pack([1, 1, 1, 0])))).toBe(0);
  expect(countOnes(withoutDeadWeights(network, pack([1, 1, 1, 1])))).toBe(4);
});

describe('a live path', () => {
  /** Whether an input reaches an output, by what is reached layer after layer. */
  const reached = ({ widths }: Network, mask: readonly number[]): boolean => {
    let offset = 0;
    let alive = Array.from({ length: widths[0] ?? 0 }, () => true);
    for (const [index, outputs] of widths.slice(1).entries()) {
      const inputs = widths[index] ?? 0;
      const before = alive;
      const from = offset;
      alive = Array.from({ length: outputs }, (_, output) =>
        before.some((is, input) => is && mask[from + output * inputs + input] === 1),
      );
      offset += inputs * outputs;
    }
    return alive.includes(true);
  };

  test('is found exactly where there is one', () => {
    let found = 0;
    fc.assert(
      fc.property(masked, ({ network, mask }) => {
        const live = hasLivePath(network, pack(mask));
        if (live) found++;
        expect(live).toBe(reached(network, mask));
      }),
    );
    expect(found).toBeGreaterThan(10);
    expect(found).toBeLessThan(95);
  });
});
