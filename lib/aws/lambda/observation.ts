/**
 * Middleware: structured logs and CloudWatch metrics in Lambda. Anywhere else it does nothing and loads nothing, so the
 * embedded engine stays quiet and starts as fast as before.
 */
import type { MiddlewareObj } from '@middy/core';
import type { MetricName } from '../../workflow/metrics.ts';

const telemetry =
  process.env.AWS_LAMBDA_FUNCTION_NAME === undefined ? undefined : await import('./telemetry.ts');

/** Logs and metrics around a handler; goes first. */
export function observed<Event>(): MiddlewareObj<Event, unknown>[] {
  return telemetry ? telemetry.middleware<Event>() : [];
}

/** Adds to a metric of this invocation. */
export function count(metric: MetricName, value: number): void {
  telemetry?.addMetric(metric, value);
}

/** A line of the log. */
export function log(message: string, details: Readonly<Record<string, string | number | null>>): void {
  telemetry?.writeLog(message, details);
}
