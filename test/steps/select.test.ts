import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NOTHING_SPENT } from '../../lib/cost/usage.ts';
import {
  type ChunkScores,
  decodeScores,
  encodeScores,
  fingerprint,
  IncompleteGeneration,
  joinScores,
} from '../../lib/runs/scores.ts';
import { pack, packGenomes } from '../../lib/search/genome.ts';
import { FolderStore } from '../../lib/store/folder.ts';
import * as keys from '../../lib/store/keys.ts';
import { evaluate, evaluateChunk, prepare, search, select } from '../lambdas/invoke.ts';
import { placeOf, SMALL_SPEC, temporaryFolder } from './small-run.ts';

const genomes = ['100', '010', '001'].map((mask) => pack([...mask].map(Number)));
const masks = packGenomes(genomes, 3);

/** A chunk that scores individuals from `start` on with the given numbers of correct predictions. */
const chunk = (
  start: number,
  correct: number[],
  prints = genomes.slice(start).map(fingerprint),
): ChunkScores => ({
  start,
  scores: {
    correct: Uint32Array.from(correct),
    loss: Float64Array.from(correct, (one) => one / 2),
    macroAverage: Float64Array.from(correct, (one) => one / 8),
  },
  fingerprints: prints,
  milliseconds: 1,
  spent: NOTHING_SPENT,
});

test('scores of chunks in any order are put in place', () => {
  const joined = [
    { correct: 5, loss: 2.5, macroAverage: 0.625 },
    { correct: 6, loss: 3, macroAverage: 0.75 },
    { correct: 7, loss: 3.5, macroAverage: 0.875 },
  ];
  expect(joinScores(masks, [chunk(0, [5, 6]), chunk(2, [7])], 4)).toEqual(joined);
  expect(joinScores(masks, [chunk(2, [7]), chunk(0, [5, 6])], 4)).toEqual(joined);
});

test.each([
  ['the first is missing', [chunk(1, [6, 7])], 'individual 0 of 3 has no score'],
  ['the last is missing', [chunk(0, [5, 6])], 'individual 2 of 3 has no score'],
  ['one in the middle is missing', [chunk(0, [5]), chunk(2, [7])], 'individual 1 of 3 has no score'],
  ['all are missing', [], 'individual 0 of 3 has no score'],
  ['two chunks overlap', [chunk(0, [5, 6]), chunk(1, [6, 7])], 'individual 1 of 3 was scored twice'],
  ['a chunk came twice', [chunk(0, [5, 6, 7]), chunk(0, [5, 6, 7])], 'individual 0 of 3 was scored twice'],
  ['there is one too many', [chunk(0, [5, 6, 7, 8])], 'individual 3 of 3 was scored but never bred'],
  [
    'two were exchanged',
    [
      chunk(
        0,
        [5, 6, 7],
        [1, 0, 2].map((index) => fingerprint(genomes[index] ?? new Uint8Array())),
      ),
    ],
    'individual 0 of 3 has the score of another genome',
  ],
  [
    'fingerprints are missing',
    [chunk(0, [5, 6, 7], [])],
    'individual 0 of 3 has the score of another genome',
  ],
])('a generation is refused where %s', (_, chunks, message) => {
  expect(() => joinScores(masks, chunks, 4)).toThrow(new IncompleteGeneration(`generation 4: ${message}`));
});

test('the fingerprint of a genome is the beginning of its SHA-256', () => {
  expect(fingerprint(new Uint8Array())).toBe('e3b0c44298fc1c14');
  expect(fingerprint(Uint8Array.of(1))).not.toBe(fingerprint(Uint8Array.of(1, 0)));
});

/** A run whose second generation is ready to be evaluated. */
async function bredRun() {
  const folder = await temporaryFolder();
  const input = { ...SMALL_SPEC, keepGenerations: true, run: placeOf(folder) };
  const state = await search(await prepare(input), { until: 2 });
  expect(state.chunks.length).toBeGreaterThan(1);
  return { folder, state, store: new FolderStore(placeOf(folder)) };
}

test('a chunk that was never evaluated is noticed, and nothing is written', async () => {
  const { folder, state } = await bredRun();
  await evaluateChunk(state, 0);
  const error = {
    name: 'IncompleteGeneration',
    message: expect.stringMatching(/^generation 2: individual \d+ of \d+ has no score$/),
  };
  await expect(select(state)).rejects.toMatchObject(error);
  await expect(readFile(join(folder, keys.survivorsOf(2)))).rejects.toThrow('ENOENT');
});

test("another generation's scores are not this one's", async () => {
  const { state, store } = await bredRun();
  await evaluate(state);
  const old = decodeScores(await store.get(keys.scoresOf(1, 0)), 'old');
  await store.put(keys.scoresOf(2, 0), encodeScores(old));
  const error = {
    name: 'IncompleteGeneration',
    message: expect.stringContaining('generation 2: individual 0 '),
  };
  await expect(select(state)).rejects.toMatchObject(error);
});

test('scores that are cut short are damaged, and named', async () => {
  const { state, store } = await bredRun();
  await evaluate(state);
  const key = keys.scoresOf(2, 1);
  await store.put(key, (await store.get(key)).subarray(0, -1));
  const error = { name: 'DamagedArtifact', message: expect.stringContaining(key) };
  await expect(select(state)).rejects.toMatchObject(error);
});

test.each([
  ['the offspring', () => keys.offspringOf(2)],
  ['the parents', () => keys.survivorsOf(1)],
  ['the state', () => keys.stateOf(2)],
])('%s must be there, and as they were written', async (_, keyOf) => {
  const { folder, state, store } = await bredRun();
  await evaluate(state);
  const key = keyOf();
  await store.put(key, (await store.get(key)).subarray(0, -4));
  const error = {
    name: 'DamagedArtifact',
    message: expect.stringContaining(`${placeOf(folder)}${key}: damaged`),
  };
  await expect(select(state)).rejects.toMatchObject(error);
  await rm(join(folder, key));
  const missing = {
    ...error,
    message: `${placeOf(folder)}${key}: is missing, and the run cannot go on without it`,
  };
  await expect(select(state)).rejects.toMatchObject(missing);
});

test('scores of an earlier, finer fan-out do not disturb', async () => {
  const { state, store } = await bredRun();
  await evaluate(state);
  await store.put(keys.scoresOf(2, 99), encodeScores(chunk(0, [1, 2, 3])));
  await expect(select(state)).resolves.toMatchObject({ generation: 3 });
});
