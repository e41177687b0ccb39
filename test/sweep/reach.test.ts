/** How soon a search is as fit as another, from their histories. */
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import { parseSweep } from '../../lib/sweep/cells.ts';
import { type FitnessCurve, fitnessCurve } from '../../lib/sweep/fitness-curve.ts';
import { withHistories } from '../../lib/sweep/histories.ts';
import { parseHistory } from '../../lib/sweep/parsed-history.ts';
import { goalsOf, ratiosOf, reachOf } from '../../lib/sweep/reach.ts';
import { reachCsv, reachDocument } from '../../lib/sweep/reach-tables.ts';
import { tableMarkdown } from '../../lib/sweep/readable-tables.ts';
import { summarize } from '../../lib/sweep/results.ts';
import { succeeded } from './summaries.ts';

/** Rows of evaluations and accuracy. */
const history = (rows: readonly (readonly [evaluations: number, accuracy: number])[], loss = '') =>
  `generation,evaluations,bestAccuracy,bestLoss\n${rows.map(([work, value], index) => `${index},${work},${value},${loss}\n`).join('')}`;

function curveOf(text: string, objective: 'accuracy' | 'cross-entropy' = 'accuracy') {
  const curve = fitnessCurve(parseHistory(text), { objective });
  if (!curve) throw new Error('it is of a search');
  return curve;
}

/** At the end of the reference, and after half of its work. */
const ratios = (own: FitnessCurve, reference: FitnessCurve) =>
  ratiosOf(own, goalsOf(reference)).map(({ ratio }) => ratio);

const COLD = history([
  [100, 0.7],
  [200, 0.7],
  [300, 0.8],
  [400, 0.9],
  [800, 0.9],
]);

describe('of two curves', () => {
  const cold = curveOf(COLD);

  test('work until as fit as the other was at its end, which it was long before it ended', () => {
    const warm = curveOf(
      history([
        [100, 0.8],
        [200, 0.9],
      ]),
    );
    // After half of its 800 evaluations it was at 0.9, too.
    expect(ratios(warm, cold)).toEqual([0.5, 0.5]);
    expect(ratios(cold, cold)).toEqual([1, 1]);
    expect(ratios(curveOf(history([[500, 0.89]])), cold)[0]).toBe(Number.POSITIVE_INFINITY);
  });

  test('by loss, and by cost and flips', () => {
    const one = curveOf('evaluations,bestAccuracy,bestLoss\n100,0.9,0.5\n200,0.8,0.4\n', 'cross-entropy');
    const two = curveOf('evaluations,bestAccuracy,bestLoss\n100,0.1,0.4\n', 'cross-entropy');
    expect(ratios(two, one)[0]).toBe(0.5);
    const flips = 'evaluations,flips,bestCost,bestAccuracy,bestLoss\n';
    const [slow, fast] = [
      curveOf(`${flips}100,0,0.9,0.5,\n100,900,0.2,0.9,\n`),
      curveOf(`${flips}100,400,0.2,0.9,\n`),
    ];
    expect(ratios(fast, slow)[0]).toBe(0.5);
    expect(ratios(fast, one)).toEqual([]);
    // Where the data decided on the objective, losses are there or not.
    const found = (text: string, search: Parameters<typeof fitnessCurve>[1] = {}) =>
      fitnessCurve(parseHistory(text), search);
    expect(found(COLD)?.figure).toBe('bestAccuracy');
    expect(found(history([[100, 0.7]], '0.6'))?.figure).toBe('bestLoss');
    expect(found('epoch,trainAccuracy\n0,0.9\n', { objective: 'accuracy' })).toBeUndefined();
    expect(found(COLD, { objective: 'own' })).toBeUndefined();
    expect(found(COLD, { constraints: { equalOpportunity: { atMost: 0.1 } } })).toBeUndefined();
  });
});

