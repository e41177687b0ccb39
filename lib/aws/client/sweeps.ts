/** Sweeps in the cloud, as a person names them: found, and how far they are. */
import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  ExecutionDoesNotExist,
  InvalidArn,
  ListMapRunsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { UserError } from '../../base/errors.ts';
import { sweepExecutionSchema } from '../../steps/sweep/plan.ts';
import * as keys from '../../store/keys.ts';
import { textIfThere } from '../../store/store.ts';
import { sweepResultSchema } from '../../workflow/sweep-payloads.ts';
import { nameAt, placeOfSweep } from '../bucket.ts';
import { executionArn, nameOfExecution } from '../executions.ts';
import { S3Store } from '../s3/store.ts';
import type { Execution } from './executions.ts';
import type { Stack } from './stack.ts';

export interface RemoteSweep {
  readonly name: string;
  /** Where it is kept: `s3://bucket/sweeps/NAME/`. */
  readonly uri: string;
  /** Its newest execution. */
  readonly arn: string;
}

/** How far a sweep is. */
export interface SweepProgress {
  readonly cells: number;
  /** Cells with a result. */
  readonly done: number;
  readonly failed: number;
  readonly running: number;
}

/** The ARN of the machine that runs sweeps. Throws UserError for a stack from before there was one. */
export function sweepMachineOf({ sweepMachineArn }: Stack, stackName: string): string {
  if (sweepMachineArn !== undefined) return sweepMachineArn;
  throw new UserError(
    `stack '${stackName}': was deployed before there were sweeps; deploy it again with 'npm run deploy'`,
  );
}

/** The sweep of that name, of the URI of its folder or of the ARN of an execution; undefined: it may be a run. */
export async function findSweep(
  client: SFNClient,
  stack: Stack,
  named: string,
): Promise<RemoteSweep | undefined> {
  const { sweepMachineArn } = stack;
  if (sweepMachineArn === undefined) return undefined;
  const arnOf = (name: string) => executionArn(sweepMachineArn, name);
  if (named.startsWith('s3://')) {
    const uri = named.endsWith('/') ? named : `${named}/`;
    const name = nameAt(uri);
    return uri === placeOfSweep(stack, name) ? newest({ name, uri, arn: arnOf(name) }) : undefined;
  }
  if (named.startsWith('arn:') && !named.startsWith(arnOf(''))) return undefined;
  const arn = named.startsWith('arn:') ? named : arnOf(named);
  const placed = await placeOf(client, arn);
  if (placed === undefined) return undefined;
  const name = nameOfExecution(arn);
  const uri = placed.sweep ?? placeOfSweep(stack, name);
  return newest({ name: nameAt(uri), uri, arn });
}

const inputSchema = z.looseObject({ sweep: z.string().startsWith('s3://').optional() });

/** Where an execution's input says that its sweep is; undefined where there is no such execution. */
async function placeOf(client: SFNClient, arn: string): Promise<z.output<typeof inputSchema> | undefined> {
  try {
    const { input = '{}' } = await client.send(new DescribeExecutionCommand({ executionArn: arn }));
    return inputSchema.safeParse(JSON.parse(input)).data ?? {};
  } catch (error) {
    // Such as for a path: no execution has a name like that.
    if (error instanceof ExecutionDoesNotExist || error instanceof InvalidArn) return undefined;
    throw error;
  }
}

/** A sweep that was started again is at work in another execution than the one of its name. */
async function newest(sweep: RemoteSweep): Promise<RemoteSweep> {
  const execution = await readExecution(sweep.uri);
  return execution ? { ...sweep, arn: execution.arn } : sweep;
}

/** Notes of the sweep's last round; undefined before the first is planned. */
export async function readExecution(uri: string): Promise<z.output<typeof sweepExecutionSchema> | undefined> {
  const text = await textIfThere(new S3Store(uri), keys.SWEEP_EXECUTION);
  return text === undefined ? undefined : sweepExecutionSchema.parse(JSON.parse(text));
}

interface SweepExecution extends Execution {
  readonly output: string | undefined;
  readonly startDate: Date | undefined;
}

export async function describeSweep(client: SFNClient, { arn }: RemoteSweep): Promise<SweepExecution> {
  const {
    status = 'UNKNOWN',
    error,
    cause,
    output,
    startDate,
  } = await client.send(new DescribeExecutionCommand({ executionArn: arn }));
  return { arn, status, error, cause, output, startDate };
}

/** The same; undefined where Step Functions has forgotten the execution, as it does after 90 days. */
export async function describeSweepIfThere(
  client: SFNClient,
  sweep: RemoteSweep,
): Promise<SweepExecution | undefined> {
  return describeSweep(client, sweep).catch((error) => {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  });
}

/** The result that a sweep's execution ended with. */
export function resultOf(output: string | undefined): z.output<typeof sweepResultSchema> | undefined {
  if (output === undefined) return undefined;
  return sweepResultSchema.safeParse(JSON.parse(output)).data;
}

/** Map runs that Step Functions lists in one answer, at most: with a budget, a sweep has up to as many rounds. */
const MAP_RUNS_A_PAGE = 1_000;

/** Results of earlier rounds, and the counts of this round's Map; undefined before the first round is planned. */
export async function readSweepProgress(
  client: SFNClient,
  { uri, arn }: RemoteSweep,
): Promise<SweepProgress | undefined> {
  const planned = await readExecution(uri);
  if (planned?.arn !== arn) return undefined;
  const { cells, done, failed } = planned;
  const noted = (await new S3Store(uri).list(keys.failuresOf(planned.name))).length;
  const { mapRuns = [] } = await client.send(
    new ListMapRunsCommand({ executionArn: arn, maxResults: MAP_RUNS_A_PAGE }),
  );
  const [current] = mapRuns.filter(({ stopDate }) => stopDate === undefined);
  if (!current) return { cells, done, failed: Math.max(failed, noted), running: 0 };
  const { itemCounts } = await client.send(new DescribeMapRunCommand({ mapRunArn: current.mapRunArn }));
  const ended = itemCounts?.succeeded ?? 0;
  // A child of the Map succeeds even where its search failed: that one is noted.
  const failedNow = Math.max(0, noted - failed);
  return {
    cells,
    done: done + Math.max(0, ended - failedNow),
    failed: Math.max(failed, noted),
    running: itemCounts?.running ?? 0,
  };
}
