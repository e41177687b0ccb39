/** evaluate: the fitness of one chunk of a generation's masks. */
import { LRUCache } from 'lru-cache';
import { algorithmNamed } from '../algorithms/registry.ts';
import type { Evaluator } from '../evaluation/evaluator.ts';
import { createEvaluator } from '../evaluation/evaluator-choice.ts';
import { readMaskRows } from '../runs/mask-rows.ts';
import { readMoment } from '../runs/moments.ts';
import { readNetwork } from '../runs/networks.ts';
import { noteRefusal } from '../runs/refusal.ts';
import {
  type OpenStore,
  type Run,
  type RunName,
  required,
  type Spending,
  UNMETERED,
  verify,
} from '../runs/run.ts';
import { decodeSamples } from '../runs/samples.ts';
import { encodeScores, fingerprint } from '../runs/scores.ts';
import { readState } from '../runs/state.ts';
import { emptyMasks, genomeAt, type PackedMasks, packGenomes } from '../search/genome.ts';
import type { Position } from '../search/position.ts';
import * as keys from '../store/keys.ts';
import { checksum } from '../store/store.ts';
import type { EvaluateEvent } from '../workflow/payloads.ts';
import { type Improving, improveAll } from './improvements.ts';

export interface EvaluateContext {
  readonly openStore: OpenStore;
  readonly run: (name: RunName) => Promise<Run>;
  /** The evaluator of a run's training data; warm invocations share it. */
  readonly evaluator: (run: Run) => Promise<Evaluator>;
  /** The position on a run's training data that improvements start from; warm invocations share it. */
  readonly position: (run: Run, work: Improving) => Promise<Position>;
  /** A clock that only goes forward, in milliseconds. */
  readonly elapsed: () => number;
  readonly spent?: Spending;
  /** Told what was done, for whoever measures. */
  readonly measured?: (work: { readonly evaluations: number; readonly milliseconds: number }) => void;
}

/** Evaluates individuals `chunk`·`chunkSize`… of the generation and writes their scores. Safe to repeat. */
export async function evaluate(
  event: EvaluateEvent,
  context: EvaluateContext,
): Promise<Record<string, never>> {
  try {
    await evaluateChunk(event, context);
  } catch (error) {
    if (!event.noteRefusal) throw error;
    await noteRefusal(await context.openStore(event.run), event, error);
  }
  return {};
}

async function evaluateChunk(event: EvaluateEvent, context: EvaluateContext): Promise<void> {
  const run = await context.run(event);
  const { store, manifest } = run;
  const { start, masks, work } = await readChunk(run, event);
  const evaluator = await context.evaluator(run);
  const position = work && (await context.position(run, work));
  const began = context.elapsed();
  const improved = work && position && improveAll(position, work, run);
  const chunk = improved ? packGenomes(improved.genomes, manifest.bits) : masks;
  const scores = await evaluator.evaluate(chunk);
  const milliseconds = context.elapsed() - began;
  const fingerprints = Array.from({ length: chunk.count }, (_, index) => fingerprint(genomeAt(chunk, index)));
  const { spent: spending = UNMETERED } = context;
  const spent = spending(1);
  await store.put(
    keys.scoresOf(event.generation, event.chunk, event.round),
    encodeScores({ start, scores, fingerprints, milliseconds, spent, ...(improved ? { improved } : {}) }),
  );
  context.measured?.({ evaluations: chunk.count, milliseconds });
}

/** What a chunk is to do: masks to evaluate, or individuals to improve first. */
interface Chunk {
  readonly start: number;
  readonly masks: PackedMasks;
  readonly work?: Improving;
}