test('costs at other prices of weights, and averages of other kinds, are not compared', async () => {
  const reachOf = async (algorithms: readonly object[], text: string) => {
    const checked = parseSweep({ base: { preset: 'moons-a' }, algorithms, seeds: 2 });
    const summarized = summarize(checked, new Map(checked.cells.map(({ id }) => [id, succeeded()])));
    const { reach } = await withHistories(checked.sweep, summarized, async () => text);
    return new Set(reach.map(({ algorithm }) => algorithm));
  };
  const flips = 'evaluations,flips,bestCost,bestAccuracy,bestLoss\n100,0,0.9,0.5,\n100,900,0.2,0.9,\n';
  const at = (lambda: number) => ({
    name: `at ${lambda}`,
    spec: { algorithm: 'annealing', annealing: { lambda } },
  });
  const usual = { name: 'usual', spec: { algorithm: 'annealing' } };
  // 0.2 is the default for accuracy.
  expect(await reachOf([usual, at(0.2), at(12)], flips)).toEqual(new Set(['at 0.2']));
  const averages = 'evaluations,bestAccuracy,bestMacroAverage\n100,0.9,0.5\n';
  const by = (objective: string, name = objective) => ({ name, spec: { search: { objective } } });
  expect(await reachOf([by('macro-f1'), by('balanced-accuracy'), by('macro-f1', 'same')], averages)).toEqual(
    new Set(['same']),
  );
});

test('over seeds and grid points: medians, what was never reached, and each seed once over all', async () => {
  const checked = parseSweep({
    grid: { preset: ['moons-a', 'moons-b'] },
    algorithms: [{ name: 'cold' }, { name: 'warm', spec: { search: { mutation: { rate: 0.2 } } } }],
    seeds: 3,
  });
  const summarized = summarize(checked, new Map(checked.cells.map(({ id }) => [id, succeeded()])));
  // At moons-a after 100, 200 and 300 evaluations of 400; at moons-b after 200, 400 and never.
  const historyOf = (id: string) => {
    const [, preset, name, seed] = /moons-([ab])_(\w+)_seed-(\d)/.exec(id) ?? [];
    if (name === 'cold') return COLD;
    const until = (Number(seed) + 1) * (preset === 'a' ? 100 : 200);
    return history([[until, until === 600 ? 0.85 : 0.9]]);
  };
  const results = await withHistories(checked.sweep, summarized, async ({ id }) => historyOf(id));
  const rows = Papa.parse<Record<string, string>>(reachCsv(checked.sweep, results.reach), {
    header: true,
    skipEmptyLines: true,
  }).data.filter(({ target }) => target === 'end');
  expect(
    rows.map((row) => [row.preset, row.algorithm, row.pairs, row.reached, row.ratioMedian, row.unit]),
  ).toEqual([
    // Seeds: (0.25 + 0.5) / 2, (0.5 + 1) / 2, infinite.
    ['all', 'warm', '6', '5', '0.75', 'evaluations'],
    ['moons-a', 'warm', '3', '3', '0.5', 'evaluations'],
    ['moons-b', 'warm', '3', '2', '1', 'evaluations'],
  ]);
  // Of moons-b, a half, level and never: ln 0.5 is the smaller of the two that are not zero.
  expect(rows[2]).toMatchObject({ rankBiserial: String(1 / 3), p: '1' });
  const markdown = tableMarkdown(checked.sweep, results);
  expect(markdown).toContain('## Evaluations until as fit as cold\n');
  expect(markdown).toContain('| moons-b | warm | at its end | 3 | 2 | 1.00 | – |');
  const epochs = 'epoch,trainAccuracy\n0,0.9\n';
  const training = await withHistories(checked.sweep, summarized, async () => epochs);
  expect(training.reach).toEqual([]);
});

test('as JSON a ratio that is infinite is a word, not nothing', () => {
  const point = parseSweep({ seeds: 1 }).cells[0]?.point;
  if (!point) throw new Error('a sweep has a cell');
  const ratios = [0.5, 2, ...Array<number>(4).fill(Number.POSITIVE_INFINITY)].map((ratio, seed) => {
    return { point, algorithm: 'warm', target: 'end', unit: 'flips', seed, ratio } as const;
  });
  const [row] = JSON.parse(JSON.stringify(reachDocument(reachOf('cold', ratios))));
  expect(row).toMatchObject({ pairs: 6, reached: 2, grid: {} });
  expect(row.ratio).toEqual({ median: 'Infinity', interval: [0.5, 'Infinity'] });
});
