/** Tables of a sweep: what counts, and what is compared with what. */
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import { parseSweep } from '../../lib/sweep/cells.ts';
import { withHistories } from '../../lib/sweep/histories.ts';
import { renderPage } from '../../lib/sweep/page.ts';
import { tableMarkdown } from '../../lib/sweep/readable-tables.ts';
import { type CellResult, summarize } from '../../lib/sweep/results.ts';
import { sweepDocument } from '../../lib/sweep/schema.ts';
import { sizesCsv } from '../../lib/sweep/size-tables.ts';
import { frontsCsv, runsCsv, tableCsv } from '../../lib/sweep/tables.ts';
import { succeeded } from './summaries.ts';

const checked = parseSweep({
  name: 'a | <study>',
  grid: { preset: ['moons-a', 'moons-b'] },
  algorithms: [{ name: 'GA' }, { name: 'rare mutants', spec: { search: { mutation: { rate: 0.02 } } } }],
  seeds: 5,
});

/** GA: 0.90, 0.91, …; rare mutants 0.02 above, and with half the evaluations at moons-b. */
function example(): Map<string, CellResult> {
  return new Map(
    checked.cells.map(({ id, algorithm, seed, point }) => {
      const better = algorithm === 'GA' ? 0 : 0.02;
      const evaluations = algorithm !== 'GA' && point.index === 1 ? 2_500 : 5_000;
      return [id, succeeded({ testAccuracy: 0.9 + seed / 100 + better, evaluations })];
    }),
  );
}

function rowsOf(csv: string) {
  return Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true }).data;
}