/** Individuals before it and after it are left out. */
async function readChunk(run: Run, event: EvaluateEvent): Promise<Chunk> {
  const { store, manifest, spec } = run;
  const { generation, round, chunk, chunkSize } = event;
  const from = chunk * chunkSize;
  if (algorithmNamed(spec.algorithm).improves) {
    const state = await readState(store, keys.stateOf(generation, round));
    if (state.work === 'improve') {
      const { ask } = await readMoment(run, state);
      if (ask.work !== 'improve') throw new TypeError(`generation ${generation} asks for no improvement`);
      const tasks = ask.tasks.slice(from, from + chunkSize);
      return { start: from, masks: emptyMasks(0, manifest.bits), work: { ...ask, tasks } };
    }
  }
  const key = keys.offspringOf(generation, round);
  return readMaskRows(store, key, manifest.bits, from, from + chunkSize);
}

/** Copies of artifacts by their SHA-256, near at hand. */
export interface Copies {
  /** Bytes that are the caller's, who may overwrite them. */
  get(checksum: string): Uint8Array | undefined;
  /** Keeps bytes of its own: the caller may overwrite these afterwards. */
  put(checksum: string, bytes: Uint8Array): void;
}

/** Reads network and training data of a run, verified, and makes its evaluator. */
async function loadEvaluator(run: Run, copies?: Copies): Promise<Evaluator> {
  const { store, manifest } = run;
  const read = async (key: string) => {
    const expected = manifest.checksums[key];
    const copy = expected === undefined ? undefined : copies?.get(expected);
    if (copy && checksum(copy) === expected) return copy;
    const bytes = verify(store, key, await required(store, key), expected);
    if (expected !== undefined) copies?.put(expected, bytes);
    return bytes;
  };
  const [network, train] = await Promise.all([readNetwork(run, read), read(keys.TRAIN)]);
  const samples = decodeSamples(train, keys.TRAIN);
  return createEvaluator(network, samples, manifest.scaling, {
    objective: manifest.objective,
    consume: true,
  });
}

/**
 * Evaluators kept warm, by the content of network and data: other runs on the same share them. As many as `limit`
 * bytes hold, and at least the one in use; the least recently used are released.
 */
export class EvaluatorCache {
  readonly #evaluators: LRUCache<string, Evaluator, Run>;
  /** Evaluators that are still being made, or released. */
  readonly #coming = new Set<Promise<unknown>>();
  readonly #leaving = new Set<Promise<unknown>>();

  constructor(limit: number, copies?: Copies) {
    this.#evaluators = new LRUCache({
      maxSize: Math.floor(limit),
      // Whoever asks for an evaluator that is larger by itself gets it: it fills the cache alone.
      sizeCalculation: ({ bytes }) => Math.max(1, Math.min(Math.floor(limit), Math.ceil(bytes))),
      fetchMethod: (_key, _stale, { context }) => kept(this.#coming, loadEvaluator(context, copies)),
      // Whoever waits for an evaluator gets it, even where others have taken its place meanwhile.
      ignoreFetchAbort: true,
      dispose: (evaluator) => void kept(this.#leaving, evaluator.release()),
    });
  }

  async get(run: Run): Promise<Evaluator> {
    const { checksums, objective, scaling } = run.manifest;
    // What of a model can be pruned is not in its file.
    const { include, exclude } = 'model' in run.spec.network ? run.spec.network : {};
    const network = [checksums[keys.WEIGHTS], checksums[keys.GRAPH], include, exclude];
    const key = JSON.stringify([...network, checksums[keys.TRAIN], objective, scaling]);
    const evaluator = await this.#evaluators.forceFetch(key, { context: run });
    await Promise.all(this.#leaving);
    return evaluator;
  }

  /** Releases them all. */
  async release(): Promise<void> {
    await Promise.allSettled(this.#coming);
    this.#evaluators.clear();
    await Promise.all(this.#leaving);
  }
}

/** The promise, in `pending` until it is settled. */
function kept<Value>(pending: Set<Promise<unknown>>, promise: Promise<Value>): Promise<Value> {
  const settled = promise.finally(() => pending.delete(settled));
  pending.add(settled);
  return settled;
}
