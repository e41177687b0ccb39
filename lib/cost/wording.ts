/** Costs as people read them. */
import { money, whole } from '../base/format.ts';
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
    `${formatGbSeconds(totalOfFunctions(usage).gbSeconds)} GB-seconds`,
    `${whole(puts + lists + gets)} S3 requests`,
  ].join(', ');
}

/** GB-seconds, two significant digits where there are few. */
export function formatGbSeconds(gbSeconds: number): string {
  return gbSeconds < 10 ? String(Number(gbSeconds.toPrecision(2))) : whole(gbSeconds);
}

/** Usage of a run in one line. */
export function formatUsage(usage: Usage): string {
  const { requests, gbSeconds } = totalOfFunctions(usage);
  const { puts, lists, gets } = usage.s3;
  return [
    `${whole(usage.transitions)} state transitions`,
    ...(usage.express.executions > 0 ? [`${whole(usage.express.executions)} child executions`] : []),
    `${whole(requests)} Lambda requests`,
    `${formatGbSeconds(gbSeconds)} GB-seconds`,
    `${whole(puts + lists)} S3 writes and lists`,
    `${whole(gets)} reads`,
  ].join(', ');
}
