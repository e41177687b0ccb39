/** Whole small runs by the objectives that are means over the classes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { summarySchema } from '../../lib/report/summary.ts';
import { decodeSurvivors } from '../../lib/runs/individuals.ts';
import * as keys from '../../lib/store/keys.ts';
import { finalize, prepare, search } from '../lambdas/invoke.ts';
import { placeOf, SMALL_DIGITS, temporaryFolder } from './small-run.ts';

const BITS = 64 * 8 + 8 * 3;

describe.each([
  ['balanced-accuracy', 'trainBalancedAccuracy'],
  ['macro-f1', 'trainMacroF1'],
] as const)('by %s', (objective, figure) => {
  test.each([1, 2, 3])(
    'survivors are ranked by it, and the pruning pass does not lower it, seed %i',
    async (seed) => {
      const folder = await temporaryFolder();
      const spec = { ...SMALL_DIGITS, seed, search: { ...SMALL_DIGITS.search, objective } };
      const state = await search(await prepare({ ...spec, run: placeOf(folder) }));
      await finalize(state);

      const bytes = await readFile(join(folder, keys.survivorsOf(state.generation)));
      const averages = decodeSurvivors(bytes, BITS, 'survivors').map(({ score }) => score.macroAverage);
      const [best = Number.NaN] = averages;
      expect(averages).toEqual(averages.toSorted((a, b) => b - a));
      expect(best).toBeGreaterThan(averages.at(-1) ?? Number.NaN);
      const mean = averages.reduce((sum, one) => sum + one, 0) / averages.length;
      expect(state.progress).toMatchObject({ objective, bestMacroAverage: best, bestLoss: null });
      expect(state.progress.meanMacroAverage).toBeCloseTo(mean, 12);

      const summary = summarySchema.parse(JSON.parse(await readFile(join(folder, keys.SUMMARY), 'utf8')));
      expect(summary[figure]).toBeGreaterThanOrEqual(best);
      expect(summary.sparsity).toBeGreaterThan(summary.sparsityBeforePruning);
    },
  );
});
