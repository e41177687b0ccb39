import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomGenome } from '../../lib/algorithms/parts/operators.ts';
import { random } from '../../lib/base/random.ts';
import { differingBits } from '../../lib/landscape/path.ts';
import { halfAxes, maskInSlice, measureSlice, planSlice } from '../../lib/landscape/slice.ts';
import { countOnes, genomeAt } from '../../lib/search/genome.ts';

const slices = fc
  .record({
    bits: fc.integer({ min: 4, max: 400 }),
    side: fc.integer({ min: 3, max: 15 }),
    seed: fc.nat(),
  })
  .map((shape) => ({
    ...shape,
    ticket: randomGenome(random(shape.seed, 'start'), shape.bits),
    plan: planSlice(shape.bits, shape.side) ?? { reach: 0, step: 0 },
  }));

test('half-axes are disjoint sets of bits, a quarter of all at most', () => {
  fc.assert(
    fc.property(slices, ({ bits, side, seed, plan }) => {
      const { right, left, up, down } = halfAxes(seed, bits, plan);
      const all = [...right, ...left, ...up, ...down];
      expect(new Set(all).size).toBe(all.length);
      expect(all.every((bit) => bit >= 0 && bit < bits)).toBe(true);
      for (const axis of [right, left, up, down]) expect(axis).toHaveLength(plan.reach * plan.step);
      expect(2 * plan.reach + 1).toBeLessThanOrEqual(Math.max(3, side));
      expect(plan.step).toBeGreaterThanOrEqual(1);
    }),
  );
});

test('the centre is the ticket, and places are as far apart as the steps between them', () => {
  const steps = fc.integer({ min: -7, max: 7 });
  fc.assert(
    fc.property(
      slices,
      fc.tuple(steps, steps),
      fc.tuple(steps, steps),
      ({ bits, seed, plan, ticket }, one, other) => {
        const axes = halfAxes(seed, bits, plan);
        const inside = (value: number) => Math.max(-plan.reach, Math.min(plan.reach, value));
        const at = ([i, j]: [number, number]) => maskInSlice(ticket, axes, plan.step, inside(i), inside(j));
        expect(at([0, 0])).toEqual(ticket);
        const apart =
          Math.abs(inside(one[0]) - inside(other[0])) + Math.abs(inside(one[1]) - inside(other[1]));
        expect(differingBits(at(one), at(other), bits)).toHaveLength(apart * plan.step);
      },
    ),
  );
});

test('scores come row by row from the lowest, the ticket in the middle', async () => {
  const bits = 40;
  const plan = { reach: 2, step: 5 };
  const ticket = randomGenome(random(1, 'start'), bits);
  const evaluate = async (masks: Parameters<Parameters<typeof measureSlice>[4]>[0]) => {
    const correct = Array.from({ length: masks.count }, (_, index) => countOnes(genomeAt(masks, index)));
    return { correct, loss: correct };
  };
  const scores = await measureSlice(ticket, bits, 9, plan, evaluate);
  expect(scores).toHaveLength(25);
  expect(scores[12]?.correct).toBe(countOnes(ticket));
  const corner = maskInSlice(ticket, halfAxes(9, bits, plan), plan.step, -2, -2);
  expect(scores[0]?.correct).toBe(countOnes(corner));
});

test('fewer than four bits have no plane', () => {
  expect(planSlice(3, 25)).toBeUndefined();
  expect(planSlice(80, 25)).toEqual({ reach: 12, step: 1 });
  expect(planSlice(5_550, 25)).toEqual({ reach: 12, step: 115 });
});
