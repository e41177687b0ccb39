/** Whole runs on files: data and models as a user brings them. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { decodeSafetensors } from '../../lib/data/safetensors.ts';
import { runSearch } from '../../lib/engine/engine.ts';
import { decodeSamples } from '../../lib/runs/samples.ts';
import { filesIn, placeOf, temporaryFolder } from '../steps/small-run.ts';
import { convnetModel, layersModel, treesCsv, writeFiles } from './own-data.ts';
import { resultsOf, run, summaryOf } from './runs.ts';

const SEARCH = {
  search: { population: 12, recombination: { mates: 5 }, objective: 'cross-entropy' },
  stop: { minGenerations: 3, maxGenerations: 3, targetAccuracy: null },
  evaluation: { minChunkSeconds: 0, maxConcurrency: 2 },
} as const;
const IMAGES = { image: [1, 4, 4] } as const;

const written = async () =>
  writeFiles(await temporaryFolder(), {
    'trees.csv': treesCsv(),
    'images.csv': treesCsv({ features: 16 }),
    'conv.onnx': convnetModel(),
    'layers.onnx': layersModel([4, 6, 3]),
  });
const json = async (path: string) => JSON.parse(await readFile(path, 'utf8'));

test('a CSV file and a perceptron that follows from it', async () => {
  const files = await written();
  const { folder } = await run({ ...SEARCH, task: { train: files['trees.csv'], validationShare: 0.2 } });
  expect(await filesIn(folder)).toEqual(
    expect.arrayContaining(['data/validation.safetensors', 'model/weights.safetensors', 'ticket.onnx']),
  );
  const spec = await json(join(folder, 'spec.json'));
  expect(spec.network.layers).toEqual([4, 100, 3]);
  expect(spec.task.found).toMatchObject({ features: 4, classes: 3 });
  expect(await json(join(folder, 'run.json'))).toMatchObject({
    classNames: ['ash', 'birch', 'cedar'],
    featureNames: ['m0', 'm1', 'm2', 'm3'],
    validationSamples: spec.task.found.validation,
  });
  const summary = await summaryOf(folder);
  expect(summary).toMatchObject({ layers: [4, 100, 3], network: '[4,100,3]' });
  expect(summary.validationAccuracy).toBeGreaterThan(0.3);

  // The ticket takes the raw values of the file.
  const session = await InferenceSession.create(join(folder, 'ticket.onnx'));
  const { x, labels } = decodeSamples(await readFile(join(folder, 'data/validation.safetensors')), 'data');
  const { label } = await session.run({ x: new Tensor('float32', x, [labels.length, 4]) });
  const right = [...labels].filter((value, index) => Number(label?.data[index]) === value).length;
  expect(right / labels.length).toBeCloseTo(summary.validationAccuracy ?? 0, 12);
});

describe.each([
  ['a convolutional network by its name', 'images.csv', { architecture: 'conv-small' }, IMAGES],
  ['a model with its own weights', 'images.csv', { model: 'conv.onnx' }, {}],
  ['a model with other weights', 'images.csv', { model: 'conv.onnx', weights: 'redrawn', seed: 2 }, {}],
  ['a model of which a part is pruned', 'images.csv', { model: 'conv.onnx', exclude: ['*1*'] }, {}],
  ['a model that is a perceptron', 'trees.csv', { model: 'layers.onnx' }, {}],
] as const)('%s', (_, data, network, task) => {
  const specOf = (files: Record<string, string>) => ({
    ...SEARCH,
    task: { train: files[data] ?? '', ...task },
    network: 'model' in network ? { ...network, model: files[network.model] ?? '' } : network,
  });

  test('gives one result, whatever the chunks and the workers', async () => {
    const spec = specOf(await written());
    const one = await run(spec);
    const wide = { ...spec, evaluation: { minChunkSeconds: 0, maxConcurrency: 5 } };
    expect(await resultsOf((await run(wide, { workers: 2 })).folder)).toEqual(await resultsOf(one.folder));
  });
});

/** The share of the test data that a model classifies as their labels say. */
async function accuracyOf(model: string, folder: string): Promise<number> {
  const session = await InferenceSession.create(model);
  const { x, labels } = decodeSamples(await readFile(join(folder, 'data/test.safetensors')), 'data');
  const [input = ''] = session.inputNames;
  const [output = ''] = session.outputNames;
  const { [output]: logits } = await session.run({
    [input]: new Tensor('float32', x, [labels.length, 1, 4, 4]),
  });
  const values = Array.from(logits?.data ?? [], Number);
  const classes = values.length / labels.length;
  const right = [...labels].filter((label, row) => {
    const scores = values.slice(row * classes, (row + 1) * classes);
    return scores.indexOf(Math.max(...scores)) === label;
  });
  return right.length / labels.length;
}

