/** Runs and sweeps in an account that runs few Lambda functions at a time. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openFile } from '../../lib/base/file-source.ts';
import { prepare } from '../../lib/steps/prepare.ts';
import { FolderStore } from '../../lib/store/folder.ts';
import { roomFor, shareRoom } from '../../lib/workflow/concurrency.ts';
import { placeOf, SMALL_SPEC, temporaryFolder } from './small-run.ts';

async function prepared(functions: number | undefined, input: object = {}) {
  const folder = await temporaryFolder();
  let asked = 0;
  const state = await prepare(
    {
      input: { ...SMALL_SPEC, evaluation: { minChunkSeconds: 0 }, run: placeOf(folder), ...input },
      execution: 'a',
    },
    {
      ...{
        openStore: (uri: string) => new FolderStore(uri),
        openSource: openFile,
        runs: 'file:///',
        memory: 2e9,
      },
      now: Date.now,
      concurrency: async () => {
        asked++;
        return functions;
      },
    },
  );
  const { evaluation } = JSON.parse(await readFile(join(folder, 'spec.json'), 'utf8'));
  return { state, asked, maxConcurrency: evaluation.maxConcurrency };
}

describe('a run', () => {
  test.each([
    [10, 8, 6],
    [3, 1, 1],
    [1, 1, 1],
    [1_000, 40, 12],
    [undefined, 40, 12],
  ])('where the account runs %s functions', async (functions, maxConcurrency, chunks) => {
    const found = await prepared(functions);
    expect(found.maxConcurrency).toBe(maxConcurrency);
    expect(found.state.maxConcurrency).toBe(maxConcurrency);
    expect(found.state.chunks.length).toBe(chunks);
  });

  test('asks for less than there is room for', async () => {
    const evaluation = { minChunkSeconds: 0, maxConcurrency: 3 };
    expect(await prepared(10, { evaluation })).toMatchObject({ maxConcurrency: 3, asked: 1 });
  });

  test('is a cell of a sweep, which has shared out what there is', async () => {
    const input = { continuedBy: 'caller', AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn' };
    expect(await prepared(10, input)).toMatchObject({ maxConcurrency: 40, asked: 0 });
  });
});

test.each([
  [undefined, 20, { cells: 20, chunks: Number.POSITIVE_INFINITY }],
  [1_000, 20, { cells: 20, chunks: 49 }],
  [1_000, 200, { cells: 200, chunks: 4 }],
  [10, 20, { cells: 8, chunks: 1 }],
  [10, 3, { cells: 3, chunks: 2 }],
  [2, 20, { cells: 1, chunks: 1 }],
])('%s functions for %i cells at a time', (functions, cells, share) => {
  expect(shareRoom(roomFor(functions), cells)).toEqual(share);
});
