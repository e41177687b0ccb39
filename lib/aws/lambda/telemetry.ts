/** Powertools for Lambda, set up once per environment. Loaded only where Lambda runs it: see observation.ts. */
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { MiddlewareObj } from '@middy/core';
import { UserError } from '../../base/errors.ts';
import { whole } from '../../base/format.ts';
import { METRICS, type MetricName } from '../../workflow/metrics.ts';

const logger = new Logger();
const metrics = new Metrics();

export function addMetric(metric: MetricName, value: number): void {
  metrics.addMetric(metric, METRICS[metric], value);
}

export function writeLog(message: string, details: Readonly<Record<string, string | number | null>>): void {
  logger.info(message, { ...details });
}

/**
 * Characters of a message, at most. Step Functions cuts a cause after 32,768, and a cause has the message twice, as JSON: itself and
 * in the stack. What is cut is JSON no longer, so the machine could not tell what its message was.
 */
const LONGEST_MESSAGE = 6_000;

/** Leaves the first lines of a message that is too long. */
function shorten(error: Error): void {
  const { message, stack } = error;
  if (message.length <= LONGEST_MESSAGE) return;
  const end = message.lastIndexOf('\n', LONGEST_MESSAGE);
  const told = message.slice(0, end > 0 ? end : LONGEST_MESSAGE);
  error.message = `${told}\n… and ${whole(message.length - told.length)} more characters`;
  if (stack !== undefined) error.stack = stack.replace(message, () => error.message);
}

export function middleware<Event>(): MiddlewareObj<Event, unknown>[] {
  const publish = () => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return [
    injectLambdaContext(logger),
    {
      // Without the function's name: CloudWatch asks for each combination of dimensions as a metric of its own.
      before: () => metrics.captureColdStartMetric(),
      after: publish,
      onError: ({ error }) => {
        if (error) shorten(error);
        // Errors that the user can resolve are no fault of the platform; both are in the execution's history as well.
        if (error instanceof UserError) logger.warn(error.message, error);
        else logger.error(error?.message ?? 'the invocation failed', { error: error ?? undefined });
        publish();
      },
    },
  ];
}
