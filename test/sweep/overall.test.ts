/** Algorithms side by side over all grid points: hand-worked examples. */
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import { parseSweep } from '../../lib/sweep/cells.ts';
import { shareWithin } from '../../lib/sweep/overall.ts';
import { algorithmsCsv, overallDocument, overallNotes } from '../../lib/sweep/overall-tables.ts';
import { renderPage } from '../../lib/sweep/page.ts';
import { tableMarkdown } from '../../lib/sweep/readable-tables.ts';
import { type CellResult, summarize } from '../../lib/sweep/results.ts';
import { succeeded } from './summaries.ts';

const PRESETS = ['moons-a', 'moons-b', 'circles-a', 'circles-b'];

function study(presets: readonly string[], algorithms: readonly string[]) {
  return parseSweep({
    grid: { preset: presets },
    algorithms: algorithms.map((name) => ({ name })),
    seeds: 2,
  });
}

/** A is best everywhere, C worst, but for one seed of the first grid point. */
const ACCURACY: Readonly<Record<string, number>> = { A: 0.9, B: 0.89, C: 0.7 };

function resultsOf({ cells }: ReturnType<typeof study>): Map<string, CellResult> {
  return new Map(
    cells.map(({ id, algorithm, point, seed }) => {
      const lucky = algorithm === 'C' && point.index === 0 && seed === 1;
      return [id, succeeded({ testAccuracy: lucky ? 0.92 : (ACCURACY[algorithm] ?? 0) })];
    }),
  );
}

describe('algorithms side by side', () => {
  const checked = study(PRESETS, ['C', 'A', 'B']);

  test('by rank, where all tasks agree, and by distance from the best of each contest', async () => {
    const results = summarize(checked, resultsOf(checked));
    const { ranking, profiles, ...rest } = results.overall;
    expect(rest).toEqual({
      algorithms: ['C', 'A', 'B'],
      tasks: 4,
      tasksLeftOut: 0,
      tasksNeeded: 3,
      contests: 8,
    });
    // 2.3437 √(3 · 4 / (6 · 4)) = 1.657
    expect(ranking).toMatchObject({
      averageRanks: [3, 1, 2],
      statistic: null,
      pValue: 1 / 216,
      groups: [
        [1, 2],
        [2, 0],
      ],
    });
    expect(ranking?.criticalDifference).toBeCloseTo(1.657, 3);
    const shares = [0, 0.01, 0.02, 0.03].map((distance) => profiles.map((one) => shareWithin(one, distance)));
    expect(shares).toEqual([
      [0.125, 0.875, 0],
      [0.125, 0.875, 0.875],
      [0.125, 1, 0.875],
      [0.125, 1, 1],
    ]);
    const markdown = tableMarkdown(checked.sweep, results);
    expect(markdown).toContain('| A | 1 | 1.00 | 88 % | 88 % | 88 % | 100 % | 100 % |\n| B | 1 2 | 2.00 |');
    expect(markdown).toContain(
      'all grid points agree, p = 0.005. Nemenyi’s critical difference at 0.05 is 1.66:',
    );
    const page = await renderPage(checked.sweep, results);
    expect(page).toContain('A bar joins those that cannot be told apart: A, B; B, C.');
    expect(page).toMatch(/<figure id="ranks">[\s\S]*<figure id="profiles">/);
    const { data } = Papa.parse<Record<string, string>>(algorithmsCsv(results.overall), { header: true });
    expect(data[1]).toMatchObject({
      algorithm: 'A',
      averageRank: '1',
      groups: '1',
      within0Points: '0.875',
      friedmanF: '',
    });
  });

  test('over common seeds alone, and a failed run is never near the best', () => {
    const found = resultsOf(checked);
    found.set('moons-a_a_seed-0', { status: 'failed', error: 'no luck' });
    found.delete('moons-b_b_seed-0');
    found.delete('moons-b_b_seed-1');
    const { overall } = summarize(checked, found);
    // At moons-a the seed that A has left is the one at which C is lucky.
    expect(overall).toMatchObject({ tasks: 3, tasksLeftOut: 1, contests: 6 });
    expect(overall.ranking?.averageRanks.map((rank) => rank.toFixed(2))).toEqual(['2.33', '1.33', '2.33']);
    expect(overall.profiles[1]?.shortfalls.at(-1)).toBe(Number.POSITIVE_INFINITY);
    expect(shareWithin({ algorithm: 'A', shortfalls: overall.profiles[1]?.shortfalls ?? [] }, 1)).toBe(5 / 6);
    expect(overallNotes(overall)[0]).toContain('none of them can be told apart');
    expect(overallNotes(overall)[0]).toMatch(/Left out: 1 grid point without a seed/);
    expect(() => JSON.stringify(overallDocument(overall))).not.toThrow();
  });

  test('says where there are too few', () => {
    const note = (presets: readonly string[], algorithms: readonly string[]) => {
      const few = study(presets, algorithms);
      const { overall } = summarize(few, resultsOf(few));
      expect(overall.ranking).toBeNull();
      return overallNotes(overall)[0];
    };
    expect(note(PRESETS.slice(2), ['A', 'B', 'C'])).toMatch(
      /^No critical-difference diagram: with 3 algorithms over 2 grid points, .* From 3 grid points on/,
    );
    expect(note(PRESETS, ['A', 'B'])).toMatch(/^Ranks over the grid points take three algorithms/);
    expect(note(['moons-a'], ['A', 'B', 'C'])).toMatch(/^A contest is a grid point with a seed/);
    const alone = study(PRESETS, ['A']);
    expect(tableMarkdown(alone.sweep, summarize(alone, resultsOf(alone)))).not.toContain('side by side');
  });
});
