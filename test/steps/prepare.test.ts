import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { claim } from '../../lib/runs/claim.ts';
import { FolderStore } from '../../lib/store/folder.ts';
import type { Store } from '../../lib/store/store.ts';
import { prepare } from '../lambdas/invoke.ts';
import { complete } from '../runspec/complete.ts';
import { contentOf, filesIn, placeOf, SMALL_SPEC, temporaryFolder } from './small-run.ts';

describe('a place that cannot be used', () => {
  test('holds another run', async () => {
    const folder = await temporaryFolder();
    await prepare({ ...SMALL_SPEC, run: placeOf(folder) });
    const before = await contentOf(folder);
    await expect(prepare({ ...SMALL_SPEC, seed: 1, run: placeOf(folder) })).rejects.toMatchObject({
      name: 'UnusableOutput',
      message: `${placeOf(folder)}: holds another run; choose another folder with --out, or continue that run with 'tombola resume'`,
    });
    expect(await contentOf(folder)).toEqual(before);
  });

  test('holds another run, or anything else, in the cloud', async () => {
    const store = new FolderStore(placeOf(await temporaryFolder()));
    const uri = 's3://bucket/runs/first/';
    const inCloud: Store = {
      uri,
      get: (key) => store.get(key),
      getRange: (key, start, end) => store.getRange(key, start, end),
      put: (key, bytes) => store.put(key, bytes),
      list: (prefix) => store.list(prefix),
      deletePrefix: (prefix) => store.deletePrefix(prefix),
    };
    await store.put('notes.txt', '');
    await expect(claim(inCloud, complete({}), '{}')).rejects.toThrow(
      `${uri}: is not empty (it holds notes.txt); give the run another name`,
    );
    await store.put('spec.json', '{}');
    await expect(claim(inCloud, complete({}), '{}')).rejects.toThrow(
      `${uri}: holds another run; give this one another name, or continue that one with 'tombola resume ${uri}'`,
    );
  });

  test('holds a spec that is no spec', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'spec.json'), '{"seed":');
    await expect(prepare({ ...SMALL_SPEC, run: placeOf(folder) })).rejects.toMatchObject({
      name: 'UnusableOutput',
    });
  });

  test.each(['notes.txt', '100%', 'photos/cat.jpg'])('holds other files: %s', async (name) => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), '');
    await expect(prepare({ ...SMALL_SPEC, run: placeOf(folder) })).rejects.toMatchObject({
      name: 'UnusableOutput',
      message: `${placeOf(folder)}: is not empty (it holds ${name}); choose a new folder with --out`,
    });
    expect(await filesIn(folder)).toEqual([name]);
  });

  test('lies below a file', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    const below = join(folder, 'file', 'run');
    await expect(prepare({ ...SMALL_SPEC, run: placeOf(below) })).rejects.toMatchObject({
      name: 'UnusableOutput',
      message: `${join(below, 'spec.json')}: cannot be written: a part of the path is a file, not a folder; check the path`,
    });
  });

  test('is no place at all', async () => {
    await expect(prepare({ ...SMALL_SPEC, run: 'ftp://host/run' })).rejects.toMatchObject({
      name: 'UnusableOutput',
      message:
        "run: found 'ftp://host/run', expected the URI of the folder of a run, which begins with file:/// or s3://",
    });
  });
});

test.each([
  ['a spec that is no object', [], 'spec: expected a JSON object; `run`, if given, is a URI'],
  ['a spec that is text', 'moons-a', 'spec: expected a JSON object; `run`, if given, is a URI'],
  ['a spec that is a number', 7, 'spec: expected a JSON object; `run`, if given, is a URI'],
  ['a spec that is null', null, 'spec: expected a JSON object; `run`, if given, is a URI'],
  [
    'what only another execution may say',
    { ...SMALL_SPEC, continuedBy: 'caller' },
    'continuedBy: found "caller", which only an execution that another one started may have: leave it out',
  ],
  [
    'what nobody may say',
    { continuedBy: 'me' },
    'continuedBy: found "me", which only an execution that another one started may have: leave it out',
  ],
  ['a place that is no text', { run: 5 }, 'spec: expected a JSON object; `run`, if given, is a URI'],
])('%s is an InvalidSpec', async (_, input, message) => {
  await expect(prepare(input)).rejects.toMatchObject({ name: 'InvalidSpec', message });
});

test('an invalid spec leaves nothing behind', async () => {
  const folder = await temporaryFolder();
  const input = { ...SMALL_SPEC, search: { population: 1 }, run: placeOf(folder) };
  await expect(prepare(input)).rejects.toMatchObject({
    name: 'InvalidSpec',
    message: 'search.population: found 1, expected at least 2',
  });
  expect(await filesIn(folder)).toEqual([]);
});

test('a run that needs more memory than a step has is refused before its data are made', async () => {
  const folder = await temporaryFolder();
  vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '512');
  const input = { preset: 'moons-a', task: { train: 100_000_000 }, run: placeOf(folder) };
  await expect(prepare(input)).rejects.toMatchObject({
    name: 'InvalidSpec',
    message: expect.stringMatching(/^task: the run needs about 5\.1 GB .*, and 537 MB is available: make it/),
  });
  vi.unstubAllEnvs();
  expect(await filesIn(folder)).toEqual([]);
});

test('a network whose single flips fit no memory is refused with the estimate', async () => {
  const folder = await temporaryFolder();
  vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '512');
  const network = { layers: [2, 3_000, 2] };
  const input = { preset: 'moons-a', algorithm: 'annealing', network, run: placeOf(folder) };
  await expect(prepare(input)).rejects.toMatchObject({
    name: 'InvalidSpec',
    message: expect.stringMatching(
      /^algorithm: found "annealing", which needs 6\d\d MB to evaluate single flips of this network on 50000 samples, and at most 537 MB is available: use fewer samples, a smaller network, or one of sltn-ga, random-search, pbil, nsga, umda, cga, nes, mu-plus-lambda$/,
    ),
  });
  vi.unstubAllEnvs();
  expect(await filesIn(folder)).toEqual([]);
});

test('the weights have a seed of their own, if the spec gives one', async () => {
  const weightsOf = async (spec: object) => {
    const folder = await temporaryFolder();
    await prepare({ ...SMALL_SPEC, ...spec, run: placeOf(folder) });
    const content = await contentOf(folder);
    return {
      weights: content['model/weights.safetensors'],
      start: content['generations/000000/offspring.safetensors'],
    };
  };
  const zero = await weightsOf({ seed: 0 });
  const one = await weightsOf({ seed: 1 });
  const mixed = await weightsOf({ seed: 1, network: { ...SMALL_SPEC.network, seed: 0 } });
  expect(one.weights).not.toEqual(zero.weights);
  expect(one.start).not.toEqual(zero.start);
  expect(mixed).toEqual({ weights: zero.weights, start: one.start });
});
