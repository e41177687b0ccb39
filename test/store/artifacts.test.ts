import { describe, expect, test } from 'vitest';
import * as artifacts from '../../lib/store/artifacts.ts';
import * as keys from '../../lib/store/keys.ts';

const { RUN_ARTIFACTS, SWEEP_ARTIFACTS } = artifacts;

/** The rows that a key belongs to. */
function rowsOf(key: string, rows: object): string[] {
  const pattern = (row: string) => new RegExp(`^${row.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
  return Object.keys(rows).filter((row) => pattern(row).test(key));
}

describe('every key of an artifact has one row', () => {
  test.each([
    ['stateOf', keys.stateOf(7), keys.stateOf(7, 2)],
    ['offspringOf', keys.offspringOf(7), keys.offspringOf(7, 2)],
    ['memoryOf', keys.memoryOf(7), keys.memoryOf(7, 2)],
    ['scoresOf', keys.scoresOf(7, 1), keys.scoresOf(7, 1, 2)],
    ['the rest of a run', ...Object.values(keys).filter((key) => /^[\w./-]+\.\w+$/.test(String(key)))],
    ['refusalOf', keys.refusalOf(7, 1), keys.refusalOf(7, 1, 2)],
    ['survivorsOf', keys.survivorsOf(7)],
    ['endOf', keys.endOf(7)],
    ['historySegmentOf', keys.historySegmentOf(7)],
    ['roundOf', keys.roundOf(7)],
    ['failureOf', keys.failureOf('execution', 'seed-1')],
  ])('%s', (_name, ...found) => {
    for (const key of found) {
      const rows = [...rowsOf(String(key), RUN_ARTIFACTS), ...rowsOf(String(key), SWEEP_ARTIFACTS)];
      expect(rows, String(key)).toHaveLength(1);
    }
  });
});

test('generations expire; what a finished run is made of, and a long history, do not', () => {
  expect([keys.stateOf(3), keys.memoryOf(3), keys.scoresOf(3, 0)].map(artifacts.expires)).toEqual([
    true,
    true,
    true,
  ]);
  const kept = [keys.TICKET, keys.SPEC, keys.TRAIN, keys.historySegmentOf(3)];
  expect(kept.some(artifacts.expires)).toBe(false);
});

test('what a state writes and deletes comes from the rows, folders as one pattern', () => {
  expect(artifacts.patternsOf('Select', RUN_ARTIFACTS, ['runs/*/'])).toEqual({
    writes: ['runs/*/generations/*', 'runs/*/history/*'],
    tags: ['runs/*/generations/*'],
    deletes: ['runs/*/generations/*'],
  });
  expect(artifacts.patternsOf('Note', SWEEP_ARTIFACTS, [''])).toEqual({
    writes: ['failures/*'],
    tags: [],
    deletes: [],
  });
});

test('PUTs are those of the rows that a run has', () => {
  const row = (state: string, ...parts: Parameters<typeof artifacts.putsOf>[1]) =>
    artifacts.putsOf(state, parts);
  expect([
    row('Prepare', 'search'),
    row('Prepare', 'search', 'validation'),
    row('Prepare', 'training'),
  ]).toEqual([8, 9, 7]);
  expect([row('Evaluate', 'search'), row('Select', 'search'), row('Train', 'training')]).toEqual([1, 4, 2]);
  expect(row('Finalize')).toBe(6);
});
