import { openedRun, openPlace, spent } from '../lib/aws/lambda/environment.ts';
import { warmEvaluator, warmPosition } from '../lib/aws/lambda/evaluators.ts';
import { taskHandler } from '../lib/aws/lambda/handler.ts';
import { count } from '../lib/aws/lambda/observation.ts';
import { evaluate } from '../lib/steps/evaluate.ts';
import { SEARCH_FUNCTIONS } from '../lib/workflow/states.ts';

/** The Evaluate states: the fitness of one chunk of a generation's masks. */
export const handler = taskHandler(SEARCH_FUNCTIONS.Evaluate, (event) =>
  evaluate(event, {
    openStore: openPlace,
    run: openedRun,
    evaluator: warmEvaluator,
    position: warmPosition,
    elapsed: () => performance.now(),
    spent,
    measured: ({ evaluations, milliseconds }) => {
      count('Evaluations', evaluations);
      if (milliseconds > 0) count('EvaluationsPerSecond', (1000 * evaluations) / milliseconds);
    },
  }),
);
