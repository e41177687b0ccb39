import middy from '@middy/core';
import { evaluate } from '../lib/steps/evaluate.ts';
import { type EvaluateEvent, evaluateEventSchema } from '../lib/workflow/payloads.ts';
import { meter, openedRun, spent } from './environment.ts';
import { warmEvaluator } from './evaluators.ts';
import { metered } from './metered.ts';
import { count, observed } from './observed.ts';
import { parsed } from './parsed.ts';

/** The Evaluate states: the fitness of one chunk of a generation's masks. */
export const handler = middy<EvaluateEvent, Record<string, never>>()
  .use(observed())
  .use(parsed(evaluateEventSchema))
  .use(metered(meter))
  .handler((event) =>
    evaluate(event, {
      run: openedRun,
      evaluator: warmEvaluator,
      elapsed: () => performance.now(),
      spent,
      measured: ({ evaluations, milliseconds }) => {
        count('Evaluations', evaluations);
        if (milliseconds > 0) count('EvaluationsPerSecond', (1000 * evaluations) / milliseconds);
      },
    }),
  );
