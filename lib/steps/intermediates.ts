/** What a finished run can do without: it is made again from the spec when somebody asks for it. */
import { recentDataset } from '../data/recent.ts';
import * as keys from '../store/keys.ts';
import { getIfThere, type Store } from '../store/store.ts';
import { makeInputs } from './prepare.ts';
import { openRun, verify } from './run.ts';

/** Keys of data, weights and all generations but the last one, or, of a run that trains, all epochs but that. */
async function intermediatesOf(store: Store): Promise<string[]> {
  const inputs = [keys.WEIGHTS, keys.TRAIN, keys.TEST];
  const states = (await store.list(keys.GENERATIONS)).map(
    (key) => keys.roundOfState(key)?.generation ?? keys.epochOfTrainingState(key),
  );
  const generations = new Set(states.filter((generation) => generation !== undefined));
  const last = Math.max(...generations);
  const earlier = [...generations].filter((generation) => generation < last);
  return [...inputs, ...earlier.map(keys.generationFolder)];
}

/**
 * Drops data and weights of a run that is over, and its generations but the last, whose population or
 * checkpoint stays. The run cannot be resumed after that; to report on it, `restoreIntermediates` first. Safe to repeat.
 */
export async function dropIntermediates(store: Store): Promise<void> {
  await Promise.all((await intermediatesOf(store)).map((key) => store.deletePrefix(key)));
}

/** Makes data and weights anew where they were dropped. Throws DamagedArtifact where they would not be the same. */
export async function restoreIntermediates(store: Store): Promise<void> {
  const there = await Promise.all([keys.WEIGHTS, keys.TRAIN, keys.TEST].map((key) => getIfThere(store, key)));
  // A run loses them all at once; one that is missing alone is damage, and whoever reads it says so.
  if (there.some((bytes) => bytes !== undefined)) return;
  const { spec, manifest } = await openRun(store);
  const made = makeInputs(spec, recentDataset(spec.task));
  for (const [key, bytes] of Object.entries(made)) verify(store, key, bytes, manifest.checksums[key]);
  await Promise.all(Object.entries(made).map(([key, bytes]) => store.put(key, bytes)));
}
