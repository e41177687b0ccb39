/** Settings in a function's environment, read once per warm environment. */
import { z } from 'zod';
import { UnusableOutput } from '../../base/errors.ts';
import { AS_IF, type Platform } from '../../cost/cost.ts';
import { Meter } from '../../cost/meter.ts';
import { DEFAULT_MEMORY_MB } from '../../cost/prices.ts';
import { openStore } from '../../places/store.ts';
import { runCache } from '../../runs/run.ts';
import type { Store } from '../../store/store.ts';

const environmentSchema = z.object({
  /** Where runs are kept unless a spec says otherwise: a URI that ends with a slash. */
  TOMBOLA_RUNS: z.string().endsWith('/').default('file:///tmp/tombola/runs/'),
  /** Where sweeps are kept, their cells' runs below them. */
  TOMBOLA_SWEEPS: z.string().endsWith('/').default('file:///tmp/tombola/sweeps/'),
  /** Set by Lambda. */
  AWS_LAMBDA_FUNCTION_NAME: z.string().optional(),
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: z.coerce.number().positive().default(DEFAULT_MEMORY_MB),
});

export const environment = environmentSchema.parse(process.env);
export const inLambda = environment.AWS_LAMBDA_FUNCTION_NAME !== undefined;

/** Where this is, for the prices. */
export const platform: Platform = inLambda
  ? { basis: 'metered', architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64' }
  : AS_IF;

/** Lambda bills the start of an environment, too: this module is the last of it. */
export const meter = new Meter({
  memoryMb: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  elapsed: () => performance.now(),
  initMilliseconds: inLambda ? performance.now() : 0,
});
export const spent = (putsToCome: number) => meter.take(putsToCome);

/**
 * The store of a run or of a sweep. In the cloud they live under TOMBOLA_RUNS and TOMBOLA_SWEEPS: the functions may
 * write nowhere else, and a folder of one sandbox is not there in the next. Its requests are counted. Throws
 * UnusableOutput.
 */
export async function openPlace(uri: string): Promise<Store> {
  const { TOMBOLA_RUNS: runs, TOMBOLA_SWEEPS: sweeps } = environment;
  if (runs.startsWith('s3:') && !uri.startsWith(runs) && !uri.startsWith(sweeps)) {
    throw new UnusableOutput(`run: found '${uri}', expected a URI under ${runs} or ${sweeps}`);
  }
  return meter.metered(await openStore(uri));
}

/** Runs stay open between the invocations of a warm environment. */
export const openedRun = runCache(openPlace);

// Loads what the store needs while the environment starts, not in the first invocation.
if (environment.TOMBOLA_RUNS.startsWith('s3:')) await openStore(environment.TOMBOLA_RUNS);
