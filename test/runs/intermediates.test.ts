/** What a finished run drops, and gets back. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sourceOpener } from '../../lib/places/sources.ts';
import { dropEarlierFront, dropIntermediates, restoreIntermediates } from '../../lib/runs/intermediates.ts';
import { FolderStore } from '../../lib/store/folder.ts';
import { run } from '../engine/runs.ts';
import { finalize, prepare } from '../lambdas/invoke.ts';
import { filesIn, placeOf, SMALL_DIGITS, temporaryFolder } from '../steps/small-run.ts';
import { trained } from '../steps/training-run.ts';

const INPUTS = ['data/test.safetensors', 'data/train.safetensors', 'model/weights.safetensors'];

test('data and weights come back as they were; the last population stays', async () => {
  const { folder } = await run(SMALL_DIGITS);
  const store = new FolderStore(placeOf(folder));
  const before = await Promise.all(INPUTS.map((key) => readFile(join(folder, key))));
  const files = await filesIn(folder);

  await dropIntermediates(store, { keepGenerations: true });
  expect(await filesIn(folder)).toEqual(files.filter((file) => !INPUTS.includes(file)));
  await dropIntermediates(store, { keepGenerations: false });
  await dropIntermediates(store, { keepGenerations: false });
  const dropped = files.filter((file) => INPUTS.includes(file) || file.startsWith('generations/000003/'));
  expect(await filesIn(folder)).toEqual(files.filter((file) => !dropped.includes(file)));
  expect(await filesIn(folder)).toContain('generations/000004/survivors.safetensors');

  await restoreIntermediates(store, sourceOpener());
  expect(await Promise.all(INPUTS.map((key) => readFile(join(folder, key))))).toEqual(before);
});

test('of a run that trains, the last checkpoint stays', async () => {
  const folder = await temporaryFolder();
  const spec = { ...SMALL_DIGITS, algorithm: 'backprop', backprop: { epochs: 3 }, run: placeOf(folder) };
  await finalize(await trained(await prepare(spec), 0));
  const files = await filesIn(folder);
  expect(files).toContain('generations/000002/memory.safetensors');
  await dropIntermediates(new FolderStore(placeOf(folder)), { keepGenerations: false });
  const left = await filesIn(folder);
  const isCheckpoint = (file: string) => file.startsWith('generations/');
  expect(left.filter(isCheckpoint)).toEqual([
    'generations/000003/end.json',
    'generations/000003/memory.safetensors',
  ]);
  expect(left.filter((file) => !isCheckpoint(file))).toEqual(
    files.filter((file) => !isCheckpoint(file) && !INPUTS.includes(file)),
  );
});

test('of a drop that a kill cut short, what is gone comes back', async () => {
  const { folder } = await run(SMALL_DIGITS);
  const read = () => Promise.all(INPUTS.map((key) => readFile(join(folder, key))));
  const before = await read();
  for (const gone of [INPUTS.slice(0, 1), INPUTS.slice(1)]) {
    for (const key of gone) await rm(join(folder, key));
    await restoreIntermediates(new FolderStore(placeOf(folder)), sourceOpener());
    expect(await read()).toEqual(before);
  }
});

test('what is damaged is not mended behind the back of who checks it', async () => {
  const { folder } = await run(SMALL_DIGITS);
  const store = new FolderStore(placeOf(folder));
  await rm(join(folder, 'model/weights.safetensors'));
  await writeFile(join(folder, 'data/test.safetensors'), 'damaged');
  await restoreIntermediates(store, sourceOpener());
  expect(await readFile(join(folder, 'data/test.safetensors'), 'utf8')).toBe('damaged');

  await dropIntermediates(store, { keepGenerations: false });
  const manifest = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'));
  manifest.checksums['data/train.safetensors'] = '0'.repeat(64);
  await writeFile(join(folder, 'run.json'), JSON.stringify(manifest));
  await expect(restoreIntermediates(store, sourceOpener())).rejects.toThrow(
    expect.objectContaining({ name: 'DamagedArtifact' }),
  );
  expect((await filesIn(folder)).filter((file) => INPUTS.includes(file))).toEqual([]);
});

test('of a front that was larger when the run was reported on, the tickets that the last one lacks go', async () => {
  const store = new FolderStore(placeOf(await temporaryFolder()));
  const files = ['1.onnx', '1.safetensors', '12.onnx', '12.safetensors', 'mine.onnx'].map(
    (name) => `front/${name}`,
  );
  for (const file of files) await store.put(file, '');
  await dropEarlierFront(store, { front: [{ file: 'front/1.onnx' }, { file: 'ticket.onnx' }] });
  expect(await store.list('front/')).toEqual(['front/1.onnx', 'front/1.safetensors', 'front/mine.onnx']);
});