describe('the table', () => {
  test('has mean, confidence interval and median per grid point and algorithm', () => {
    const { groups } = summarize(checked, example());
    expect(groups.map(({ point, algorithm }) => [point.id, algorithm])).toEqual([
      ['moons-a', 'GA'],
      ['moons-a', 'rare mutants'],
      ['moons-b', 'GA'],
      ['moons-b', 'rare mutants'],
    ]);
    expect(groups[0]?.locations.testAccuracy?.mean).toBeCloseTo(0.92, 12);
    expect(groups[1]?.locations.testAccuracy?.median).toBeCloseTo(0.94, 12);
  });

  test('compares with the reference by seed', () => {
    const { comparisons } = summarize(checked, example());
    expect(comparisons).toHaveLength(2);
    const [first, second] = comparisons;
    expect(first).toMatchObject({ algorithm: 'rare mutants', reference: 'GA', equalEvaluations: true });
    expect(second).toMatchObject({ equalEvaluations: false });
    expect(first?.difference.mean).toBeCloseTo(0.02, 12);
    // Five differences of one sign: 2 / 2⁵, and twice that with two comparisons.
    expect(first?.test).toMatchObject({ pValue: 0.0625, rankBiserial: 1 });
    expect(first?.correctedP).toBe(0.125);
  });

  test('counts failed and missing runs apart, and pairs without them', () => {
    const results = example();
    const failing = checked.cells.find(({ id }) => id === 'moons-a_ga_seed-0');
    results.set('moons-a_ga_seed-0', { status: 'failed', error: 'Error: no\nluck' });
    results.delete('moons-a_rare-mutants_seed-4');
    const summarized = summarize(checked, results);
    expect(failing).toBeDefined();
    const [ga, rare] = summarized.groups;
    expect(ga).toMatchObject({ failed: 1, missing: 0, locations: { testAccuracy: { n: 4 } } });
    expect(ga?.locations.testAccuracy?.mean).toBeCloseTo(0.925, 12);
    expect(rare).toMatchObject({ failed: 0, missing: 1, locations: { testAccuracy: { n: 4 } } });
    expect(summarized.comparisons[0]?.difference.n).toBe(3);
    const rows = rowsOf(runsCsv(checked.sweep, summarized.runs));
    expect(rows).toHaveLength(20);
    expect(rows[0]).toMatchObject({
      cell: 'moons-a_ga_seed-0',
      preset: 'moons-a',
      algorithm: 'GA',
      seed: '0',
      status: 'failed',
      testAccuracy: '',
      error: 'Error: no\nluck',
    });
    expect(rows[9]).toMatchObject({ status: 'missing' });
    expect(tableMarkdown(checked.sweep, summarized)).toContain('| moons-a | GA | 4 | 1 | 0 | 92.50 ± ');
  });

  test('says where there are too few pairs for a significant difference, and where an interval is cut', async () => {
    const few = summarize(checked, example());
    const note =
      'Too few seeds for a significant difference: of 5 pairs, with Holm’s correction over 2 comparisons, p is never below 0.125, however large the difference. From 7 seeds on it can be below 0.05.';
    expect(tableMarkdown(checked.sweep, few)).toContain(`\n\n${note}\n`);
    expect(await renderPage(checked.sweep, few)).toContain(note);
    const more = parseSweep({ ...sweepDocument(checked.sweep), seeds: 7 });
    expect(tableMarkdown(more.sweep, summarize(more, new Map([...example()])))).not.toContain(
      'Too few seeds',
    );
    const cut = summarize(
      checked,
      new Map(
        [...example()].map(([id], index) => [id, succeeded({ testAccuracy: index % 2 === 0 ? 1 : 0.98 })]),
      ),
    );
    expect(tableMarkdown(checked.sweep, cut)).toMatch(/\| 99\.20 % \(≥ 97\.\d\d %\) \|/);
  });

  test('of nothing at all', async () => {
    const summarized = summarize(checked, new Map());
    expect(summarized.comparisons).toEqual([]);
    expect(summarized.groups[0]).toMatchObject({ missing: 5, locations: { testAccuracy: null } });
    expect(tableMarkdown(checked.sweep, summarized)).toContain(
      '| moons-a | GA | 0 | 0 | 5 | – | – | – | – |',
    );
    const page = await renderPage(checked.sweep, summarized);
    expect(page).toContain('0 of 20 runs succeeded, 20 are still to come');
    expect(page).not.toContain('<figure');
  });

  test('as CSV', () => {
    const rows = rowsOf(tableCsv(checked.sweep, summarize(checked, example())));
    expect(rows).toHaveLength(4);
    expect(rows[3]).toMatchObject({
      preset: 'moons-b',
      algorithm: 'rare mutants',
      n: '5',
      reference: 'GA',
      pairs: '5',
      p: '0.0625',
      pHolm: '0.125',
      equalEvaluations: 'false',
    });
    expect(rows[2]).toMatchObject({ reference: '', p: '' });
  });
});

test('fronts are drawn where runs have them, beside the tickets of runs without', async () => {
  const front = [0.6, 0.8].map((sparsity) => ({
    sparsity,
    trainAccuracy: 1.5 - sparsity,
    testAccuracy: 0.9,
  }));
  const results = example();
  for (const { id, algorithm } of checked.cells) {
    if (algorithm === 'GA') results.set(id, succeeded({ front, seconds: 2, testAccuracy: 0.9 }));
  }
  const found = summarize(checked, results);
  const page = (await renderPage(checked.sweep, found)).replace(/\u00a0/g, ' ');
  expect(page.match(/<figure id="fronts-[01]"/g)).toHaveLength(2);
  expect(page).toContain('GA 90.0 % at 80.0 %, rare mutants 94.0 % at 70.0 %.');
  expect(page).toContain('GA 5,000 evaluations, 2.0 s, $0.01; rare mutants 5,000 evaluations, 1.5 s, $0.01.');
  expect(tableMarkdown(checked.sweep, found).replace(/\u00a0/g, ' ')).toContain('| 5,000 ± 0 | 2 | $0.01 |');
  const fronts = rowsOf(frontsCsv(checked.sweep, found));
  expect(fronts).toHaveLength(6);
  expect(fronts[1]).toEqual({
    preset: 'moons-a',
    algorithm: 'GA',
    sparsity: '0.8',
    testAccuracyOfThreeQuarters: '0.9',
    testAccuracyOfHalf: '0.9',
    testAccuracyOfAQuarter: '0.9',
  });
  expect(rowsOf(frontsCsv(checked.sweep, summarize(checked, example())))).toEqual([]);
  // 0.8 · 0.9 for each run of GA; there is nothing to compare it with.
  const [ga, rare] = rowsOf(tableCsv(checked.sweep, found));
  expect(Number(ga?.frontAreaMean)).toBeCloseTo(0.72, 12);
  expect(rare).toMatchObject({ frontAreaMean: '', frontPairs: '' });
  // The table for programs is that of the same runs, however long they took.
  expect(tableCsv(checked.sweep, found)).not.toMatch(/seconds|dollars/);
  expect(await renderPage(checked.sweep, summarize(checked, example()))).not.toContain('id="fronts-0"');
});

