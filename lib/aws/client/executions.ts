/** The executions of a run: the first, and those that went on where one ended. */
import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  InvalidArn,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { parsedIfSound } from '../../base/artifact-json.ts';
import { UserError } from '../../base/errors.ts';
import { continuedSchema } from '../../workflow/payloads.ts';
import { nameAt, placeOfRun } from '../bucket.ts';
import { executionArn, nameOfExecution } from '../executions.ts';
import type { Stack } from './stack.ts';

export interface Execution {
  readonly arn: string;
  readonly status: string;
  /** The error's name and message, if the execution failed. */
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

/** Executions that are asked for in one answer. */
export const EXECUTIONS_A_PAGE = 200;

/** A run as a person names it, found. */
export interface RemoteRun {
  readonly name: string;
  /** Where its artifacts are: `s3://bucket/runs/NAME/`. */
  readonly uri: string;
  /** An execution of it, not always the newest. */
  readonly arn: string;
}

const inputSchema = z.looseObject({ run: z.string().startsWith('s3://') });

/** A run from its name, the URI of its folder or the ARN of an execution. Does not ask whether it is there. */
export function namedRun(stack: Stack, run: string): RemoteRun {
  if (run.startsWith('arn:')) {
    const name = nameOfExecution(run);
    return { name, uri: placeOfRun(stack, name), arn: run };
  }
  if (run.startsWith('s3://')) {
    const uri = run.endsWith('/') ? run : `${run}/`;
    const name = nameAt(uri);
    return { name, uri, arn: executionArn(stack.stateMachineArn, name) };
  }
  return { name: run, uri: placeOfRun(stack, run), arn: executionArn(stack.stateMachineArn, run) };
}

/** `run`, with the place that its execution's input gives. Throws UserError where there is no such execution. */
export async function findRun(client: SFNClient, stack: Stack, run: string): Promise<RemoteRun> {
  const named = namedRun(stack, run);
  const { input } = await describe(client, named.arn, run);
  const uri = parsedIfSound(input, inputSchema)?.run;
  return uri === undefined ? named : { ...named, uri: uri.endsWith('/') ? uri : `${uri}/` };
}

/** The newest execution of the chain that begins with `arn`: each one's output names its successor. */
export async function newestExecution(
  client: SFNClient,
  { arn: first, name }: RemoteRun,
): Promise<Execution> {
  let arn = first;
  for (;;) {
    const found = await describe(client, arn, name).catch((thrown) => {
      // Step Functions may not show a successor yet that it has just started.
      if (arn !== first && thrown instanceof UserError) return undefined;
      throw thrown;
    });
    if (!found) return { arn, status: 'RUNNING', error: undefined, cause: undefined };
    const { status = 'UNKNOWN', output, error, cause } = found;
    const continued = status === 'SUCCEEDED' ? parsedIfSound(output, continuedSchema) : undefined;
    if (!continued) return { arn, status, error, cause };
    arn = continued.successor;
  }
}

async function describe(client: SFNClient, arn: string, run: string) {
  try {
    return await client.send(new DescribeExecutionCommand({ executionArn: arn }));
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist || error instanceof InvalidArn) {
      throw new UserError(`${run}: there is no such run; 'tombola list --cloud' lists them`, {
        cause: error,
      });
    }
    throw error;
  }
}
