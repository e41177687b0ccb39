/** `tombola submit SWEEP.json`: starts a sweep in the cloud, or goes on with one that was stopped. */

import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { placeOfSweep } from '../../aws/bucket.ts';
import { configure, consoleUrl, findStack, type Stack } from '../../aws/client/stack.ts';
import { sweepMachineOf } from '../../aws/client/sweeps.ts';
import { continuationPrefix } from '../../aws/executions.ts';
import { UserError } from '../../base/errors.ts';
import { whole } from '../../base/format.ts';
import { isObject, type Json } from '../../runspec/written-spec.ts';
import { checkMemoryOfCells, parseSweep } from '../../sweep/cells.ts';
import { LARGEST_INPUT } from '../../workflow/payloads.ts';
import { timeStamp } from '../input.ts';
import { print, printJson } from '../output.ts';
import { localFilesIn, mapFilesOfSweep } from '../paths.ts';
import { plainTable } from '../result.ts';
import { currentSweep, isAtWork } from './at-work.ts';
import { commandLine } from './command-line.ts';
import { uploadInputs } from './inputs.ts';
import { checkName, type SubmitOptions, tellRoom } from './submit.ts';

export async function submitSweep(asked: Json, options: SubmitOptions): Promise<void> {
  const { sweep, cells } = parseSweep(asked);
  const name = options.name ?? defaultName(sweep.name);
  checkName(name);
  refuseLong(asked);
  configure(options);
  const stack = await findStack(options);
  checkMemoryOfCells(cells, stack.memory);
  const written = await withUploads(asked, stack);
  refuseLong(written);
  const together = Math.min(cells.length, sweep.maxConcurrency);
  await tellRoom(1, together);
  const client = new SFNClient({});
  try {
    const { arn, again } = await start(client, stack, name, written, options);
    const started = {
      name,
      sweep: placeOfSweep(stack, name),
      cells: cells.length,
      execution: arn,
      console: consoleUrl(stack, arn),
    };
    if (options.json) {
      printJson(started);
      return;
    }
    const rows = [
      ['sweep', again ? `${name}, continued` : name],
      ['cells', `${whole(cells.length)}, ${whole(together)} at a time`],
      ['results', started.sweep],
      ['execution', arn],
      ['console', started.console],
    ];
    const watch = commandLine(`watch ${name}`, options);
    const pull = commandLine(`pull ${name}`, options);
    print(`${plainTable(rows)}\n\nTo watch it: ${watch}\nTo load its results: ${pull}\n`);
  } finally {
    client.destroy();
  }
}

function refuseLong(written: Json): void {
  if (Buffer.byteLength(JSON.stringify(written)) <= LARGEST_INPUT) return;
  throw new UserError(`sweep: a spec is at most ${LARGEST_INPUT / 1024} KiB long; make several sweeps of it`);
}

/** The sweep with its local files in the bucket. */
async function withUploads(written: Json, stack: Stack): Promise<Json> {
  const files = localFilesIn(written, mapFilesOfSweep);
  if (files.length === 0) return written;
  const mapped = mapFilesOfSweep(written, await uploadInputs(files, stack));
  return isObject(mapped) ? mapped : written;
}

/** Step Functions knows a name only once: a sweep goes on in an execution of another name, at the same place. */
async function start(
  client: SFNClient,
  stack: Stack,
  name: string,
  written: Json,
  options: SubmitOptions,
): Promise<{ readonly arn: string; readonly again: boolean }> {
  const stateMachineArn = sweepMachineOf(stack, options.stack);
  const send = async (executionName: string, input: Json) => {
    const { executionArn = '' } = await client.send(
      new StartExecutionCommand({ stateMachineArn, name: executionName, input: JSON.stringify(input) }),
    );
    return executionArn;
  };
  try {
    return { arn: await send(name, written), again: false };
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
  const found = await currentSweep(client, stack, name);
  if (isAtWork(found?.status)) {
    throw new UserError(
      `--name: the sweep '${name}' is running; watch it (${commandLine(`watch ${name}`, options)}), or choose another name`,
    );
  }
  const next = `${continuationPrefix(name)}${timeStamp()}`;
  return { arn: await send(next, { ...written, sweep: placeOfSweep(stack, name) }), again: true };
}

/** name-YYYYMMDD-HHMMSS, in local time. */
function defaultName(sweep = 'sweep'): string {
  const plain = sweep.replace(/[^\w-]+/g, '-').replace(/^-+|-+$/g, '');
  return `${(plain || 'sweep').slice(0, 62)}-${timeStamp()}`;
}
