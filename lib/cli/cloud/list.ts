/** `tombola list --cloud`: the runs and sweeps in the cloud, newest first. */
import { type ExecutionListItem, paginateListExecutions, SFNClient } from '@aws-sdk/client-sfn';
import pLimit from 'p-limit';
import { placeOfRun, placeOfSweep } from '../../aws/bucket.ts';
import { EXECUTIONS_A_PAGE } from '../../aws/client/executions.ts';
import { type CloudOptions, configure, findStack, type Stack } from '../../aws/client/stack.ts';
import { readExecution } from '../../aws/client/sweeps.ts';
import { continuationPrefix, isCellName } from '../../aws/executions.ts';
import { S3Store } from '../../aws/s3/store.ts';
import { duration, money, percent, whole } from '../../base/format.ts';
import { priceOf } from '../../cost/usage.ts';
import type { RunSummary } from '../../report/summary.ts';
import { readSummary } from '../../runs/final/summary.ts';
import { successorPrefix } from '../../runs/state.ts';
import { print, printJson } from '../output.ts';
import { plainTable } from '../result.ts';
import { newestState } from './remote-progress.ts';

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

const AT_A_TIME = 8;

/** The newest `limit` runs and sweeps, and how each of them stands. Throws UserError. */
export async function listCloud(options: CloudOptions, limit: number) {
  configure(options);
  const runs = await listRuns(await findStack(options), limit);
  const few = pLimit(AT_A_TIME);
  return { runs, standings: await Promise.all(runs.map((run) => few(() => standingOf(run)))) };
}

export async function list(options: ListOptions): Promise<void> {
  const { runs, standings } = await listCloud(options, options.limit);
  if (options.json) {
    printJson(runs.map((run, index) => ({ ...run, ...standings[index]?.document })));
    return;
  }
  if (runs.length === 0) {
    print("There are no runs yet; 'tombola submit' starts one.\n");
    return;
  }
  const rows = runs.map(({ name, status, started, ended, kind }, index) => {
    const { reached, summary, dollars } = standings[index] ?? {};
    const seconds = ((ended ?? new Date()).getTime() - (started?.getTime() ?? Number.NaN)) / 1_000;
    return [
      kind === 'sweep' ? `${name} (${reached === undefined ? 'sweep' : `sweep: ${reached}`})` : name,
      kind === 'run' && reached !== undefined ? `${status.toLowerCase()}, ${reached}` : status.toLowerCase(),
      started?.toISOString().slice(0, 16).replace('T', ' ') ?? '–',
      duration(seconds),
      percent(summary?.testAccuracy ?? null, 1),
      percent(summary?.sparsity ?? null, 1),
      dollars === undefined ? '–' : money(dollars),
    ];
  });
  const head = ['run', 'status', 'started (UTC)', 'time', 'test accuracy', 'sparsity', 'cost'];
  print(`${plainTable(rows, head)}\n`);
}

/** How far a run or a sweep is, and what it has cost so far. */
interface Standing {
  /** In words, while that says more than its status. */
  readonly reached?: string;
  readonly summary?: RunSummary | undefined;
  readonly dollars?: number | undefined;
  /** Its entry in the JSON document. */
  readonly document: object;
}

async function standingOf({ kind, status, uri }: ListedRun): Promise<Standing> {
  if (kind === 'sweep') {
    const execution = await readExecution(uri);
    if (!execution) return { document: {} };
    const { cells, done, failed, costDollars } = execution;
    const reached = `${whole(done)} of ${whole(cells)} cells done`;
    return { reached, dollars: costDollars, document: { cells, done, failed, costDollars } };
  }
  const summary = status === 'SUCCEEDED' ? await summaryOf(uri) : undefined;
  if (summary) {
    const dollars = summary.cost.dollars.total;
    const reached = summary.stopReason === 'budget' ? { reached: 'budget spent' } : {};
    return { ...reached, summary, dollars, document: { summary, costDollars: dollars } };
  }
  const state = await newestState(new S3Store(uri)).catch(() => undefined);
  if (!state) return { document: { summary: null } };
  const { complete: generation, usage, work } = state;
  // Where the functions run on arm64, it is less: the run's summary says how much.
  const dollars = priceOf(usage, 'x86_64').total;
  const unit = work === 'train' ? 'epoch' : 'generation';
  return {
    ...(generation === null ? {} : { reached: `${unit} ${whole(generation)}` }),
    dollars,
    document: { summary: null, generation, costDollars: dollars },
  };
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
  const pages = paginateListExecutions({ client }, { stateMachineArn, maxResults: EXECUTIONS_A_PAGE });
  for await (const { executions: page = [] } of pages) {
    executions.push(...page.filter(({ name = '' }) => !isCellName(name)));
    if (join(executions).length > limit) break;
  }
  return join(executions).slice(0, limit);
}

/** Name of the run that an execution continues; its own name otherwise. */
function startsOf(executions: readonly ExecutionListItem[]): (name: string) => string {
  const prefixes = new Map(executions.map(({ name = '' }) => [continuationPrefix(name), name]));
  return (name) => prefixes.get(name.match(/^.*-(?=\d{8}-\d{6}$)/)?.[0] ?? '') ?? name;
}

/** Sweeps from executions, newest first, of which some go on with others. */
function joinSweeps(executions: readonly ExecutionListItem[], stack: Stack): ListedRun[] {
  return join(executions, startsOf(executions), (name) => ({
    kind: 'sweep',
    uri: placeOfSweep(stack, name),
  }));
}

/** Runs from executions, newest first, of which some are successors of others, or were started to go on with them. */
export function joinRuns(executions: readonly ExecutionListItem[], stack: Stack): ListedRun[] {
  const names = executions.map(({ name = '' }) => name);
  const prefixes = new Map(names.map((name) => [successorPrefix(name, placeOfRun(stack, name)), name]));
  const startOf = startsOf(executions);
  const runOf = (name: string) => startOf(prefixes.get(name.replace(/\d+(-\d+)?$/, '')) ?? name);
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

/** Results of a run; undefined if they are missing, or written by another version. */
async function summaryOf(uri: string): Promise<RunSummary | undefined> {
  return readSummary(new S3Store(uri)).catch(() => undefined);
}
