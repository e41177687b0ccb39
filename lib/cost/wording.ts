/** Costs as people read them. */
import type { Cost } from './cost.ts';
import { totalOfFunctions, type Usage } from './usage.ts';

const integer = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** US dollars: cents where there are many, two significant digits where there are few. */
export function formatDollars(dollars: number): string {
  if (dollars === 0) return '$0';
  if (dollars < 0.0001) return '<$0.0001';
  if (dollars >= 1_000) return `$${integer.format(dollars)}`;
  return dollars >= 1 ? `$${dollars.toFixed(2)}` : `$${Number(dollars.toPrecision(2))}`;
}

/** What a run costs, in one line. */
export function formatCost({ dollars, basis }: Cost): string {
  const total = formatDollars(dollars.total);
  return basis === 'metered' ? total : `nothing here; ${total} on AWS`;
}

/** What most of the money goes for. */
export function formatUsageBriefly(usage: Usage): string {
  const { puts, lists, gets } = usage.s3;
  return [
    `${integer.format(usage.transitions)} state transitions`,
    `${formatGbSeconds(totalOfFunctions(usage).gbSeconds)} GB-seconds`,
    `${integer.format(puts + lists + gets)} S3 requests`,
  ].join(', ');
}

/** GB-seconds, two significant digits where there are few. */
export function formatGbSeconds(gbSeconds: number): string {
  return gbSeconds < 10 ? String(Number(gbSeconds.toPrecision(2))) : integer.format(gbSeconds);
}

/** What a run used, in one line. */
export function formatUsage(usage: Usage): string {
  const { requests, gbSeconds } = totalOfFunctions(usage);
  const { puts, lists, gets } = usage.s3;
  return [
    `${integer.format(usage.transitions)} state transitions`,
    ...(usage.express.executions > 0 ? [`${integer.format(usage.express.executions)} child executions`] : []),
    `${integer.format(requests)} Lambda requests`,
    `${formatGbSeconds(gbSeconds)} GB-seconds`,
    `${integer.format(puts + lists)} S3 writes and lists`,
    `${integer.format(gets)} reads`,
  ].join(', ');
}