test('nested tickets are compared at equal sizes, with the tickets of runs without one', async () => {
  const results = example();
  for (const { id, algorithm, seed, point } of checked.cells) {
    if (point.index > 0) continue;
    const nested = [0.5, 0.2, 0.1].map((keptShare) => ({
      keptShare,
      sparsity: 1 - keptShare,
      testAccuracy: 0.8 + keptShare / 10 + seed / 1_000,
    }));
    // 19 % of the weights stand for 20 %.
    results.set(id, succeeded(algorithm === 'GA' ? { nested } : { sparsity: 0.81, testAccuracy: 0.81 }));
  }
  const found = summarize(checked, results);
  const rows = rowsOf(sizesCsv(checked.sweep, found));
  expect(rows.map(({ preset, keptShare, algorithm, n }) => [preset, keptShare, algorithm, n])).toEqual([
    ['moons-a', '0.5', 'GA', '5'],
    ['moons-a', '0.2', 'GA', '5'],
    ['moons-a', '0.2', 'rare mutants', '5'],
    ['moons-a', '0.1', 'GA', '5'],
  ]);
  expect(Number(rows[1]?.testAccuracyMean)).toBeCloseTo(0.822, 12);
  expect(rows[1]).toMatchObject({ reference: '', p: '' });
  expect(rows[2]).toMatchObject({ reference: 'GA', pairs: '5', p: '0.0625', pHolm: '0.0625' });
  expect(Number(rows[2]?.difference)).toBeCloseTo(-0.012, 12);
  expect(tableMarkdown(checked.sweep, found)).toContain('## At equal sizes');
  const page = await renderPage(checked.sweep, found);
  expect(page).toContain('<figure id="sizes-0"');
  expect(page).not.toContain('<figure id="sizes-1"');
  expect(rowsOf(sizesCsv(checked.sweep, summarize(checked, example())))).toEqual([]);
});

test('areas under fronts are compared in pairs', () => {
  const results = example();
  for (const { id, seed, algorithm } of checked.cells) {
    const sparsest = algorithm === 'GA' ? 0.8 : 0.9 + seed / 100;
    const front = [0.5, sparsest].map((sparsity) => ({ sparsity, trainAccuracy: 1, testAccuracy: 0.5 }));
    results.set(id, succeeded({ front }));
  }
  const [, rare] = rowsOf(tableCsv(checked.sweep, summarize(checked, results)));
  expect(Number(rare?.frontDifference)).toBeCloseTo(0.06, 12);
  expect(rare).toMatchObject({
    frontPairs: '5',
    frontRankBiserial: '1',
    frontP: '0.0625',
    frontPHolm: '0.125',
  });
});

