import middy from '@middy/core';
import { evaluate } from '../lib/steps/evaluate.ts';
import { type EvaluateEvent, evaluateEventSchema } from '../lib/workflow/payloads.ts';
import { meter, openedRun, spent, warmEvaluator } from './environment.ts';
import { metered } from './metered.ts';
import { parsed } from './parsed.ts';

/** The Evaluate states: the fitness of one chunk of a generation's masks. */
export const handler = middy<EvaluateEvent, Record<string, never>>()
  .use(parsed(evaluateEventSchema))
  .use(metered(meter))
  .handler((event) =>
    evaluate(event, { run: openedRun, evaluator: warmEvaluator, elapsed: () => performance.now(), spent }),
  );
