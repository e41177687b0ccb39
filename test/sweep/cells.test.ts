/** From a sweep spec to its cells. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSpec } from '../../lib/runspec/parser.ts';
import { gridPoints, gridText, parseSweep } from '../../lib/sweep/cells.ts';
import { sweepDocument } from '../../lib/sweep/schema.ts';

const SMALL = { base: { preset: 'moons-a' }, seeds: 2 };

describe('cells', () => {
  test('are grid points × algorithms × seeds, each with its complete spec', () => {
    const { sweep, cells } = parseSweep({
      base: { stop: { maxGenerations: 7 } },
      grid: { preset: ['moons-a', 'circles-d'], 'search.population': [20, 50] },
      algorithms: [
        { name: 'GA' },
        { name: 'GA (no migrants)', spec: { search: { migration: { rate: 0 } } } },
      ],
      seeds: { from: 5, count: 2 },
    });
    expect(sweep.reference).toBe('GA');
    expect(cells).toHaveLength(16);
    expect(cells.map(({ id }) => id).slice(0, 5)).toEqual([
      'moons-a_population-20_ga_seed-5',
      'moons-a_population-20_ga_seed-6',
      'moons-a_population-20_ga-no-migrants_seed-5',
      'moons-a_population-20_ga-no-migrants_seed-6',
      'moons-a_population-50_ga_seed-5',
    ]);
    expect(cells.at(-1)).toEqual({
      id: 'circles-d_population-50_ga-no-migrants_seed-6',
      point: {
        index: 3,
        id: 'circles-d_population-50',
        values: { preset: 'circles-d', 'search.population': 50 },
      },
      algorithm: 'GA (no migrants)',
      seed: 6,
      spec: parseSpec({
        preset: 'circles-d',
        seed: 6,
        search: { population: 50, migration: { rate: 0 } },
        stop: { maxGenerations: 7 },
      }),
    });
  });

  test('of a sweep over seeds alone are named by algorithm and seed', () => {
    expect(parseSweep(SMALL).cells.map(({ id }) => id)).toEqual(['sltn-ga_seed-0', 'sltn-ga_seed-1']);
    expect(parseSweep({ ...SMALL, seeds: [7, 3] }).cells.map(({ seed }) => seed)).toEqual([7, 3]);
  });

  test('keep their ids when seeds are added', () => {
    const idsOf = (seeds: number) =>
      parseSweep({ ...SMALL, grid: { 'search.population': [10, 20] }, seeds }).cells.map(({ id }) => id);
    expect(idsOf(9)).toEqual(expect.arrayContaining(idsOf(3)));
  });

  test('draw their data, too, with their seed where a sweep resamples', () => {
    const grid = { task: [{ train: '/here/a.csv' }, { train: '/there/b.csv', test: '/there/b-test.csv' }] };
    const { sweep, cells } = parseSweep({
      base: { network: { hidden: [5] } },
      grid,
      seeds: 2,
      resample: true,
    });
    expect(cells.map(({ id, spec }) => [id, spec.seed, spec.task.seed])).toEqual([
      ['task-a.csv_sltn-ga_seed-0', 0, 0],
      ['task-a.csv_sltn-ga_seed-1', 1, 1],
      ['task-b.csv_sltn-ga_seed-0', 0, 0],
      ['task-b.csv_sltn-ga_seed-1', 1, 1],
    ]);
    expect(gridPoints(sweep).map((point) => gridText(sweep, point, 'task'))).toEqual(['a.csv', 'b.csv']);
    expect(parseSweep(sweepDocument(sweep)).sweep).toEqual(sweep);
  });

  test('have ids that are unique and safe as file names, whatever the values', () => {
    const value = fc.oneof(fc.string(), fc.double(), fc.array(fc.nat()), fc.constant(null));
    const distinctValues = fc.uniqueArray(value, { minLength: 1, maxLength: 5, selector: JSON.stringify });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 4 }),
        fc.array(distinctValues),
        (fields, lists) => {
          const grid = fields.map((field, index) => ({ field, values: lists[index] ?? [1, 2, '1'] }));
          const ids = gridPoints({ grid }).map(({ id }) => id);
          expect(new Set(ids).size).toBe(ids.length);
          for (const id of ids) expect(id).toMatch(/^([a-z0-9.-]+(_[a-z0-9.-]+)*)?$/);
          expect(Math.max(...ids.map((id) => id.length))).toBeLessThanOrEqual(100);
        },
      ),
    );
  });
});

describe('a sweep that cannot be run', () => {
  const GA = { name: 'GA' };
  const cases: (readonly [sweep: unknown, message: string | RegExp])[] = [
    [[], 'sweep: found []; a sweep is a JSON object, such as {"base": {"preset": "moons-a"}, "seeds": 20}'],
    [
      { ...SMALL, sedes: 3 },
      'sedes: unknown key; did you mean seeds? known keys: name, base, grid, algorithms, seeds, resample, reference, budget, maxConcurrency',
    ],
    [
      { base: {} },
      'seeds: found nothing: expected how many seeds, such as 20, {"from": 0, "count": 20}, or a list of different seeds',
    ],
    ...[0, -1, 1.5, [], [1, 1], 'all', { from: 0 }, { from: 0, count: 0 }, { count: 2, till: 3 }, null].map(
      (seeds) => [{ ...SMALL, seeds }, /^seeds: found .*: expected how many seeds, such as 20,/] as const,
    ),
    [
      { ...SMALL, grid: {} },
      'grid: found {}: expected at least one spec field with its values; leave `grid` out for a sweep over seeds alone',
    ],
    [
      { ...SMALL, grid: { 'search.population': [] } },
      'grid.search.population: found [], expected at least 1 entry',
    ],
    [
      { ...SMALL, grid: { 'search.population': 20 } },
      'grid.search.population: found 20, expected a list in brackets',
    ],
    [
      { ...SMALL, grid: { 'search.population': [20, 30, 20] } },
      'grid["search.population"][2]: found 20, which is there already',
    ],
    [{ ...SMALL, grid: { seed: [1] } }, 'grid["seed"]: a sweep sets the seed: give the list in `seeds`'],
    [
      { ...SMALL, base: { task: { seed: 1 } }, resample: true },
      'base.task.seed: because of `resample`, the seeds set it: leave one of them out',
    ],
    [
      { ...SMALL, grid: { 'task.seed': [1, 2] }, resample: true },
      'grid["task.seed"]: because of `resample`, the seeds set it: leave one of them out',
    ],
    [
      { ...SMALL, grid: { task: [{ dataset: 'digits', seed: 3 }] }, resample: true },
      'grid["task"]: found a task with a seed; because of `resample`, the seeds set it: leave one of them out',
    ],
    [{ ...SMALL, base: { seed: 1 } }, 'base.seed: a sweep sets the seed: give the list in `seeds`'],
    [
      { ...SMALL, grid: { search: [{}], 'search.population': [20] } },
      'grid["search.population"]: is a part of "search", which the grid sets, too',
    ],
    [
      { ...SMALL, base: { search: 5 }, grid: { 'search.population': [20] } },
      'cell population-20_sltn-ga_seed-0: base.search: found 5, expected an object in braces',
    ],
    [{ ...SMALL, base: 5 }, 'base: found 5, expected an object in braces'],
    // What every object inherits is an unknown key like any other.
    [{ ...SMALL, grid: { 'constructor.x': [1] } }, /^cell x-1_sltn-ga_seed-0: constructor: unknown key; /],
    [
      { ...SMALL, grid: { 'search.toString.x': [1] } },
      /^cell x-1_sltn-ga_seed-0: search\.toString: unknown key; /,
    ],
    [
      { ...SMALL, base: { toString: {} }, grid: { 'search.valueOf': [1] } },
      /^cell valueof-1_sltn-ga_seed-0: /,
    ],
    [
      { ...SMALL, grid: { 'search.populaton': [20, 30] } },
      /^cell populaton-20_sltn-ga_seed-0 and 1 more like it: search\.populaton: unknown key; did you mean population\? known keys: objective, population, /,
    ],
    [
      { ...SMALL, grid: { 'search.population': [20, 1] } },
      'cell population-1_sltn-ga_seed-0: search.population: found 1, expected at least 2',
    ],
    [
      { ...SMALL, grid: { preset: ['moons-a', 'moons-x'] } },
      /^cell moons-x_sltn-ga_seed-0: preset: found "moons-x", which is not a preset; did you mean moons-/,
    ],
    [{ ...SMALL, algorithms: [] }, 'algorithms: found [], expected at least 1 entry'],
    [
      { ...SMALL, algorithms: [GA, GA] },
      'algorithms[1].name: found "GA", which another algorithm is called already',
    ],
    [
      { ...SMALL, algorithms: [{ ...GA, specs: {} }] },
      'algorithms[0].specs: unknown key; did you mean spec? known keys: name, spec, match',
    ],
    [
      { ...SMALL, algorithms: [{ ...GA, spec: { seed: 1 } }] },
      'algorithms[0].spec.seed: a sweep sets the seed: give the list in `seeds`',
    ],
    [
      { ...SMALL, algorithms: [GA, { name: 'B', match: {} }] },
      'algorithms[1].match: found {}: expected one of {"evaluations": NAME}, {"sparsity": NAME} and {"ticket": NAME}, where NAME is an algorithm of the sweep',
    ],
    [
      { ...SMALL, algorithms: [GA, { name: 'B', match: { evaluations: 'Ga' } }] },
      'algorithms[1].match.evaluations: found "Ga", which is not an algorithm of the sweep; did you mean "GA"? choose one of "GA"',
    ],
    [
      { ...SMALL, algorithms: [{ name: 'B', match: { evaluations: 'GA' } }, GA] },
      'algorithms[0].match.evaluations: found "GA", expected an algorithm that stands before this one',
    ],
    [
      { ...SMALL, algorithms: [GA, { name: 'B', match: { sparsity: 'GA' } }] },
      'cell b_seed-0: algorithm: found "sltn-ga", which cannot match the sparsity of another; choose one of edge-popup, magnitude-pruning, ac-dc, low-rank, lcs, biprop, iterand',
    ],
    [
      { ...SMALL, algorithms: [GA], reference: 'GB' },
      'reference: found "GB", which is not an algorithm of the sweep; did you mean "GA"? choose one of "GA"',
    ],
    [
      { ...SMALL, grid: { 'task.seed': Array.from({ length: 1001 }, (_, seed) => seed) }, seeds: 100 },
      'sweep: found 100,100 cells (1001 of task.seed × 1 algorithm × 100 seeds), expected at most 100,000: take fewer values or seeds, or make several sweeps of it',
    ],
    [{ ...SMALL, seeds: 1e15 }, /^sweep: found 1,000,000,000,000,000 cells/],
  ];
  test.each(cases)('%j', (sweep, message) => {
    expect(() => parseSweep(sweep)).toThrow(
      expect.objectContaining({
        name: 'InvalidSpec',
        message: typeof message === 'string' ? message : expect.stringMatching(message),
      }),
    );
  });
});