test('tickets beside planted ones', () => {
  const planted = { keptWeights: 10, trainAccuracy: 0.93, testAccuracy: 0.9, shared: 4 };
  const results = new Map(
    checked.cells.map(({ id, seed }) => {
      const trainAccuracy = seed < 2 ? 0.92 : 0.93;
      return [id, succeeded({ planted, keptWeights: 15, trainAccuracy, testAccuracy: 0.88 })] as const;
    }),
  );
  const found = summarize(checked, results);
  const [row] = rowsOf(tableCsv(checked.sweep, found));
  expect(Number(row?.plantedGapMean)).toBeCloseTo(-0.02, 12);
  expect(row).toMatchObject({ plantedReached: '3', plantedSharedMean: '0.4', plantedSizeMean: '1.5' });
  expect(tableMarkdown(checked.sweep, found)).toContain('| −2.00 | 3 | 40 % | 1.50 × |');
  expect(rowsOf(runsCsv(checked.sweep, found.runs))[0]).toMatchObject({
    sharedWeights: '4',
    keptWeights: '15',
  });
});

test('the page escapes names, needs no network, and draws every grid point', async () => {
  const history = 'generation,evaluations,bestAccuracy,bestLoss\n0,100,0.8,\n1,150,0.85,\n2,210,0.9,\n';
  const results = await withHistories(checked.sweep, summarize(checked, example()), async () => history);
  const page = await renderPage(checked.sweep, results);
  expect(page).toContain('<h1>a | &lt;study&gt;</h1>');
  expect(page).not.toMatch(/<script|(?:src|href)="https?:/);
  expect(page.match(/<figure id="(accuracy|sparsity|accuracy-(curves|seconds|dollars))-[01]"/g)).toHaveLength(
    10,
  );
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('algorithms may have the names of JavaScript’s own, and wide letters', async () => {
  const algorithms = ['constructor', '__proto__', '名'.repeat(40)].map((name) => ({ name }));
  const named = parseSweep({ base: { preset: 'moons-a' }, algorithms, seeds: 2 });
  const results = new Map(named.cells.map(({ id }) => [id, succeeded()]));
  const page = await renderPage(named.sweep, summarize(named, results));
  const [, boxes = ''] = /<figure id="accuracy-0">(.*?)<\/figure>/s.exec(page) ?? [];
  for (const label of ['constructor', '__proto__', `${'名'.repeat(17)}…`])
    expect(boxes).toContain(`>${label}</text>`);
});

test('names that others chose are no formulas, no HTML and no terminal codes in the tables', () => {
  const hostile = parseSweep({
    name: '<img src=x onerror=alert(1)>\u001b[2J',
    base: { preset: 'moons-a' },
    algorithms: [{ name: '=HYPERLINK("http://x")' }, { name: '@SUM(1|2)' }],
    grid: { 'search.mutation.rate': [0.1] },
    seeds: 2,
  });
  const results = new Map<string, CellResult>(
    hostile.cells.map(({ id }) => [id, { status: 'failed', error: '-1+cmd' }]),
  );
  const summarized = summarize(hostile, results);
  const [row] = rowsOf(runsCsv(hostile.sweep, summarized.runs));
  expect(row).toMatchObject({
    algorithm: '\'=HYPERLINK("http://x")',
    error: "'-1+cmd",
    'search.mutation.rate': '0.1',
  });
  const [first] = rowsOf(tableCsv(hostile.sweep, summarized));
  expect(first).toMatchObject({ algorithm: '\'=HYPERLINK("http://x")', failed: '2' });
  expect(tableMarkdown(hostile.sweep, summarized)).toMatch(
    /^# \\<img src=x onerror=alert\(1\)>\\\\u001b\[2J\n/,
  );
});

test('notes below the tables escape names, too', async () => {
  const image = '<img src=x>';
  const compared = parseSweep({
    base: { preset: 'moons-a' },
    algorithms: [{ name: image }, { name: 'GA' }],
    seeds: 2,
  });
  const history = async () => 'evaluations,bestAccuracy\n100,0.9\n';
  const found = summarize(compared, new Map(compared.cells.map(({ id }) => [id, succeeded()])));
  const markdown = tableMarkdown(compared.sweep, await withHistories(compared.sweep, found, history));
  expect(markdown).toContain(`as that of \\${image} was`);
  expect(markdown).not.toMatch(/[^\\]<img/);
});
