import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../lib/base/random.ts';
import {
  differingBits,
  masksAlong,
  measurePath,
  mostDistant,
  type PathPlan,
  placesAlong,
  randomOrder,
  walkGreedily,
  withFlippedBits,
} from '../../lib/landscape/path.ts';
import { pathEvaluations, planPath, planResolution } from '../../lib/landscape/plan.ts';
import type { Evaluate } from '../../lib/landscape/scoring.ts';
import { genomeAt, getBit, pack } from '../../lib/search/genome.ts';
import { maskRows } from '../search/masks.ts';

/** Scores that depend on each mask alone: rugged, and different for accuracy and loss. */
function rugged(counted: { evaluations: number } = { evaluations: 0 }): Evaluate {
  return async (masks) => {
    counted.evaluations += masks.count;
    const streams = Array.from({ length: masks.count }, (_, index) => {
      const genome = genomeAt(masks, index);
      return random(
        genome.reduce((hash, byte) => (hash * 31 + byte) % 1_000_003, 7),
        'start',
      );
    });
    return {
      correct: streams.map((stream) => stream.below(6)),
      loss: streams.map((stream) => (stream.below(9) === 0 ? Number.NaN : stream.uniform())),
    };
  };
}

const pairs = maskRows({ min: 2, max: 2 }).map((rows) => {
  const [from = [], to = []] = rows;
  return { from: pack(from), to: pack(to), bits: from.length };
});
const plans = fc.record({
  orders: fc.integer({ min: 1, max: 3 }),
  steps: fc.integer({ min: 1, max: 12 }),
  block: fc.integer({ min: 1, max: 4 }),
  candidates: fc.integer({ min: 1, max: 80 }),
  byFlips: fc.constant(false),
}) satisfies fc.Arbitrary<PathPlan>;

const name = { seed: 5, path: 0 };

test('a random order leads from one mask to the other, a bit at each step', () => {
  fc.assert(
    fc.property(pairs, fc.nat(9), ({ from, to, bits }, index) => {
      const positions = differingBits(from, to, bits);
      const order = randomOrder(name, index, positions);
      expect(order.toSorted((a, b) => a - b)).toEqual(positions);
      const masks = masksAlong(from, order, [...positions.keys(), positions.length]);
      expect(masks[0]).toEqual(from);
      expect(masks.at(-1)).toEqual(to);
      for (const [step, mask] of masks.entries()) {
        if (step > 0) expect(differingBits(masks[step - 1] ?? from, mask, bits)).toEqual([order[step - 1]]);
      }
    }),
  );
});

test('orders and paths of other names are others', () => {
  const positions = Array.from({ length: 40 }, (_, bit) => bit);
  const orders = [
    randomOrder({ seed: 0, path: 0 }, 0, positions),
    randomOrder({ seed: 0, path: 0 }, 1, positions),
    randomOrder({ seed: 0, path: 1 }, 0, positions),
    randomOrder({ seed: 1, path: 0 }, 0, positions),
  ];
  expect(new Set(orders.map(String)).size).toBe(4);
});

test('places begin at 0, end at the distance, rise, and lie on blocks', () => {
  fc.assert(
    fc.property(fc.nat(500), plans, (distance, plan) => {
      const places = placesAlong(distance, plan);
      expect([places[0], places.at(-1)]).toEqual([0, distance]);
      expect(places.length).toBeLessThanOrEqual(plan.steps + 1);
      expect(new Set(places).size).toBe(places.length);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      expect(places.slice(0, -1).every((place) => place % plan.block === 0)).toBe(true);
    }),
  );
});

