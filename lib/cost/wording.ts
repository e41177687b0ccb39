/** Costs as people read them. */
import { amount, money, whole } from '../base/format.ts';
import type { Cost } from './cost.ts';
import { totalOfFunctions, type Usage } from './usage.ts';

/** Cost of a run in one line. */
export function formatCost({ dollars, basis }: Cost): string {
  const total = money(dollars.total);
  return basis === 'metered' ? total : `nothing here; ${total} on AWS`;
}

/** The largest parts of a cost. */
export function formatUsageBriefly(usage: Usage): string {
  const { puts, lists, gets } = usage.s3;
  return [
    `${whole(usage.transitions)} state transitions`,
    `${amount(totalOfFunctions(usage).gbSeconds)} GB-seconds`,
    `${whole(puts + lists + gets)} S3 requests`,
  ].join(', ');
}

/** Usage of a run in one line. */
export function formatUsage(usage: Usage): string {
  const functions = totalOfFunctions(usage);
  const { puts, lists, gets } = usage.s3;
  return [
    `${whole(usage.transitions)} state transitions`,
    ...(usage.express.executions > 0 ? [`${whole(usage.express.executions)} child executions`] : []),
    `${whole(functions.requests)} Lambda requests`,
    `${amount(functions.gbSeconds)} GB-seconds`,
    `${whole(puts + lists)} S3 writes and lists`,
    `${whole(gets)} reads`,
  ].join(', ');
}
