import { expect, test } from 'vitest';
import { type ComparedRun, compareRuns, intervalOf } from '../../lib/comparison/comparison.ts';
import { renderComparison } from '../../lib/comparison/page.ts';
import { differenceRows, figureNotes, figureRows, overlapRows } from '../../lib/comparison/tables.ts';
import { pack } from '../../lib/search/genome.ts';
import { exampleInput } from '../report/example.ts';

const { summary } = exampleInput();

function run(name: string, changes: Partial<ComparedRun> = {}): ComparedRun {
  const spec = { algorithm: 'sltn-ga', seed: 1, task: { dataset: 'moons' }, search: { population: 100 } };
  return { name, state: 'done', spec, summary, ...changes };
}

const ticket = (bits: readonly number[], network = 'same') => ({
  network,
  mask: pack(Uint8Array.from(bits)),
  bits: bits.length,
});

test('masks over the same weights overlap in what both keep, of what either keeps', () => {
  const { overlaps, otherWeights } = compareRuns([
    run('a', { ticket: ticket([1, 1, 1, 1, 0, 0, 0, 0, 0, 0]) }),
    run('b', { ticket: ticket([0, 0, 1, 1, 1, 0, 0, 0, 0, 1]) }),
    run('other', { ticket: ticket([1, 1, 1, 1, 0, 0, 0, 0, 0, 0], 'other') }),
    run('trained'),
  ]);
  // 2 of 4 + 4 - 2; by chance 4 × 4 / 10 = 1.6 of them.
  expect(overlaps).toEqual([{ runs: ['a', 'b'], both: 2, jaccard: 2 / 6, expected: 1.6 / 6.4 }]);
  expect(otherWeights).toBe(2);
  const empty = compareRuns(['a', 'b'].map((name) => run(name, { ticket: ticket([0, 0, 0]) })));
  expect(empty.overlaps[0]).toMatchObject({ both: 0, jaccard: null, expected: null });
  expect(overlapRows(empty)).toEqual([['a, b', '0', '–', '–']]);
});

test('specs differ in fields, not in what changes no result or is ignored', () => {
  const other = {
    algorithm: 'sltn-ga',
    seed: 2,
    task: { dataset: 'moons' },
    search: { population: 50, start: { strategy: 'dense' } },
    evaluation: { maxConcurrency: 3 },
    annealing: { flips: 10 },
  };
  const comparison = compareRuns([run('a'), run('b', { spec: other })]);
  expect(differenceRows(comparison)).toEqual([
    ['seed', '1', '2'],
    ['search.population', '100', '50'],
    ['search.start.strategy', '–', 'dense'],
  ]);
  expect(comparison.sameTask).toBe(true);
  expect(
    compareRuns([run('a'), run('b', { spec: { ...other, task: { dataset: 'circles' } } })]).sameTask,
  ).toBe(false);
  // The same data in another place.
  const ofFile = (train: string, sha256: string) => {
    const task = { dataset: 'files', train, label: 'y', found: { features: 2, sha256: { train: sha256 } } };
    return run(train, { spec: { ...other, task } });
  };
  const sameTask = (...runs: ComparedRun[]) => compareRuns(runs).sameTask;
  expect(sameTask(ofFile('/a.csv', 'one'), ofFile('/b.csv', 'one'))).toBe(true);
  expect(sameTask(ofFile('/a.csv', 'one'), ofFile('/a.csv', 'other'))).toBe(false);
});

test('a training that its epoch limit cut short is named', () => {
  const ended = (stopReason: 'max-epochs' | 'early-stopping') => ({ summary: { ...summary, stopReason } });
  const comparison = compareRuns([
    run('a'),
    run('b', ended('max-epochs')),
    run('c', ended('early-stopping')),
  ]);
  expect(figureNotes(comparison)).toEqual([
    'Training ended at its epoch limit: b. With more epochs (--epochs) it may become more accurate.',
  ]);
});

test('figures side by side, of a run that is not finished none', () => {
  const flips = run('b', { summary: { ...summary, flips: 4_200 } });
  const { summary: _, ...unfinished } = run('c', { state: 'stopped' });
  const rows = new Map(
    figureRows(compareRuns([run('a'), flips, unfinished])).map(([label, ...texts]) => [label, texts]),
  );
  expect(rows.get('state')).toEqual(['done', 'done', 'stopped']);
  expect(rows.get('test accuracy')).toEqual(['98.78 %', '98.78 %', '–']);
  expect(rows.get('95 % interval')).toEqual(['98.60 % to 98.94 %', '98.60 % to 98.94 %', '–']);
  expect(rows.get('flips')).toEqual(['–', '4,200', '–']);
  expect(rows.get('stopped by')).toEqual(['stagnation', 'stagnation', '–']);
  expect(intervalOf(unfinished)).toBeNull();
  expect(figureRows(compareRuns([run('a'), run('b')])).map(([label]) => label)).not.toContain('flips');
});

test('the page overlays the curves, and names are no markup', async () => {
  const history = 'generation,evaluations,bestAccuracy\n0,10,0.5\n1,20,0.7\n2,40,0.9\n';
  const page = await renderComparison(
    compareRuns([
      run('<b>one', { history }),
      run('two', { history, spec: { task: { train: '"><script>' } } }),
    ]),
  );
  expect(page).toContain('&lt;b&gt;one');
  expect(page).not.toMatch(/<b>|<script/);
  expect(page.match(/<figure id="([^"]+)"/g)).toEqual([
    '<figure id="accuracy-curves-runs"',
    '<figure id="sparsity-runs"',
  ]);
  for (const color of ['--class-0', '--class-1']) expect(page).toContain(`stroke="var(${color})"`);
});
