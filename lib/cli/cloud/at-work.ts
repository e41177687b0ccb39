/** The execution that is at work on a run or a sweep, whoever started it. */
import {
  type ExecutionListItem,
  ListExecutionsCommand,
  paginateListExecutions,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { nameAt } from '../../aws/bucket.ts';
import {
  EXECUTIONS_A_PAGE,
  type Execution,
  findRun,
  newestExecution,
  type RemoteRun,
} from '../../aws/client/executions.ts';
import type { Stack } from '../../aws/client/stack.ts';
import { describeSweepIfThere, findSweep, type RemoteSweep } from '../../aws/client/sweeps.ts';
import { continuationPrefix } from '../../aws/executions.ts';
import { successorPrefix } from '../../runs/state.ts';

/** Whether an execution of that status is at work, or will be. */
export function isAtWork(status: string | undefined): boolean {
  return status === 'RUNNING' || status === 'PENDING_REDRIVE';
}

/**
 * The newest execution of the chain that begins with `run.arn`. If that ended without a result, the one that is at work on the
 * run now, if there is one: it was started to continue the run, or is a successor of one that was.
 */
export async function currentExecution(client: SFNClient, stack: Stack, run: RemoteRun): Promise<Execution> {
  const newest = await newestExecution(client, run);
  if (isAtWork(newest.status) || newest.status === 'SUCCEEDED') return newest;
  const other = await continuationAtWork(client, stack, run);
  return other?.executionArn === undefined
    ? newest
    : newestExecution(client, { ...run, arn: other.executionArn });
}

/** An execution at work that was started to continue the run at `uri`, or is a successor of one of its executions. */
export async function continuationAtWork(
  client: SFNClient,
  stack: Stack,
  { uri }: Pick<RemoteRun, 'uri'>,
): Promise<ExecutionListItem | undefined> {
  const name = nameAt(uri);
  const [again, successor] = [continuationPrefix(name), successorPrefix(name, uri)];
  const pages = paginateListExecutions(
    { client },
    { stateMachineArn: stack.stateMachineArn, statusFilter: 'RUNNING', maxResults: EXECUTIONS_A_PAGE },
  );
  for await (const { executions = [] } of pages) {
    for (const execution of executions) {
      const { name: running = '', executionArn = '' } = execution;
      if (running.startsWith(successor)) return execution;
      if (!running.startsWith(again)) continue;
      if ((await findRun(client, stack, executionArn)).uri === uri) return execution;
    }
  }
  return undefined;
}

export interface CurrentSweep extends RemoteSweep {
  /** Of its newest execution; undefined where Step Functions has forgotten that. */
  readonly status: string | undefined;
}

/**
 * The sweep of that name with its newest execution, or undefined: it may be a run. The sweep's notes name the execution that
 * planned last, and one that was just started has not planned yet.
 */
export async function currentSweep(
  client: SFNClient,
  stack: Stack,
  named: string,
): Promise<CurrentSweep | undefined> {
  const { sweepMachineArn: stateMachineArn } = stack;
  const sweep = await findSweep(client, stack, named);
  if (!sweep || stateMachineArn === undefined) return undefined;
  const noted = await describeSweepIfThere(client, sweep);
  const found = { ...sweep, status: noted?.status };
  if (isAtWork(noted?.status)) return found;
  const again = continuationPrefix(nameAt(sweep.uri));
  const { executions = [] } = await client.send(
    new ListExecutionsCommand({ stateMachineArn, maxResults: EXECUTIONS_A_PAGE }),
  );
  const newest = executions.find(({ name = '' }) => name.startsWith(again));
  const isNewer = (newest?.startDate?.getTime() ?? 0) > (noted?.startDate?.getTime() ?? 0);
  if (!isNewer || newest?.executionArn === undefined) return found;
  return { ...sweep, arn: newest.executionArn, status: newest.status };
}
