/** Damaged individuals and scores are named and never become a fitness, however well formed their file is. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NOTHING_SPENT } from '../../lib/cost/usage.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../lib/data/safetensors.ts';
import { sourceOpener } from '../../lib/places/sources.ts';
import { openFinishedRun } from '../../lib/runs/finished-run.ts';
import { decodeBrood, decodeSurvivors, encodeBrood, encodeSurvivors } from '../../lib/runs/individuals.ts';
import { lastCompleteState } from '../../lib/runs/resumption.ts';
import { openRun } from '../../lib/runs/run.ts';
import { decodeScores, encodeScores, fingerprint } from '../../lib/runs/scores.ts';
import { pack, packGenomes } from '../../lib/search/genome.ts';
import { evaluated } from '../../lib/search/individual.ts';
import { FolderStore } from '../../lib/store/folder.ts';
import * as keys from '../../lib/store/keys.ts';
import { finalize, prepare, search } from '../lambdas/invoke.ts';
import { placeOf, SMALL_SPEC, temporaryFolder } from '../steps/small-run.ts';

const BITS = 12;
const genomes = [0, 1, 2].map((kept) => pack(Array.from({ length: BITS }, (_, bit) => Number(bit === kept))));
const survivors = genomes.map((genome, id) =>
  evaluated({ id, genome, origin: 'mutation', born: 3 }, { correct: 7, loss: 0.5, macroAverage: 0.25 }, BITS),
);

/** The file with some of its tensors changed. */
function changed(file: Uint8Array, change: Readonly<Record<string, (tensor: Tensor) => Tensor>>): Uint8Array {
  const entries = [...decodeSafetensors(file, 'file')].map(
    ([name, tensor]) => [name, change[name]?.(tensor) ?? tensor] as const,
  );
  return encodeSafetensors(Object.fromEntries(entries));
}

const shorter = ({ data }: Tensor): Tensor => ({ shape: [data.length - 1], data: data.slice(0, -1) });

describe('survivors', () => {
  const file = encodeSurvivors(survivors, BITS);

  test('come back as they were written', () => {
    expect(decodeSurvivors(file, BITS, 'survivors')).toEqual(survivors);
  });

  test.each(['id', 'born', 'origin', 'correct', 'loss', 'macroAverage'])('with too few of %s', (name) => {
    expect(() => decodeSurvivors(changed(file, { [name]: shorter }), BITS, 'survivors')).toThrow(
      expect.objectContaining({
        name: 'DamagedArtifact',
        message: `survivors: damaged: tensor '${name}' has 2 values, expected 3`,
      }),
    );
  });

  test('of an origin that there is not', () => {
    const origin = () => ({ shape: [3], data: Uint8Array.of(0, 99, 1) });
    expect(() => decodeSurvivors(changed(file, { origin }), BITS, 'survivors')).toThrow(
      expect.objectContaining({
        name: 'DamagedArtifact',
        message: "survivors: damaged: tensor 'origin' holds 99, expected 0 to 5",
      }),
    );
  });
});

test('offspring with too few origins are damaged', () => {
  const masks = packGenomes(genomes, BITS);
  const origins = survivors.map(({ origin }) => origin);
  const file = encodeBrood({ masks, sources: Int32Array.of(0, 1, 2), origins });
  expect(decodeBrood(file, BITS, 'offspring').origins).toEqual(['mutation', 'mutation', 'mutation']);
  expect(() => decodeBrood(changed(file, { origin: shorter }), BITS, 'offspring')).toThrow(
    "offspring: damaged: tensor 'origin' has 2 values, expected 3",
  );
});

describe('scores', () => {
  const chunk = {
    start: 0,
    scores: {
      correct: Uint32Array.of(5, 6),
      loss: Float64Array.of(1, 2),
      macroAverage: Float64Array.of(0.5, Number.NaN),
    },
    fingerprints: genomes.slice(0, 2).map(fingerprint),
    milliseconds: 3,
    spent: { ...NOTHING_SPENT, requests: 1, gets: 2 },
  };
  const file = encodeScores(chunk);

  test('come back as they were written', () => {
    expect(decodeScores(file, 'scores')).toEqual(chunk);
  });

  test.each(['loss', 'macroAverage', 'fingerprint', 'start', 'milliseconds', 'spent'])(
    'with too few of %s',
    (name) => {
      expect(() => decodeScores(changed(file, { [name]: shorter }), 'scores')).toThrow(
        expect.objectContaining({ name: 'DamagedArtifact', message: expect.stringContaining(`'${name}'`) }),
      );
    },
  );
});

describe('the last survivors, one bit of whom has changed', () => {
  async function damagedRun(until?: number) {
    const folder = await temporaryFolder();
    const state = await search(await prepare({ ...SMALL_SPEC, run: placeOf(folder) }), { until });
    const key = keys.survivorsOf(until === undefined ? state.generation : until - 1);
    const damage = async () => {
      const bytes = await readFile(join(folder, key));
      const last = bytes.length - 1;
      bytes[last] = (bytes[last] ?? 0) ^ 8;
      await writeFile(join(folder, key), bytes);
    };
    const store = new FolderStore(placeOf(folder));
    const error = {
      name: 'DamagedArtifact',
      message: expect.stringMatching(new RegExp(`${key}: damaged: its \\d+ bytes have SHA-256 `)),
    };
    return { state, damage, store, error };
  }

  test('make no ticket', async () => {
    const { state, damage, error } = await damagedRun();
    await damage();
    await expect(finalize(state)).rejects.toMatchObject(error);
  });

  test('make no report of a run that is not over', async () => {
    const { damage, store, error } = await damagedRun(2);
    await damage();
    await expect(finalize(await lastCompleteState(await openRun(store)))).rejects.toMatchObject(error);
  });

  test.each([keys.generationFolder(4), keys.endOf(4)])(
    'make no report of a run that is over, and whose %s is gone',
    async (gone) => {
      const { state, store } = await damagedRun();
      await finalize(state);
      await store.deletePrefix(gone);
      await expect(lastCompleteState(await openRun(store))).rejects.toMatchObject({
        name: 'DamagedArtifact',
        message: `${store.uri}${keys.endOf(4)}: is missing or damaged, and the run is over; restore the file, or start the run anew in another folder`,
      });
    },
  );

  test('are not counted around a finished ticket', async () => {
    const { state, damage, store, error } = await damagedRun();
    await finalize(state);
    expect((await openFinishedRun(store, 'run', sourceOpener())).population).toHaveLength(12);
    await damage();
    await expect(openFinishedRun(store, 'run', sourceOpener())).rejects.toMatchObject(error);
  });
});
