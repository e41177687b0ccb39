import { expect, test } from 'vitest';
import type { RunRow } from '../../lib/serve/messages.ts';
import { filtered, NO_FILTERS, sorted } from '../../lib/serve/page/order.ts';

const ROW: RunRow = {
  name: '',
  kind: 'run',
  state: 'done',
  problem: null,
  worker: null,
  sweep: null,
  task: 'moons-a',
  algorithm: 'sltn-ga',
  seed: 0,
  testAccuracy: null,
  sparsity: null,
  generation: null,
  cells: null,
  changed: 0,
  bytes: 0,
};
const RUNS = [
  { ...ROW, name: 'run-10', testAccuracy: 0.9, changed: 3 },
  { ...ROW, name: 'run-9', testAccuracy: 0.8, changed: 1, state: 'running' as const },
  { ...ROW, name: 'other', changed: 2, algorithm: 'pbil' },
];
const names = (runs: readonly RunRow[]) => runs.map(({ name }) => name);

test('numbers in names count, the newest are first by age, what is missing comes last', () => {
  expect(names(sorted(RUNS, 'name', false))).toEqual(['other', 'run-9', 'run-10']);
  expect(names(sorted(RUNS, 'changed', false))).toEqual(['run-10', 'other', 'run-9']);
  expect(names(sorted(RUNS, 'testAccuracy', true))).toEqual(['run-10', 'run-9', 'other']);
  expect(names(sorted(RUNS, 'testAccuracy', false))).toEqual(['run-9', 'run-10', 'other']);
});

test('filters hold together; a name is found by any part of it', () => {
  expect(names(filtered(RUNS, NO_FILTERS))).toHaveLength(3);
  expect(names(filtered(RUNS, { ...NO_FILTERS, name: ' RUN ' }))).toEqual(['run-10', 'run-9']);
  expect(names(filtered(RUNS, { ...NO_FILTERS, name: 'run', state: 'running' }))).toEqual(['run-9']);
  expect(filtered(RUNS, { ...NO_FILTERS, algorithm: 'pbil', task: 'digits' })).toEqual([]);
});
