import { expect, test } from 'vitest';
import { randomGenome } from '../../lib/algorithms/parts/operators.ts';
import { random } from '../../lib/base/random.ts';
import { IDENTITY } from '../../lib/data/dataset.ts';
import { createEvaluator } from '../../lib/evaluation/evaluator-choice.ts';
import { openLayersWalk } from '../../lib/evaluation/flips/exact.ts';
import { measurePath } from '../../lib/landscape/path.ts';
import { planPath } from '../../lib/landscape/plan.ts';
import { uniformNetwork } from '../../lib/network/initializer.ts';
import { drawSamples } from '../evaluation/cases.ts';

const network = uniformNetwork([4, 6, 5, 3], 2);
const samples = drawSamples(3, 400, 4, 3);
const bits = 24 + 30 + 15;
const [from, to] = ['start', 'noise'] as const;
const ends = {
  from: randomGenome(random(1, from), bits),
  to: randomGenome(random(1, to), bits),
  bits,
};

test('a path that is walked by single flips is the one that is walked by whole masks, in fewer evaluations', async () => {
  const evaluator = await createEvaluator(network, samples, IDENTITY, { objective: 'cross-entropy' });
  const measure = async (byFlips: boolean) => {
    let evaluations = 0;
    const plan = { orders: 2, steps: 100, block: 1, candidates: 7, byFlips };
    const path = await measurePath(
      ends,
      { seed: 3, path: 1 },
      plan,
      (masks) => {
        evaluations += masks.count;
        return evaluator.evaluate(masks);
      },
      (start, figure) => openLayersWalk(network, samples, IDENTITY, start, figure),
    );
    return { path, evaluations };
  };
  const [flips, masks] = [await measure(true), await measure(false)];
  expect(flips.path).toEqual(masks.path);
  expect(flips.evaluations).toBe(4 * flips.path.at.length);
  expect(masks.evaluations).toBeGreaterThan(2 * flips.evaluations);
  await evaluator.release();
});

test('flips leave time for more candidates, and are left where steps of a bit take too long', () => {
  // [64, 75, 10] on 1,347 samples, half of its bits.
  expect(planPath(2_775, 2.1e-4, 25, false)).toMatchObject({ block: 1, candidates: 6, byFlips: false });
  expect(planPath(2_775, 2.1e-4, 25, true)).toMatchObject({ block: 1, candidates: 54, byFlips: true });
  expect(planPath(400_000, 2.1e-4, 25, true)).toMatchObject({ byFlips: false });
});
