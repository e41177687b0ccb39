import { range } from 'd3-array';
import { expect, test } from 'vitest';
import { randomGenome } from '../../lib/algorithms/parts/operators.ts';
import { random } from '../../lib/base/random.ts';
import { IDENTITY } from '../../lib/data/dataset.ts';
import { createEvaluator } from '../../lib/evaluation/evaluator-choice.ts';
import { openFlipWalk } from '../../lib/evaluation/flips/exact.ts';
import { climb, meanDistance, measureRuggedness } from '../../lib/landscape/neighbourhoods.ts';
import { evaluateAll } from '../../lib/landscape/scoring.ts';
import { uniformNetwork } from '../../lib/network/initializer.ts';
import { countOnes, pack, withFlippedBit } from '../../lib/search/genome.ts';
import { drawSamples } from '../evaluation/cases.ts';

/** A walk by a figure that is a function of the mask. */
function walkBy(figureOf: (genome: Uint8Array) => number) {
  let current: Uint8Array = new Uint8Array();
  return {
    figure: () => figureOf(current),
    figureIf: (bit: number) => figureOf(withFlippedBit(current, bit)),
    flip: (bit: number) => {
      current = withFlippedBit(current, bit);
    },
    moveTo: (genome: Uint8Array) => {
      current = genome.slice();
    },
  };
}

function drawn(count: number, bits: number): [Uint8Array, ...Uint8Array[]] {
  const draw = (index: number) => randomGenome(random(7, 'landscape-sample', index), bits);
  return [draw(0), ...range(1, count).map(draw)];
}

test('the number of ones correlates with that of a neighbour as 1 − 2/n, and has one optimum', () => {
  const bits = 40;
  const walk = walkBy(countOnes);
  const { correlation, correlationLength, neutral } = measureRuggedness(walk, drawn(256, bits), bits, 1);
  // The variance of 256 masks is within a quarter of n / 4.
  expect(1 - (correlation ?? 0)).toBeGreaterThan(0.75 * (2 / bits));
  expect(1 - (correlation ?? 0)).toBeLessThan(1.33 * (2 / bits));
  expect(correlationLength).toBeCloseTo(-1 / Math.log(correlation ?? 0));
  expect(neutral).toBe(0);
  const optimum = climb(walk, drawn(1, bits)[0], bits, 1, 0);
  expect(optimum).toMatchObject({ flips: 2 * bits, neutral: 0 });
  expect(countOnes(optimum.genome)).toBe(bits);
});

test('where all masks are equal every flip is neutral, and every mask an optimum', () => {
  const walk = walkBy(() => 1);
  expect(measureRuggedness(walk, drawn(2, 9), 9, 1)).toEqual({
    correlation: null,
    correlationLength: null,
    neutral: 1,
  });
  const [start] = drawn(1, 9);
  expect(climb(walk, start, 9, 1, 0)).toEqual({ genome: start, flips: 9, neutral: 1 });
});

test('a climb ends where flips look better than they are', () => {
  const [start] = drawn(1, 9);
  let considered = 0;
  const figureIf = () => {
    if (++considered > 1_000) throw new Error('it never ends');
    return 1 + 1e-12;
  };
  const walk = { ...walkBy(() => 1), figureIf };
  expect(climb(walk, start, 9, 1, 0)).toEqual({ genome: start, flips: 9, neutral: 0 });
});

test('distances are means over all pairs', () => {
  const masks = ['1100', '1010', '0000'].map((mask) => pack([...mask].map(Number)));
  // 2, 2 and 2 of 4 bits.
  expect(meanDistance(masks, 4)).toBe(0.5);
  expect(meanDistance(masks.slice(1), 4)).toBe(0.5);
  expect(meanDistance(masks.slice(2), 4)).toBe(null);
});

test.each(['accuracy', 'cross-entropy'] as const)(
  'no neighbour of a local optimum by %s is better',
  async (figure) => {
    const network = uniformNetwork([4, 6, 3], 2);
    const bits = 42;
    const samples = drawSamples(3, 300, 4, 3);
    const walk = openFlipWalk(network, samples, IDENTITY, new Uint8Array(6), figure);
    if (!walk) throw new Error('it has dense layers');
    const evaluator = await createEvaluator(network, samples, IDENTITY, { objective: 'cross-entropy' });
    const better = ({ correct, loss }: { correct: number; loss: number }) =>
      figure === 'accuracy' ? correct : -loss;
    for (const [index, start] of drawn(3, bits).entries()) {
      const { genome, neutral } = climb(walk, start, bits, 5, index);
      const masks = [genome, ...range(bits).map((bit) => withFlippedBit(genome, bit))];
      const [top = Number.NaN, ...others] = (
        await evaluateAll((all) => evaluator.evaluate(all), masks, bits)
      ).map(better);
      // Sums of float32's in another order.
      const slack = figure === 'accuracy' ? 0 : 1e-4;
      for (const other of others) expect(other).toBeLessThanOrEqual(top + slack);
      if (figure === 'accuracy')
        expect(others.filter((other) => other === top)).toHaveLength(Math.round(neutral * bits));
    }
    await evaluator.release();
  },
);
