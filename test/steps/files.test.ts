/** What the steps make of runs on files, beside the run itself. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadDataset } from '../../lib/data/task-data.ts';
import { createEvaluator } from '../../lib/evaluation/evaluator-choice.ts';
import { isGraph } from '../../lib/network/network.ts';
import { sourceOpener } from '../../lib/places/sources.ts';
import { openFinishedRun } from '../../lib/runs/finished-run.ts';
import { decodeSurvivors } from '../../lib/runs/individuals.ts';
import { dropIntermediates, INPUT_KEYS, restoreIntermediates } from '../../lib/runs/intermediates.ts';
import { measureLandscape } from '../../lib/runs/landscape.ts';
import { decodeTicket, readNetwork } from '../../lib/runs/networks.ts';
import { openRun } from '../../lib/runs/run.ts';
import { decodeSamples } from '../../lib/runs/samples.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';
import { packGenomes } from '../../lib/search/genome.ts';
import { EvaluatorCache } from '../../lib/steps/evaluator-cache.ts';
import { standingsOf } from '../../lib/steps/sweep/cells.ts';
import { FolderStore } from '../../lib/store/folder.ts';
import { parseSweep } from '../../lib/sweep/cells.ts';
import { convnetModel, treesCsv, writeFiles } from '../engine/own-data.ts';
import { resultsOf, run } from '../engine/runs.ts';
import { prepare } from '../lambdas/invoke.ts';
import { filesIn, placeOf, temporaryFolder } from './small-run.ts';

const GENERATIONS = 2;
const SEARCH = {
  search: { population: 10, objective: 'cross-entropy' },
  stop: { minGenerations: GENERATIONS, maxGenerations: GENERATIONS, targetAccuracy: null },
} as const;

const written = async () =>
  writeFiles(await temporaryFolder(), {
    'trees.csv': treesCsv({ rows: 120 }),
    'images.csv': treesCsv({ features: 16 }),
    'conv.onnx': convnetModel(),
  });
const open = sourceOpener();
/** The data that a process read last are remembered. */
const forget = () => loadDataset(parseSpec({ task: { train: 10, test: 10 } }).task, open);

test('the ticket is the individual that does best on validation data', async () => {
  const files = await written();
  const task = { train: files['trees.csv'], validationShare: 0.4 };
  const { folder } = await run({ ...SEARCH, task, pruning: { enabled: false } });
  const opened = await openRun(new FolderStore(placeOf(folder)));
  const { bits, scaling } = opened.manifest;
  const read = (key: string) => readFile(join(folder, key));
  const survivors = decodeSurvivors(
    await read(`generations/00000${GENERATIONS}/survivors.safetensors`),
    bits,
    '',
  );
  const validation = decodeSamples(await read('data/validation.safetensors'), 'validation');
  const network = await readNetwork(opened);
  const evaluator = await createEvaluator(network, validation, scaling, { objective: 'cross-entropy' });
  const genomes = survivors.map(({ genome }) => genome);
  const { loss } = await evaluator.evaluate(packGenomes(genomes, bits));
  await evaluator.release();
  const ticket = decodeTicket(await read('ticket.safetensors'), network, 'ticket');
  expect(ticket).toEqual(genomes[loss.indexOf(Math.min(...loss))]);
  // The other choice would have been another one, or this test shows nothing.
  expect(ticket).not.toEqual(genomes[0]);
});

