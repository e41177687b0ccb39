/** Files that a run can do without: those that are made again from its spec when needed, and those of an earlier end. */
import { max } from 'd3-array';
import type { OpenSource } from '../base/source.ts';
import type { FrontRow } from '../report/summary.ts';
import type { ExecutionSettings } from '../runspec/execution.ts';
import * as keys from '../store/keys.ts';
import { getIfThere, type Store } from '../store/store.ts';
import { inputsOf } from './inputs.ts';
import { openRun, verify } from './run.ts';
import { resolveSpec } from './spec-resolution.ts';

/** A run has either weights or a graph, and seldom validation data. */
const { WEIGHTS, GRAPH, TRAIN, TEST, VALIDATION } = keys;
export const INPUT_KEYS: readonly string[] = [WEIGHTS, GRAPH, TRAIN, TEST, VALIDATION];

type Settings = Pick<ExecutionSettings, 'keepGenerations'>;

/** Folders of all generations but the last one, or, of a run that trains, of all epochs but that. */
async function earlierGenerations(store: Store): Promise<string[]> {
  const states = (await store.list(keys.GENERATIONS)).map(keys.generationOf);
  const generations = new Set(states.filter((generation) => generation !== undefined));
  const last = max(generations) ?? 0;
  const earlier = [...generations].filter((generation) => generation < last);
  return earlier.map(keys.generationFolder);
}

/**
 * Drops data and weights of a run that is over, and, unless its spec keeps them, its generations but the last, whose
 * population or checkpoint stays. The run cannot be resumed after that; to report on it, `restoreIntermediates` first.
 * Safe to repeat.
 */
export async function dropIntermediates(store: Store, { keepGenerations }: Settings): Promise<void> {
  const generations = keepGenerations ? [] : await earlierGenerations(store);
  await Promise.all([...INPUT_KEYS, ...generations].map((key) => store.deletePrefix(key)));
}

/**
 * Makes those of data and weights anew that are not there: all that was dropped, or the part that a kill let go. Throws
 * DamagedArtifact where they would not be the same, UserError where files cannot be read.
 */
export async function restoreIntermediates(store: Store, open: OpenSource): Promise<void> {
  const { spec, manifest } = await openRun(store);
  const inputs = INPUT_KEYS.filter((key) => manifest.checksums[key] !== undefined);
  const there = await Promise.all(inputs.map((key) => getIfThere(store, key)));
  const missing = new Set(inputs.filter((_, index) => there[index] === undefined));
  if (missing.size === 0) return;
  const { network, dataset } = await resolveSpec(spec, open);
  const made = inputsOf(network, dataset)
    .filter(([key]) => missing.has(key))
    .map(([key, make]) => [key, make()] as const);
  // Damaged files stay damaged: their readers report it.
  for (const [key, bytes] of made) verify(store, key, bytes, manifest.checksums[key]);
  await Promise.all(made.map(([key, bytes]) => store.put(key, bytes)));
}

/** Deletes the tickets of an earlier front, larger than the last: a run may have been reported on before its end. Safe to repeat. */
export async function dropEarlierFront(
  store: Store,
  { front = [] }: { readonly front?: readonly Pick<FrontRow, 'file'>[] | undefined },
): Promise<void> {
  const models = new Set(front.map(({ file }) => file));
  for (const key of await store.list(keys.FRONT_TICKETS)) {
    const model = keys.frontTicketOfKey(key);
    if (model !== undefined && !models.has(model)) await store.deletePrefix(key);
  }
}
