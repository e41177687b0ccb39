/** `tombola list --cloud`: the runs and sweeps in the cloud, newest first. */
import { type ExecutionListItem, paginateListExecutions, SFNClient } from '@aws-sdk/client-sfn';
import pLimit from 'p-limit';
import { placeOfRun, placeOfSweep } from '../../aws/bucket.ts';
import { type CloudOptions, configure, findStack, type Stack } from '../../aws/client/stack.ts';
import { readExecution } from '../../aws/client/sweeps.ts';
import { continuationPrefix, isCellName } from '../../aws/executions.ts';
import { S3Store } from '../../aws/s3/store.ts';
import { duration, money, percent, whole } from '../../base/format.ts';
import type { RunSummary } from '../../report/summary.ts';
import { readSummary } from '../../runs/final/summary.ts';
import { successorPrefix } from '../../runs/state.ts';
import { print, printJson } from '../output.ts';
import { plainTable } from '../result.ts';

export interface ListOptions extends CloudOptions {
  readonly limit: number;
  readonly json: boolean;
}

export interface ListedRun {
  readonly kind: 'run' | 'sweep';
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
    runs.map(({ kind, status, uri }) =>
      limit(async () => (kind === 'run' && status === 'SUCCEEDED' ? summaryOf(uri) : undefined)),
    ),
  );
  const counts = await Promise.all(
    runs.map(({ kind, uri }) => limit(async () => (kind === 'sweep' ? readExecution(uri) : undefined))),
  );
  if (options.json) {
    const document = runs.map((run, index) => {
      const { cells, done, failed } = counts[index] ?? {};
      const found = run.kind === 'sweep' ? { cells, done, failed } : { summary: summaries[index] ?? null };
      return { ...run, ...found };
    });
    printJson(document);
    return;
  }
  if (runs.length === 0) {
    print("There are no runs yet; 'tombola submit' starts one.\n");
    return;
  }
  const rows = runs.map(({ name, status, started, ended, kind }, index) => {
    const summary = summaries[index];
    const seconds = ((ended ?? new Date()).getTime() - (started?.getTime() ?? Number.NaN)) / 1_000;
    const count = counts[index];
    const cells = count ? `: ${whole(count.done)} of ${whole(count.cells)} cells done` : '';
    return [
      kind === 'sweep' ? `${name} (sweep${cells})` : name,
      status.toLowerCase(),
      started?.toISOString().slice(0, 16).replace('T', ' ') ?? '–',
      duration(seconds),
      percent(summary?.testAccuracy ?? null, 1),
      percent(summary?.sparsity ?? null, 1),
      summary ? money(summary.cost.dollars.total) : '–',
    ];
  });
  const head = ['run', 'status', 'started (UTC)', 'time', 'test accuracy', 'sparsity', 'cost'];
  print(`${plainTable(rows, head)}\n`);
}

/** The newest runs and sweeps; the executions that go on where one ended count as one with it. */
async function listRuns(stack: Stack, limit: number): Promise<ListedRun[]> {
  const client = new SFNClient({});
  try {
    const { stateMachineArn, sweepMachineArn } = stack;
    const [runs, sweeps] = await Promise.all([
      newestOf(client, stateMachineArn, limit, (executions) => joinRuns(executions, stack)),
      sweepMachineArn === undefined
        ? []
        : newestOf(client, sweepMachineArn, limit, (executions) => joinSweeps(executions, stack)),
    ]);
    return [...runs, ...sweeps].sort(newestFirst).slice(0, limit);
  } finally {
    client.destroy();
  }
}

/** `limit` runs or sweeps, or as many as there are, joined from as few executions as it takes. */
async function newestOf(
  client: SFNClient,
  stateMachineArn: string,
  limit: number,
  join: (executions: readonly ExecutionListItem[]) => ListedRun[],
): Promise<ListedRun[]> {
  const executions: ExecutionListItem[] = [];
  const pages = paginateListExecutions({ client }, { stateMachineArn, maxResults: 200 });
  for await (const { executions: page = [] } of pages) {
    executions.push(...page.filter(({ name = '' }) => !isCellName(name)));
    if (join(executions).length > limit) break;
  }
  return join(executions).slice(0, limit);
}

/** Sweeps from executions, newest first, of which some go on with others. */
function joinSweeps(executions: readonly ExecutionListItem[], stack: Stack): ListedRun[] {
  const prefixes = new Map(executions.map(({ name = '' }) => [continuationPrefix(name), name]));
  const sweepOf = (name: string) => prefixes.get(name.match(/^.*-(?=\d{8}-\d{6}$)/)?.[0] ?? '') ?? name;
  return join(executions, sweepOf, (name) => ({ kind: 'sweep', uri: placeOfSweep(stack, name) }));
}

/** Runs from executions, newest first, of which some are successors of others. */
export function joinRuns(executions: readonly ExecutionListItem[], stack: Stack): ListedRun[] {
  const names = executions.map(({ name = '' }) => name);
  const prefixes = new Map(names.map((name) => [successorPrefix(name, placeOfRun(stack, name)), name]));
  const runOf = (name: string) => prefixes.get(name.replace(/\d+(-\d+)?$/, '')) ?? name;
  return join(executions, runOf, (name) => ({ kind: 'run', uri: placeOfRun(stack, name) }));
}

/** One entry per name that `nameOf` gives to an execution's; executions newest first. */
function join(
  executions: readonly ExecutionListItem[],
  nameOf: (execution: string) => string,
  place: (name: string) => Pick<ListedRun, 'kind' | 'uri'>,
): ListedRun[] {
  const joined = new Map<string, ListedRun>();
  for (const { name = '', status = 'UNKNOWN', startDate, stopDate } of executions) {
    const run = nameOf(name);
    const newer = joined.get(run);
    joined.set(run, {
      name: run,
      ...place(run),
      status: newer?.status ?? status,
      ended: newer ? newer.ended : stopDate,
      started: startDate,
      executions: (newer?.executions ?? 0) + 1,
    });
  }
  return [...joined.values()].sort(newestFirst);
}

function newestFirst(a: ListedRun, b: ListedRun): number {
  return (b.started?.getTime() ?? 0) - (a.started?.getTime() ?? 0);
}

/** What a run found; undefined where it is gone, or written by another version. */
async function summaryOf(uri: string): Promise<RunSummary | undefined> {
  return readSummary(new S3Store(uri)).catch(() => undefined);
}
