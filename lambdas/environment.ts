/** What a function finds in its environment, read once per warm environment. */
import { z } from 'zod';
import { evaluatorCache } from '../lib/steps/evaluate.ts';
import { runCache } from '../lib/steps/run.ts';
import { openStore } from '../lib/store/open.ts';

const environmentSchema = z.object({
  /** Where runs are kept unless a spec says otherwise: a URI that ends with a slash. */
  TOMBOLA_RUNS: z.string().endsWith('/').default('file:///tmp/tombola/runs/'),
});

export const environment = environmentSchema.parse(process.env);

/** Runs and evaluators stay open between the invocations of a warm environment. */
export const openedRun = runCache(openStore);
export const warmEvaluator = evaluatorCache();
