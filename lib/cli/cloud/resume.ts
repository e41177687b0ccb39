/** `tombola resume s3://…`: goes on in the cloud with a run or a sweep that was stopped or failed. */
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { placeOfRun } from '../../aws/bucket.ts';
import { namedRun, newestExecution } from '../../aws/client/executions.ts';
import { SOME_TRIES } from '../../aws/client/persistence.ts';
import { type CloudPlace, placeOf } from '../../aws/client/places.ts';
import { type CloudOptions, configure, consoleUrl, findStack, type Stack } from '../../aws/client/stack.ts';
import { sweepMachineOf } from '../../aws/client/sweeps.ts';
import { continuationPrefix } from '../../aws/executions.ts';
import { S3Store } from '../../aws/s3/store.ts';
import { UserError } from '../../base/errors.ts';
import { readSummary } from '../../runs/final/summary.ts';
import * as keys from '../../store/keys.ts';
import { textIfThere } from '../../store/store.ts';
import { timeStamp } from '../input.ts';
import { print, printJson } from '../output.ts';
import { plainTable, printSummary } from '../result.ts';
import { continuationAtWork, currentSweep, isAtWork } from './at-work.ts';
import { commandLine } from './command-line.ts';

export interface ResumeOptions extends CloudOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

export async function resumeInCloud(uri: string, options: ResumeOptions): Promise<void> {
  configure(options);
  const stack = await findStack(options);
  const place = await placeOf(stack, uri, SOME_TRIES);
  const client = new SFNClient({});
  try {
    if (place.kind === 'sweep') await resumeSweep(client, stack, place, options);
    else await resumeRun(client, stack, place, options);
  } finally {
    client.destroy();
  }
}

async function resumeRun(
  client: SFNClient,
  stack: Stack,
  place: CloudPlace,
  options: ResumeOptions,
): Promise<void> {
  const { name, uri } = place;
  const folder = new S3Store(uri);
  const summary = await readSummary(folder);
  if (summary?.status === 'succeeded') {
    printSummary(summary, uri, options);
    return;
  }
  if ((await textIfThere(folder, keys.MANIFEST)) === undefined) {
    const runs = placeOfRun(stack, 'NAME');
    throw new UserError(
      `${uri}: holds no run to continue (no ${keys.MANIFEST}); runs of the stack '${options.stack}' are at ${runs}, and 'tombola list --cloud' lists them`,
    );
  }
  const busy = await executionAtWork(client, stack, place);
  if (busy !== undefined) throw atWork(place, busy, options);
  await start(client, stack, place, stack.stateMachineArn, { run: uri }, name, options);
}

async function resumeSweep(
  client: SFNClient,
  stack: Stack,
  place: CloudPlace,
  options: ResumeOptions,
): Promise<void> {
  const machine = sweepMachineOf(stack, options.stack);
  const found = await currentSweep(client, stack, place.uri);
  if (isAtWork(found?.status)) throw atWork(place, place.name, options);
  await start(client, stack, place, machine, { sweep: place.uri }, place.name, options);
}

/** The name of an execution that is at work on the run. */
async function executionAtWork(
  client: SFNClient,
  stack: Stack,
  { uri }: CloudPlace,
): Promise<string | undefined> {
  const first = namedRun(stack, uri);
  const newest = await newestExecution(client, first).catch((error) => {
    // Step Functions forgets executions after 90 days.
    if (error instanceof UserError) return undefined;
    throw error;
  });
  if (isAtWork(newest?.status)) return first.name;
  return (await continuationAtWork(client, stack, { uri }))?.name;
}

function atWork({ kind, uri }: CloudPlace, execution: string, options: ResumeOptions): UserError {
  return new UserError(
    `${uri}: the ${kind} is running already; watch it: ${commandLine(`watch ${execution}`, options)}`,
  );
}

/** Step Functions knows a name only once: what goes on does so under another one. */
async function start(
  client: SFNClient,
  stack: Stack,
  { kind, uri }: CloudPlace,
  stateMachineArn: string,
  input: Readonly<Record<string, string>>,
  name: string,
  options: ResumeOptions,
): Promise<void> {
  const execution = `${continuationPrefix(name)}${timeStamp()}`;
  const { executionArn = '' } = await client.send(
    new StartExecutionCommand({ stateMachineArn, name: execution, input: JSON.stringify(input) }),
  );
  const started = {
    ...{ name: execution, [kind]: uri, execution: executionArn, console: consoleUrl(stack, executionArn) },
  };
  if (options.json) {
    printJson(started);
    return;
  }
  const rows = [
    [kind, `${name}, continued as ${execution}`],
    ['artifacts', uri],
    ['execution', executionArn],
    ['console', started.console],
  ];
  print(`${plainTable(rows)}\n\nTo watch it: ${commandLine(`watch ${execution}`, options)}\n`);
}
