/** Evaluators kept warm between the invocations of an environment. */
import { LRUCache } from 'lru-cache';
import type { Evaluator } from '../evaluation/evaluator.ts';
import { createEvaluator } from '../evaluation/evaluator-choice.ts';
import { createFairEvaluator } from '../evaluation/fair-evaluator.ts';
import { fairnessTask } from '../runs/groups.ts';
import { readNetwork } from '../runs/networks.ts';
import { ownObjectiveOf, type Run, required, verify } from '../runs/run.ts';
import { decodeSamples } from '../runs/samples.ts';
import * as keys from '../store/keys.ts';
import { checksum } from '../store/store.ts';

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
  const options = { objective: manifest.objective, own: ownObjectiveOf(run), consume: true };
  const task = fairnessTask(run);
  if (task) return createFairEvaluator(network, samples, manifest.scaling, options, task);
  return createEvaluator(network, samples, manifest.scaling, options);
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
    const own = run.spec.own?.objective?.sha256;
    // The file of a model does not say which of its weights can be pruned.
    const { include, exclude } = 'model' in run.spec.network ? run.spec.network : {};
    const network = [checksums[keys.WEIGHTS], checksums[keys.GRAPH], include, exclude];
    const key = JSON.stringify([
      ...network,
      checksums[keys.TRAIN],
      objective,
      own,
      scaling,
      fairnessTask(run),
    ]);
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
