/** What a function finds in its environment, read once per warm environment. */
import { z } from 'zod';
import { UnusableOutput } from '../lib/spec/errors.ts';
import { runCache } from '../lib/steps/run.ts';
import { openStore } from '../lib/store/open.ts';
import type { Store } from '../lib/store/store.ts';

const environmentSchema = z.object({
  /** Where runs are kept unless a spec says otherwise: a URI that ends with a slash. */
  TOMBOLA_RUNS: z.string().endsWith('/').default('file:///tmp/tombola/runs/'),
});

export const environment = environmentSchema.parse(process.env);

/**
 * The store of a run. In the cloud a run lives under TOMBOLA_RUNS: the functions may write nowhere else, and a folder
 * of one sandbox is not there in the next. Throws UnusableOutput.
 */
export async function openPlace(uri: string): Promise<Store> {
  const runs = environment.TOMBOLA_RUNS;
  if (runs.startsWith('s3:') && !uri.startsWith(runs)) {
    throw new UnusableOutput(`run: found '${uri}', expected a URI under ${runs}`);
  }
  return openStore(uri);
}

/** Runs stay open between the invocations of a warm environment. */
export const openedRun = runCache(openPlace);

// Loads what the store needs while the environment starts, not in the first invocation.
if (environment.TOMBOLA_RUNS.startsWith('s3:')) await openStore(environment.TOMBOLA_RUNS);
