/** `tombola list`: the runs in the cloud, newest first. */
import { type ExecutionListItem, paginateListExecutions, SFNClient } from '@aws-sdk/client-sfn';
import pLimit from 'p-limit';
import { formatDollars } from '../../cost/wording.ts';
import type { Summary } from '../../report/summary.ts';
import { successorPrefix } from '../../steps/state.ts';
import { plainTable } from '../result.ts';
import { duration, percent } from '../text.ts';
import { RemoteFolder } from './bucket.ts';
import { readSummary } from './remote-progress.ts';
import { type CloudOptions, configure, findStack, placeOfRun, type Stack } from './stack.ts';

export interface ListOptions extends CloudOptions {
  readonly limit: number;
  readonly json: boolean;
}

export interface ListedRun {
  readonly name: string;
  readonly uri: string;
  readonly status: string;
  readonly started: Date | undefined;
  /** Absent while it runs. */
  readonly ended: Date | undefined;
  readonly executions: number;
}

const SUMMARIES_AT_A_TIME = 8;

export async function list(options: ListOptions): Promise<void> {
  configure(options);
  const stack = await findStack(options);
  const runs = await listRuns(stack, options.limit);
  const limit = pLimit(SUMMARIES_AT_A_TIME);
  const summaries = await Promise.all(
    runs.map(({ status, uri }) => limit(async () => (status === 'SUCCEEDED' ? summaryOf(uri) : undefined))),
  );
  if (options.json) {
    const document = runs.map((run, index) => ({ ...run, summary: summaries[index] ?? null }));
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  if (runs.length === 0) {
    process.stdout.write("There are no runs yet; 'tombola submit' starts one.\n");
    return;
  }
  const rows = runs.map(({ name, status, started, ended }, index) => {
    const summary = summaries[index];
    const seconds = ((ended ?? new Date()).getTime() - (started?.getTime() ?? Number.NaN)) / 1_000;
    return [
      name,
      status.toLowerCase(),
      started?.toISOString().slice(0, 16).replace('T', ' ') ?? '–',
      duration(seconds),
      percent(summary?.testAccuracy ?? null),
      percent(summary?.sparsity ?? null),
      summary ? formatDollars(summary.cost.dollars.total) : '–',
    ];
  });
  const head = ['run', 'status', 'started (UTC)', 'time', 'test accuracy', 'sparsity', 'cost'];
  process.stdout.write(`${plainTable(rows, head)}\n`);
}

/** The newest runs; the executions that go on where one ended count as one with it. */
async function listRuns(stack: Stack, limit: number): Promise<ListedRun[]> {
  const client = new SFNClient({});
  try {
    const executions: ExecutionListItem[] = [];
    const pages = paginateListExecutions(
      { client },
      { stateMachineArn: stack.stateMachineArn, maxResults: 200 },
    );
    for await (const { executions: page = [] } of pages) {
      executions.push(...page);
      if (joinRuns(executions, stack).length > limit) break;
    }
    return joinRuns(executions, stack).slice(0, limit);
  } finally {
    client.destroy();
  }
}

/** Runs from executions, newest first, of which some are successors of others. */
export function joinRuns(executions: readonly ExecutionListItem[], stack: Stack): ListedRun[] {
  const names = executions.map(({ name = '' }) => name);
  const prefixes = new Map(names.map((name) => [successorPrefix(name, placeOfRun(stack, name)), name]));
  const runOf = (name: string) => prefixes.get(name.replace(/\d+(-\d+)?$/, '')) ?? name;
  const joined = new Map<string, ListedRun>();
  for (const { name = '', status = 'UNKNOWN', startDate, stopDate } of executions) {
    const run = runOf(name);
    const newer = joined.get(run);
    joined.set(run, {
      name: run,
      uri: placeOfRun(stack, run),
      status: newer?.status ?? status,
      ended: newer ? newer.ended : stopDate,
      started: startDate,
      executions: (newer?.executions ?? 0) + 1,
    });
  }
  return [...joined.values()].sort((a, b) => (b.started?.getTime() ?? 0) - (a.started?.getTime() ?? 0));
}

/** What a run found; undefined where it is gone, or written by another version. */
async function summaryOf(uri: string): Promise<Summary | undefined> {
  const folder = new RemoteFolder(uri);
  try {
    return await readSummary(folder).catch(() => undefined);
  } finally {
    folder.close();
  }
}
