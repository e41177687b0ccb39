/** Requests and memory of an algorithm, in the store: written by one step, read by the next. */
import { type End, isEnd, type Kept, type Memory, type Moment, type Told } from '../algorithms/algorithm.ts';
import type { HistoryRow } from '../algorithms/parts/history-row.ts';
import { algorithmNamed } from '../algorithms/registry.ts';
import { DamagedArtifact } from '../base/errors.ts';
import type { Usage } from '../cost/usage.ts';
import type { Individual } from '../search/individual.ts';
import * as keys from '../store/keys.ts';
import { checksum, type Store } from '../store/store.ts';
import {
  decodeBrood,
  decodeMemory,
  decodeSurvivors,
  encodeBrood,
  encodeMemory,
  encodeSurvivors,
} from './individuals.ts';
import { readProblem } from './problem.ts';
import { type Run, required, verify } from './run.ts';
import { appendHistory } from './segments.ts';
import { keyOfState, type RunState, writeState } from './state.ts';

/** Contents of a state beside the algorithm's. */
interface Circumstances
  extends Pick<RunState, 'secondsPerUnit' | 'clock' | 'checksums' | 'manifest' | 'history'> {
  /** Usage of the run, with the PUTs that are still to come. */
  readonly usage: (puts: number) => Usage;
}

/** Writes what a run does next, or that it is over; its state last. */
export async function writeNext(
  store: Store,
  bits: number,
  next: Told['next'],
  { usage, checksums, ...rest }: Circumstances,
): Promise<RunState> {
  const { generation, complete, progress, memory, work } = next;
  const round = next.round + Number(isEnd(next) && endsBesideMemory(next));
  const brood = !isEnd(next) && next.ask.work === 'score' ? next.ask.brood : undefined;
  const files = {
    ...(brood ? { [keys.offspringOf(generation, round)]: encodeBrood(brood) } : {}),
    ...(isEmpty(memory) ? {} : { [keys.memoryOf(generation, round)]: encodeMemory(memory, bits) }),
  };
  const written = Object.entries(files);
  const state: RunState = {
    generation,
    round,
    complete,
    work,
    units: isEnd(next) ? 0 : unitsOf(next.ask),
    over: isEnd(next) ? next.over : null,
    progress,
    facts: memory.facts,
    ...rest,
    usage: usage(written.length + 1),
    checksums: { ...checksums, ...Object.fromEntries(written.map(([key, bytes]) => [key, checksum(bytes)])) },
  };
  await Promise.all(written.map(([key, bytes]) => store.put(key, bytes)));
  await writeState(store, state);
  return state;
}

/**
 * Whether the last generation of a search may have memory by the key of the end's: a step that is repeated reads it, so the end
 * has its own in a round after it. A training ends an epoch after the one that it went on from.
 */
function endsBesideMemory({ work, memory }: End): boolean {
  return work !== 'train' && !isEmpty(memory);
}

/** Pieces that the work can be cut into. */
export function unitsOf(ask: Moment['ask']): number {
  if (ask.work === 'improve') return ask.tasks.length;
  return ask.work === 'score' ? ask.brood.masks.count : 0;
}

function isEmpty({ aside, vectors }: Memory): boolean {
  return aside.length === 0 && Object.keys(vectors).length === 0;
}

/**
 * Writes what complete generations add: the survivors of the last of them, and a row of the history for each. `before`: the
 * state that they were bred from, whose parents stay where none is complete.
 */
export async function writeGenerations(
  { store, manifest }: Pick<Run, 'store' | 'manifest'>,
  survivors: readonly Individual[],
  rows: readonly HistoryRow[],
  before: RunState,
): Promise<Pick<RunState, 'checksums' | 'history'>> {
  const last = rows.at(-1);
  if (!last) return parentsOf(before);
  const key = keys.survivorsOf(last.generation);
  const bytes = encodeSurvivors(survivors, manifest.bits);
  const [history] = await Promise.all([appendHistory(store, rows, before.history), store.put(key, bytes)]);
  return { checksums: { [key]: checksum(bytes) }, history };
}

/** Where a generation needs another round, its parents stay. */
function parentsOf({ generation, checksums, history }: RunState): Pick<RunState, 'checksums' | 'history'> {
  const key = keys.survivorsOf(generation - 1);
  const { [key]: checksum } = checksums;
  return { checksums: checksum === undefined ? {} : { [key]: checksum }, history };
}

/** Deletes all generations before that one. */
export async function deleteGenerations(store: Store, before: number): Promise<void> {
  const generations = new Set((await store.list(keys.GENERATIONS)).map(keys.generationOf));
  for (const generation of generations) {
    if (generation !== undefined && generation < before) {
      await store.deletePrefix(keys.generationFolder(generation));
    }
  }
}

/** The work of a state. Throws DamagedArtifact. */
export async function readMoment(run: Run, state: RunState): Promise<Moment> {
  const [problem, kept] = await Promise.all([readProblem(run), readKept(run, state)]);
  try {
    return algorithmNamed(run.spec.algorithm).resume(run.spec, problem, kept);
  } catch (cause) {
    const name = `${run.store.uri}${keyOfState(state)}`;
    throw new DamagedArtifact(`${name}: damaged: not what a run of this version writes`, { cause });
  }
}

/** Artifacts that a state continues from: those that it has checksums of. Throws DamagedArtifact. */
export async function readKept({ store, manifest }: Run, state: RunState): Promise<Kept> {
  const { generation, round, complete, work, progress, facts } = state;
  const { bits } = manifest;
  async function read<Value>(key: string, decode: (bytes: Uint8Array, bits: number, name: string) => Value) {
    const expected = state.checksums[key];
    if (expected === undefined) return undefined;
    return decode(verify(store, key, await required(store, key), expected), bits, key);
  }
  const [population = [], brood, memory = { aside: [], vectors: {} }] = await Promise.all([
    complete === null ? undefined : read(keys.survivorsOf(complete), decodeSurvivors),
    read(keys.offspringOf(generation, round), decodeBrood),
    read(keys.memoryOf(generation, round), decodeMemory),
  ]);
  return { generation, round, complete, work, progress, population, brood, memory: { ...memory, facts } };
}
