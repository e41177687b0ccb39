/** evaluate: the fitness of one chunk of a generation's masks. */
import { createEvaluator } from '../evaluation/choose.ts';
import type { Evaluator } from '../evaluation/evaluator.ts';
import { genomeAt, sliceMasks } from '../search/genome.ts';
import * as keys from '../store/keys.ts';
import type { EvaluateEvent } from '../workflow/payloads.ts';
import { decodeNetwork, decodeSamples, encodeScores, fingerprint, readMasks } from './artifacts.ts';
import { type Run, type RunName, required, type Spending, UNMETERED, verify } from './run.ts';

export interface EvaluateContext {
  readonly run: (name: RunName) => Promise<Run>;
  /** The evaluator of a run's training data; warm invocations share it. */
  readonly evaluator: (run: Run) => Promise<Evaluator>;
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
  const run = await context.run(event);
  const { store, manifest } = run;
  const key = keys.offspringOf(event.generation);
  const masks = readMasks(await required(store, key), manifest.bits, key);
  const start = Math.min(masks.count, event.chunk * event.chunkSize);
  const chunk = sliceMasks(masks, start, Math.min(masks.count, start + event.chunkSize));
  const evaluator = await context.evaluator(run);
  const began = context.elapsed();
  const scores = await evaluator.evaluate(chunk);
  const milliseconds = context.elapsed() - began;
  const fingerprints = Array.from({ length: chunk.count }, (_, index) => fingerprint(genomeAt(chunk, index)));
  const { spent: spending = UNMETERED } = context;
  const spent = spending(1);
  await store.put(
    keys.scoresOf(event.generation, event.chunk),
    encodeScores({ start, scores, fingerprints, milliseconds, spent }),
  );
  context.measured?.({ evaluations: chunk.count, milliseconds });
  return {};
}

/** Reads weights and training data of a run, verified, and makes its evaluator. */
export async function loadEvaluator({ store, spec, manifest }: Run): Promise<Evaluator> {
  const read = async (key: string) => verify(store, key, await required(store, key), manifest.checksums[key]);
  const [weights, train] = await Promise.all([read(keys.WEIGHTS), read(keys.TRAIN)]);
  const network = decodeNetwork(weights, spec.network.layers, keys.WEIGHTS);
  const samples = decodeSamples(train, keys.TRAIN);
  return createEvaluator(network, samples, manifest.scaling, { loss: manifest.loss });
}

/** Evaluators kept warm, keyed by the content of weights and data; the least recently made are released. */
export function evaluatorCache(capacity = 4): (run: Run) => Promise<Evaluator> {
  const evaluators = new Map<string, Promise<Evaluator>>();
  return (run) => {
    const { checksums, loss, scaling } = run.manifest;
    const key = JSON.stringify([checksums[keys.WEIGHTS], checksums[keys.TRAIN], loss, scaling]);
    const known = evaluators.get(key);
    if (known) return known;
    const loaded = loadEvaluator(run);
    evaluators.set(key, loaded);
    loaded.catch(() => evaluators.delete(key));
    for (const [oldest, evaluator] of evaluators) {
      if (evaluators.size <= capacity) break;
      evaluators.delete(oldest);
      evaluator.then((loadedBefore) => loadedBefore.release()).catch(() => undefined);
    }
    return loaded;
  };
}
