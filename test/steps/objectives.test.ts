/** Whole small runs by objectives that are more than one figure. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { summarySchema } from '../../lib/report/summary.ts';
import { decodeSurvivors } from '../../lib/runs/individuals.ts';
import type { Objective } from '../../lib/search/individual.ts';
import * as keys from '../../lib/store/keys.ts';
import { finalize, prepare, search } from '../lambdas/invoke.ts';
import { placeOf, SMALL_DIGITS, temporaryFolder } from './small-run.ts';

/** What a run by that objective leaves. */
async function runBy(objective: Objective, more: Readonly<Record<string, unknown>>) {
  const folder = await temporaryFolder();
  const spec = { ...SMALL_DIGITS, ...more, search: { ...SMALL_DIGITS.search, objective } };
  const state = await search(await prepare({ ...spec, run: placeOf(folder) }));
  await finalize(state);
  const bytes = await readFile(join(folder, keys.survivorsOf(state.generation)));
  const summary = summarySchema.parse(JSON.parse(await readFile(join(folder, keys.SUMMARY), 'utf8')));
  return { state, summary, scores: decodeSurvivors(bytes, BITS, 'survivors').map(({ score }) => score) };
}

const BITS = 64 * 8 + 8 * 3;

describe.each([
  ['balanced-accuracy', 'trainBalancedAccuracy'],
  ['macro-f1', 'trainMacroF1'],
] as const)('by %s', (objective, figure) => {
  test.each([1, 2, 3])(
    'survivors are ranked by it, and the pruning pass does not lower it, seed %i',
    async (seed) => {
      const { state, summary, scores } = await runBy(objective, { seed });
      const averages = scores.map(({ macroAverage }) => macroAverage);
      const [best = Number.NaN] = averages;
      expect(averages).toEqual(averages.toSorted((a, b) => b - a));
      expect(best).toBeGreaterThan(averages.at(-1) ?? Number.NaN);
      const mean = averages.reduce((sum, one) => sum + one, 0) / averages.length;
      expect(state.progress).toMatchObject({ objective, bestMacroAverage: best, bestLoss: null });
      expect(state.progress.meanMacroAverage).toBeCloseTo(mean, 12);

      expect(summary[figure]).toBeGreaterThanOrEqual(best);
      expect(summary.sparsity).toBeGreaterThan(summary.sparsityBeforePruning);
    },
  );
});

test('by accuracy first survivors are ranked by correct predictions, then by cross-entropy, and both are told', async () => {
  const { state, summary, scores } = await runBy('accuracy-then-cross-entropy', {});
  const ranked = scores.toSorted((a, b) => b.correct - a.correct || a.loss - b.loss);
  expect(scores).toEqual(ranked);
  expect(new Set(scores.map(({ correct }) => correct)).size).toBeLessThan(scores.length);
  const [best] = scores;
  const samples = summary.trainSamples;
  expect(state.progress.bestAccuracy).toBe((best?.correct ?? 0) / samples);
  expect(state.progress.bestLoss).toBe((best?.loss ?? 0) / samples);
  expect(summary).toMatchObject({ objective: 'accuracy-then-cross-entropy' });
  expect(summary.trainAccuracy).toBeGreaterThanOrEqual((best?.correct ?? 0) / samples);
});

test('a search that flips bits takes the objective, and the pruning passes lose no prediction by it', async () => {
  const annealing = { flips: 400, starts: 2, front: [] };
  const more = { algorithm: 'annealing', annealing, stop: undefined };
  const { summary } = await runBy('accuracy-then-cross-entropy', more);
  expect(summary.trainAccuracy).toBeGreaterThanOrEqual(summary.trainAccuracyBeforePruning);
  expect(summary.stopReason).toBe('max-flips');
});
