/** What a function finds in its environment, read once per warm environment. */
import { z } from 'zod';
import { AS_IF, type Platform } from '../lib/cost/cost.ts';
import { Meter } from '../lib/cost/meter.ts';
import { DEFAULT_MEMORY_MB } from '../lib/cost/prices.ts';
import { evaluatorCache } from '../lib/steps/evaluate.ts';
import { runCache } from '../lib/steps/run.ts';
import { openStore as openPlainStore } from '../lib/store/open.ts';

const environmentSchema = z.object({
  /** Where runs are kept unless a spec says otherwise: a URI that ends with a slash. */
  TOMBOLA_RUNS: z.string().endsWith('/').default('file:///tmp/tombola/runs/'),
  /** Set by Lambda. */
  AWS_LAMBDA_FUNCTION_NAME: z.string().optional(),
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: z.coerce.number().positive().default(DEFAULT_MEMORY_MB),
});

export const environment = environmentSchema.parse(process.env);
const inLambda = environment.AWS_LAMBDA_FUNCTION_NAME !== undefined;

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

/** Opens a store whose requests are counted. */
export const openStore = (uri: string) => meter.metered(openPlainStore(uri));

/** Runs and evaluators stay open between the invocations of a warm environment. */
export const openedRun = runCache(openStore);
export const warmEvaluator = evaluatorCache();