test('a run with a model goes on where it was stopped, is the same when it is started again, and leaves all constants and the accuracy of the whole model', async () => {
  const files = await written();
  const spec = { ...SEARCH, task: { train: files['images.csv'] }, network: { model: files['conv.onnx'] } };
  const whole = await run(spec);
  const expected = await resultsOf(whole.folder);
  await expectConstants(whole.folder);
  const { unpruned } = await summaryOf(whole.folder);
  expect(unpruned?.testAccuracy).toBe(await accuracyOf(files['conv.onnx'], whole.folder));
  const options = { workers: 0, name: 'a-test' };
  await runSearch({ ...spec, run: placeOf(whole.folder) }, options);
  expect(await resultsOf(whole.folder)).toEqual(expected);

  const stop = new AbortController();
  const stopped = await run(spec, {
    signal: stop.signal,
    onState: ({ generation }) => {
      if (generation >= 1) stop.abort();
    },
  });
  expect(stopped.outcome.status).toBe('stopped');
  await runSearch({ run: placeOf(stopped.folder) }, options);
  expect(await resultsOf(stopped.folder)).toEqual(expected);
});

/** Of a run with a model: its ticket comes with all its constants, and a mask for each that was pruned. */
async function expectConstants(folder: string): Promise<void> {
  const tensors = decodeSafetensors(await readFile(join(folder, 'ticket.safetensors')), 'ticket');
  const masks = [...tensors.keys()].filter((name) => name.endsWith('.mask'));
  expect(masks.length).toBeGreaterThan(1);
  for (const mask of masks) {
    expect(tensors.get(mask)?.shape).toEqual(tensors.get(mask.replace(/\.mask$/, ''))?.shape);
  }
  expect(tensors.size).toBeGreaterThan(2 * masks.length);
  expect(await summaryOf(folder)).toMatchObject({ layers: null, network: 'conv.onnx' });
}

describe('what was found in the files', () => {
  test('must be there again when the spec is given again', async () => {
    const files = await written();
    const { folder } = await run({ ...SEARCH, task: { train: files['trees.csv'] } });
    const { task, network, ...rest } = await json(join(folder, 'spec.json'));
    await writeFile(files['trees.csv'], treesCsv({ seed: 2 }));
    await expect(run({ ...rest, task, network })).rejects.toMatchObject({
      name: 'InvalidSpec',
      message: expect.stringMatching(
        /^task\.train: .*trees\.csv is not the file that it was \(SHA-256 .*remove 'found' from the task/,
      ),
    });
    const { found: _found, ...without } = task;
    await run({ ...rest, task: without, network });
  });

  test('and so must the model', async () => {
    const files = await written();
    const spec = { ...SEARCH, task: { train: files['images.csv'] }, network: { model: files['conv.onnx'] } };
    const complete = await json(join((await run(spec)).folder, 'spec.json'));
    await writeFile(files['conv.onnx'], convnetModel(7));
    await expect(run(complete)).rejects.toMatchObject({
      name: 'InvalidSpec',
      message: expect.stringMatching(/^network\.found\.sha256: found .*conv\.onnx has SHA-256/),
    });
  });

  test('is not needed again once the run is prepared', async () => {
    const files = await written();
    const { folder } = await run({ ...SEARCH, task: { train: files['trees.csv'] } });
    await rm(files['trees.csv']);
    const outcome = await runSearch({ run: placeOf(folder) }, { workers: 0, name: 'a-test' });
    expect(outcome.status).toBe('succeeded');
  });
});

describe('nothing is begun', () => {
  test.each<[string, (files: Record<string, string>) => object, RegExp]>([
    [
      'with a file that is not there',
      () => ({ task: { train: '/nowhere/data.csv' } }),
      /^\/nowhere\/data\.csv: cannot be read: there is no such file/,
    ],
    [
      'with a model that does not take the data',
      (files) => ({ task: { train: files['trees.csv'] }, network: { model: files['conv.onnx'] } }),
      /^network\.model: .*conv\.onnx takes 16 values per sample, expected 4/,
    ],
    [
      'with data as a model',
      (files) => ({ task: { train: files['trees.csv'] }, network: { model: files['trees.csv'] } }),
      /^network\.model: .*trees\.csv/,
    ],
  ])('%s', async (_, specOf, message) => {
    const files = await written();
    await expect(run({ ...SEARCH, ...specOf(files) })).rejects.toMatchObject({
      name: 'InvalidSpec',
      message: expect.stringMatching(message),
    });
  });
});
