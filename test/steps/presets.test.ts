/** Every preset, shortened, and some by other objectives: path and chunks change nothing, bit for bit. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEvaluator, estimateTime, PATHS, type Path } from '../../lib/evaluation/evaluator-choice.ts';
import { sourceOpener } from '../../lib/places/sources.ts';
import { openStore } from '../../lib/places/store.ts';
import { readNetwork } from '../../lib/runs/networks.ts';
import { openRun, type Run } from '../../lib/runs/run.ts';
import { decodeSamples } from '../../lib/runs/samples.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';
import { PRESETS } from '../../lib/runspec/presets.ts';
import { sizeOfNetwork } from '../../lib/runspec/shape.ts';
import type { Objective } from '../../lib/search/individual.ts';
import { evaluate } from '../../lib/steps/evaluate.ts';
import { type DoPiece, doPiece } from '../../lib/steps/pieces.ts';
import { prepare } from '../../lib/steps/prepare.ts';
import { select } from '../../lib/steps/select.ts';
import * as keys from '../../lib/store/keys.ts';
import { checksum } from '../../lib/store/store.ts';
import { complete } from '../runspec/complete.ts';
import { placeOf, temporaryFolder } from './small-run.ts';

const GENERATIONS = 2;

function shortened(preset: string, chunks: number, objective?: Objective) {
  const { task } = complete({ preset });
  const data =
    task.dataset === 'blobs'
      ? { pointsPerClass: 60 }
      : task.dataset === 'digits'
        ? {}
        : { train: 700, test: 50 };
  return {
    preset,
    seed: 3,
    task: data,
    search: { population: 14, ...(objective ? { objective } : {}) },
    stop: { minGenerations: 0, maxGenerations: GENERATIONS, targetAccuracy: null },
    evaluation: { maxConcurrency: chunks, minChunkSeconds: 0 },
  };
}

async function forcedEvaluator(run: Run, path: Path) {
  const { store, manifest } = run;
  const network = await readNetwork(run);
  const train = decodeSamples(await store.get(keys.TRAIN), keys.TRAIN);
  return createEvaluator(network, train, manifest.scaling, { objective: manifest.objective, path });
}

/** The history and the last survivors of a shortened run on one path, cut into `chunks` chunks. */
async function outcome(preset: string, path: Path, chunks: number, objective?: Objective) {
  const folder = await temporaryFolder();
  const now = () => 0;
  const input = { ...shortened(preset, chunks, objective), run: placeOf(folder) };
  const openSource = sourceOpener();
  let state = await prepare(
    { input, execution: 'test' },
    { openStore, openSource, runs: '', memory: 2e9, now },
  );
  const run = await openRun(await openStore(state.run));
  const evaluator = await forcedEvaluator(run, path);
  const improver = () => Promise.reject(new Error('nothing is improved'));
  const work: DoPiece = (opened, piece) => doPiece(opened, piece, { evaluator, improver, elapsed: now });
  const context = { openStore, run: async () => run, work, now };
  while (!state.done) {
    for (const chunk of state.chunks) await evaluate({ ...state, chunk }, context);
    state = await select(state, context);
  }
  await evaluator.release();
  const survivors = await readFile(join(folder, keys.survivorsOf(GENERATIONS)));
  const history = await readFile(join(folder, keys.historySegmentOf(0)));
  return { survivors: checksum(survivors), history: checksum(history) };
}

const CASES: readonly (readonly [string, Objective | undefined])[] = [
  // The data of some are in a package that nobody needs to have.
  ...[...PRESETS.keys()]
    .filter((preset) => parseSpec({ preset }).task.dataset !== 'files')
    .map((preset) => [preset, undefined] as const),
  ['moons-d', 'balanced-accuracy'],
  ['blobs-6', 'balanced-accuracy'],
  ['digits-5', 'macro-f1'],
];

test.each(CASES)('%s, objective %s', async (preset, objective) => {
  const spec = complete(shortened(preset, 1, objective));
  const { network } = spec;
  const shape = 'layers' in network ? { widths: network.layers } : { size: sizeOfNetwork(spec) };
  const task = { ...shape, samples: 700, objective: spec.search.objective };
  const expected = await outcome(preset, 'layers' in network ? 'general' : 'graph', 1, objective);
  for (const path of PATHS.filter((candidate) => Number.isFinite(estimateTime(candidate, task)))) {
    expect(await outcome(preset, path, 3, objective)).toEqual(expected);
  }
});
