/** State payloads stay small whatever the size of the run: only keys, counters and chunk numbers travel. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { runSearch } from '../../lib/engine/engine.ts';

/** Step Functions fails at 256 KiB; Tombola stays far below. */
const MOST_BYTES = 8 * 1_024;

/**
 * Network [64, 758, 2]: 50,028 prunable weights, so a genome is 6 kB and the first population 6 MB, of which a payload
 * may not hold two; nor may it hold nine bytes for each individual. Few samples and few offspring: only the sizes matter here.
 */
const LARGE = {
  task: { dataset: 'digits', classes: 2, testShare: 0.97 },
  network: { layers: [64, 758, 2] },
  search: {
    population: 1_000,
    recombination: { rate: 0.1 },
    mutation: { rate: 0.02 },
    migration: { rate: 0.01 },
  },
  stop: { minGenerations: 0, maxGenerations: 1, targetAccuracy: null, stagnation: null },
  pruning: { enabled: false },
};
/** The same population, of a network that is evaluated in no time: for the number of chunks alone. */
const NARROW = { ...LARGE, network: { layers: [64, 2] } };

/** Size in bytes of the largest payload that entered or left a state, by state. */
async function largestPayloads(spec: object, chunks: number): Promise<Map<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'tombola-'));
  const sizes = new Map<string, number>();
  const measure = (state: string, payload: unknown) => {
    const bytes = Buffer.byteLength(JSON.stringify(payload ?? null));
    sizes.set(state, Math.max(bytes, sizes.get(state) ?? 0));
  };
  try {
    const run = pathToFileURL(join(folder, 'a run with quite a long name/')).href;
    const evaluation = { maxConcurrency: chunks, minChunkSeconds: 0 };
    const outcome = await runSearch(
      { ...spec, evaluation, run },
      { workers: 2, name: 'run', onPayload: measure },
    );
    expect(outcome.status).toBe('succeeded');
    measure('the execution', outcome);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return sizes;
}

test.each([
  ['50,000 weights in 40 chunks', LARGE, 40, 'Evaluate'],
  ['128 weights in 1 chunk', NARROW, 1, 'Leap'],
  ['128 weights in 400 chunks', NARROW, 400, 'Evaluate widely'],
])(
  '1,000 individuals of %s',
  async (_name, spec, chunks, entered) => {
    const sizes = await largestPayloads(spec, chunks);
    expect([...sizes.keys()]).toContain(entered);
    for (const [state, bytes] of sizes) expect(bytes, state).toBeLessThanOrEqual(MOST_BYTES);
  },
  120_000,
);
