/** Runs on the embedded engine, and what they leave. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { decodeSafetensors, tensorNamed } from '../../lib/data/safetensors.ts';
import { type EngineOptions, type Outcome, releaseFunctions, runSearch } from '../../lib/engine/engine.ts';
import { type RunSummary, summarySchema } from '../../lib/report/summary.ts';
import { checksum } from '../../lib/store/store.ts';
import { placeOf, temporaryFolder } from '../steps/small-run.ts';

/** What a spec alone decides. */
const RESULTS = ['history.csv', 'ticket.safetensors', 'ticket.onnx'] as const;

/** Every function in the test's own thread, unless it asks for others: a new thread takes longer than a small run. */
const OPTIONS = { workers: 0, name: 'a-test' } as const;
afterAll(releaseFunctions);

/** A run in a folder of its own. */
export async function run(
  spec: object,
  options: Partial<EngineOptions> = {},
): Promise<{ folder: string; outcome: Outcome }> {
  const folder = await temporaryFolder();
  const outcome = await runSearch({ ...spec, run: placeOf(folder) }, { ...OPTIONS, ...options });
  return { folder, outcome };
}

export async function resultsOf(folder: string): Promise<Record<string, string>> {
  const entries = RESULTS.map(async (name) => [name, checksum(await readFile(join(folder, name)))] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** The ticket's mask as 0 and 1, layer after layer. */
export async function maskOf(folder: string, file = 'ticket.safetensors'): Promise<string> {
  const tensors = decodeSafetensors(await readFile(join(folder, file)), 'ticket');
  const layers = [...tensors.keys()].filter((name) => name.endsWith('.mask')).toSorted();
  return layers.map((name) => tensorNamed(tensors, name, 'U8', 'ticket').data.join('')).join('');
}

export const summaryOf = async (folder: string): Promise<RunSummary> =>
  summarySchema.parse(JSON.parse(await readFile(join(folder, 'summary.json'), 'utf8')));