test('data and model come back from their files', async () => {
  const files = await written();
  const spec = { ...SEARCH, task: { train: files['images.csv'], validationShare: 0.2 } };
  const { folder } = await run({ ...spec, network: { model: files['conv.onnx'], weights: 'redrawn' } });
  const store = new FolderStore(placeOf(folder));
  const inputs = async () => (await filesIn(folder)).filter((file) => INPUT_KEYS.includes(file));
  const before = await inputs();
  expect(before).toEqual([
    'data/test.safetensors',
    'data/train.safetensors',
    'data/validation.safetensors',
    'model/network.onnx',
  ]);
  const bytes = () => Promise.all(before.map((file) => readFile(join(folder, file))));
  const was = await bytes();
  await dropIntermediates(store, { keepGenerations: false });
  expect(await inputs()).toEqual([]);
  await restoreIntermediates(store, open);
  expect(await bytes()).toEqual(was);

  await dropIntermediates(store, { keepGenerations: false });
  await rm(files['images.csv']);
  await forget();
  await expect(restoreIntermediates(store, open)).rejects.toMatchObject({
    name: 'InvalidSpec',
    message: expect.stringMatching(/images\.csv: cannot be read: there is no such file/),
  });
});

test('a landscape of a convolutional network is measured, with its inputs gone', async () => {
  const files = await written();
  const task = { train: files['images.csv'], image: [1, 4, 4] };
  const { folder } = await run({ ...SEARCH, task, network: { architecture: 'conv-small' } });
  const store = new FolderStore(placeOf(folder));
  await dropIntermediates(store, { keepGenerations: false });
  const finished = await openFinishedRun(store, 'a-run', open);
  const request = { seed: 0, resolution: 3, paths: true, optima: 0, open };
  const landscape = await measureLandscape([finished], request);
  expect(landscape.slice?.accuracy).toHaveLength(9);
  expect(landscape.paths.length).toBeGreaterThan(0);
  await writeFile(files['images.csv'], treesCsv({ features: 16, seed: 9 }));
  await forget();
  await expect(measureLandscape([finished], request)).rejects.toMatchObject({ name: 'InvalidSpec' });
});

test('runs of one model share an evaluator only if they prune the same of it', async () => {
  const files = await written();
  const prepared = async (network: object) => {
    const spec = { ...SEARCH, task: { train: files['images.csv'] } };
    const folder = await temporaryFolder();
    await prepare({ ...spec, network: { model: files['conv.onnx'], ...network }, run: placeOf(folder) });
    return openRun(new FolderStore(placeOf(folder)));
  };
  const cache = new EvaluatorCache(1e9);
  const whole = await prepared({});
  const network = await readNetwork(whole);
  if (!isGraph(network)) throw new Error('the model is a graph');
  const [first] = network.prunable;
  expect(await cache.get(await prepared({}))).toBe(await cache.get(whole));
  expect(await cache.get(await prepared({ exclude: [first?.name] }))).not.toBe(await cache.get(whole));
  await cache.release();
});

test('a sweep knows a finished cell by what was asked for, without reading its files', async () => {
  const files = await written();
  const sweep = { base: { ...SEARCH, task: { train: files['trees.csv'] } }, seeds: 2 };
  const { cells } = parseSweep(sweep);
  const [first] = cells;
  if (!first) throw new Error('the sweep has cells');
  const { folder } = await run(first.spec);
  const store = new FolderStore(placeOf(await temporaryFolder()));
  await store.put(`cells/${first.id}/summary.json`, await readFile(join(folder, 'summary.json')));
  await rm(files['trees.csv']);
  const standings = await standingsOf(store, cells, { execution: 'x', isNew: false });
  expect(cells.map(({ id }) => standings.get(id)?.status)).toEqual(['done', 'open']);
  const other = parseSweep({ ...sweep, base: { ...sweep.base, task: { train: files['images.csv'] } } });
  const others = await standingsOf(store, other.cells, { execution: 'x', isNew: false });
  expect(others.get(first.id)?.status).toBe('open');
});

test('a spec that is resolved gives the same run as the one that was written', async () => {
  const files = await written();
  const spec = { ...SEARCH, task: { train: files['trees.csv'] } };
  const { folder } = await run(spec);
  const complete = parseSpec(JSON.parse(await readFile(join(folder, 'spec.json'), 'utf8')));
  expect(await resultsOf((await run(complete)).folder)).toEqual(await resultsOf(folder));
});
