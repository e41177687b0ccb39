/** A run as its steps see it: the store it lives in, its spec and its manifest, read once per process. */
import { LRUCache } from 'lru-cache';
import { parseArtifact } from '../base/artifact-json.ts';
import { DamagedArtifact } from '../base/errors.ts';
import { NOTHING_SPENT, type Spent } from '../cost/usage.ts';
import { completeSpecSchema, type RunSpec } from '../runspec/schema.ts';
import { OWN } from '../search/own-code.ts';
import { type LoadedObjective, OWN_OBJECTIVES } from '../search/own-objective.ts';
import { MANIFEST, SPEC } from '../store/keys.ts';
import { checksum, MissingObject, type Store } from '../store/store.ts';
import { type Manifest, manifestSchema } from './manifest.ts';

export interface Run {
  readonly store: Store;
  readonly spec: RunSpec;
  readonly manifest: Manifest;
  /** SHA-256 of run.json. */
  readonly checksum: string;
}

/** How the machine's payloads name a run. */
export interface RunName {
  /** Where it is: a URI. */
  readonly run: string;
  /** SHA-256 of its run.json. */
  readonly manifest: string;
}

/** Tells what this function spent since it was last asked, with the PUTs that it is still to make. */
export type Spending = (putsToCome: number) => Spent;

/** Where nothing is metered. */
export const UNMETERED: Spending = () => NOTHING_SPENT;

/** Opens the store at a URI. */
export type OpenStore = (uri: string) => Store | Promise<Store>;

/** Reads spec.json and run.json. Throws DamagedArtifact where they are missing, unreadable or do not match. */
export async function openRun(store: Store, expected?: string): Promise<Run> {
  const bytes = await required(store, MANIFEST);
  if (expected !== undefined) verify(store, MANIFEST, bytes, expected);
  const manifest = parseArtifact(MANIFEST, store, bytes, manifestSchema);
  const written = verify(store, SPEC, await required(store, SPEC), manifest.checksums[SPEC]);
  const spec = parseArtifact(SPEC, store, written, completeSpecSchema);
  return { store, manifest, checksum: checksum(bytes), spec };
}

/** Its own objective, where it has one. Throws InvalidSpec where this thread has not loaded it. */
export function ownObjectiveOf({ spec }: Pick<Run, 'spec'>): LoadedObjective | undefined {
  return spec.search.objective === OWN ? OWN_OBJECTIVES.get(spec.own?.objective) : undefined;
}

/** Runs that this process has open; those that were used least recently make room. */
export function runCache(openStore: OpenStore, capacity = 8): (name: RunName) => Promise<Run> {
  const runs = new LRUCache<string, Run, RunName>({
    max: capacity,
    // Whoever waits for a run gets it, even where others have taken its place meanwhile.
    ignoreFetchAbort: true,
    fetchMethod: async (_key, _stale, { context: { run, manifest } }) =>
      openRun(await openStore(run), manifest),
  });
  return (name) => runs.forceFetch(`${name.manifest} ${name.run}`, { context: name });
}

/** An artifact that the run cannot go on without. Throws DamagedArtifact, which names it. */
export function required(store: Store, key: string): Promise<Uint8Array> {
  return orDamaged(store, key, () => store.get(key));
}

/** Bytes `start`..`end`−1 of such an artifact, fewer where it ends before. */
export function requiredRange(store: Store, key: string, start: number, end: number): Promise<Uint8Array> {
  return orDamaged(store, key, () => store.getRange(key, start, end));
}

async function orDamaged(store: Store, key: string, read: () => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof MissingObject)) throw cause;
    const problem = `${store.uri}${key}: is missing, and the run cannot go on without it`;
    throw new DamagedArtifact(problem, { cause });
  }
}

/** Throws DamagedArtifact unless the bytes are those that the manifest speaks of. */
export function verify(store: Store, key: string, bytes: Uint8Array, expected?: string): Uint8Array {
  const found = checksum(bytes);
  if (found === expected) return bytes;
  throw new DamagedArtifact(
    `${store.uri}${key}: damaged: its ${bytes.length} bytes have SHA-256 ${found.slice(0, 12)}…, ${expected ? `${expected.slice(0, 12)}… was written` : 'nothing of that name was written'}; restore the file, or start the run anew in another folder`,
  );
}

/** Reads artifacts and verifies them, for their own sake. Throws DamagedArtifact for one that is missing or changed. */
export async function verifyAll(store: Store, checksums: Readonly<Record<string, string>>): Promise<void> {
  for (const [key, expected] of Object.entries(checksums)) {
    verify(store, key, await required(store, key), expected);
  }
}
