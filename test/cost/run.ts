/** Small searches on the embedded engine. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runSearch } from '../../lib/engine/engine.ts';
import { type RunSummary, summarySchema } from '../../lib/report/summary.ts';
import { SUMMARY } from '../../lib/store/keys.ts';

export interface SmallRun {
  readonly summary: RunSummary;
  readonly costDollars: number;
  /** Every payload that entered or left a state, in order, with the state's name. */
  readonly payloads: readonly {
    readonly state: string;
    readonly payload: unknown;
    readonly enters: boolean;
  }[];
}

/** Runs a spec in a temporary folder, to its end. */
export async function runSmall(spec: object, workers = 1): Promise<SmallRun> {
  const folder = await mkdtemp(join(tmpdir(), 'tombola-'));
  const payloads: SmallRun['payloads'][number][] = [];
  try {
    const outcome = await runSearch(
      { ...spec, run: pathToFileURL(join(folder, 'run/')).href },
      {
        workers,
        name: 'run',
        onPayload: (state, payload, enters) => payloads.push({ state, payload, enters }),
      },
    );
    if (outcome.status !== 'succeeded') throw new Error(`the search ended ${outcome.status}`);
    const summary = summarySchema.parse(JSON.parse(await readFile(join(folder, 'run', SUMMARY), 'utf8')));
    return { summary, costDollars: outcome.result.costDollars, payloads };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