describe('greedy walks', () => {
  const scoreOf = async (evaluate: Evaluate, genome: Uint8Array, bits: number) => {
    const { correct, loss } = await evaluate({ count: 1, bits, bytes: genome });
    return { correct: correct[0] ?? 0, loss: loss[0] ?? Number.NaN };
  };

  test('lead from one mask to the other, a block at each step', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, plans, async ({ from, to, bits }, plan) => {
        const evaluate = rugged();
        const start = await scoreOf(evaluate, from, bits);
        for (const walk of await walkGreedily({ from, to, bits }, start, name, plan, evaluate)) {
          expect(walk[0]?.genome).toEqual(from);
          expect(walk.at(-1)?.genome).toEqual(to);
          const distance = differingBits(from, to, bits).length;
          expect(walk.map(({ flipped }) => flipped)).toEqual(
            Array.from({ length: Math.ceil(distance / plan.block) + 1 }, (_, step) =>
              Math.min(distance, step * plan.block),
            ),
          );
          for (const { genome, flipped, correct, loss } of walk) {
            expect(differingBits(from, genome, bits)).toHaveLength(flipped);
            expect({ correct, loss }).toEqual(await scoreOf(evaluate, genome, bits));
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('with all candidates no single flip of those that remain would have been better', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async ({ from, to, bits }) => {
        const evaluate = rugged();
        const start = await scoreOf(evaluate, from, bits);
        const walks = await walkGreedily(
          { from, to, bits },
          start,
          name,
          { block: 1, candidates: bits },
          evaluate,
        );
        const fitness = [
          (one: { correct: number }) => one.correct,
          (one: { loss: number }) => (Number.isFinite(one.loss) ? -one.loss : Number.NEGATIVE_INFINITY),
        ] as const;
        for (const [index, walk] of walks.entries()) {
          for (const [step, { genome }] of walk.slice(0, -1).entries()) {
            const reached = walk[step + 1];
            for (const bit of differingBits(genome, to, bits)) {
              const other = await scoreOf(evaluate, withFlippedBits(genome, [bit]), bits);
              const of = fitness[index];
              if (of && reached) expect(of(reached)).toBeGreaterThanOrEqual(of(other));
            }
          }
        }
      }),
      { numRuns: 15 },
    );
  });
});

test('a measured path has the scores of its ends at its ends, in every order, and costs what was planned', async () => {
  await fc.assert(
    fc.asyncProperty(pairs, plans, async (ends, plan) => {
      const counted = { evaluations: 0 };
      const path = await measurePath(ends, name, plan, rugged(counted));
      const series = [...path.random, path.greedyByAccuracy, path.greedyByLoss];
      for (const scores of series) {
        expect(scores).toHaveLength(path.at.length);
        expect(scores[0]).toEqual(path.random[0]?.[0]);
        expect(scores.at(-1)).toEqual(path.random[0]?.at(-1));
      }
      const distance = path.at.at(-1) ?? 0;
      expect(counted.evaluations).toBeLessThanOrEqual(pathEvaluations(distance, plan));
      if (distance % plan.block === 0) expect(counted.evaluations).toBe(pathEvaluations(distance, plan));
      expect(path).toEqual(await measurePath(ends, name, plan, rugged()));
    }),
    { numRuns: 40 },
  );
});

test('the most distant mask, the first of equals', () => {
  const masks = ['0000', '0011', '1100', '0001'].map((mask) => pack([...mask].map(Number)));
  const [from = new Uint8Array()] = masks;
  expect(mostDistant(from, masks, 4)).toEqual({ index: 1, distance: 2 });
  expect(mostDistant(from, [], 4)).toBeUndefined();
});

describe('plans', () => {
  test('a small network is measured completely: every place, every candidate', () => {
    // [2, 20, 2] on 50,000 samples.
    for (const byFlips of [true, false]) {
      const plan = planPath(38, 0.64e-3, planResolution(0.64e-3), byFlips);
      expect(plan).toEqual({ orders: 20, steps: 100, block: 1, candidates: 38, byFlips });
    }
  });

  test('a landscape takes about the time that is meant for it, whatever the network', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000_000 }),
        fc.double({ min: 1e-6, max: 0.05, noNaN: true }),
        fc.boolean(),
        (distance, seconds, flips) => {
          const resolution = planResolution(seconds);
          const plan = planPath(distance, seconds, resolution, flips);
          const walked = plan.byFlips ? 2 * distance * (0.1 * plan.candidates + 0.6) : 0;
          expect(plan.candidates).toBeGreaterThanOrEqual(1);
          expect(plan.block).toBeLessThanOrEqual(distance);
          const most = 12 + 250 * seconds;
          expect(seconds * (walked + pathEvaluations(distance, plan) + resolution ** 2 / 2)).toBeLessThan(
            most + 6,
          );
        },
      ),
    );
  });

  test('a network whose masks take seconds still gets a picture: coarse, not for hours', () => {
    const plan = planPath(400_000, 1, planResolution(1), true);
    expect(planResolution(1)).toBe(7);
    expect(pathEvaluations(400_000, plan)).toBeLessThan(250);
    expect(planResolution(1, 12)).toBe(13);
  });
});

test('flipping the same bits twice is standing still, and never changes the argument', () => {
  const from = pack([1, 0, 1, 1, 0, 0, 1, 0, 1]);
  const copy = from.slice();
  const there = withFlippedBits(from, [0, 8]);
  expect([getBit(there, 0), getBit(there, 8)]).toEqual([0, 0]);
  expect(withFlippedBits(there, [8, 0])).toEqual(copy);
  expect(from).toEqual(copy);
});
