/** A chunk that cannot be evaluated, and whose Map would not tell why: Select does. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as keys from '../../lib/store/keys.ts';
import { evaluate, invoke, prepare, select } from '../lambdas/invoke.ts';
import { placeOf, SMALL_SPEC, temporaryFolder } from '../steps/small-run.ts';

const chunkOf = ({ run, manifest, generation, round, chunkSize }: Awaited<ReturnType<typeof prepare>>) => ({
  run,
  manifest,
  generation,
  round,
  chunkSize,
  chunk: 0,
});

test.each([keys.MANIFEST, keys.TRAIN])(
  '%s is damaged: noted, told by Select, and over once it is mended',
  async (key) => {
    const folder = await temporaryFolder();
    const state = await prepare({ ...SMALL_SPEC, seed: key.length, run: placeOf(folder) });
    const good = await readFile(join(folder, key));
    await writeFile(join(folder, key), good.subarray(0, good.length >> 1));
    const error = await invoke('evaluate', chunkOf(state)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'DamagedArtifact', message: expect.stringContaining(key) });

    expect(await invoke('evaluate', { ...chunkOf(state), noteRefusal: true })).toEqual({});
    await writeFile(join(folder, key), good);
    const { message } = error instanceof Error ? error : new Error();
    await expect(select(state)).rejects.toMatchObject({ name: 'DamagedArtifact', message });

    await evaluate(state);
    expect(await select(state)).toMatchObject({ generation: 1 });
  },
);

test('an error that passes is thrown, for the Map to try again', async () => {
  const folder = await temporaryFolder();
  const state = await prepare({ ...SMALL_SPEC, run: placeOf(folder) });
  const event = { ...chunkOf(state), chunkSize: 'many', noteRefusal: true };
  await expect(invoke('evaluate', event)).rejects.toMatchObject({ name: 'InvalidEvent' });
  await expect(readFile(join(folder, keys.refusalOf(0, 0)))).rejects.toThrow('ENOENT');
});
