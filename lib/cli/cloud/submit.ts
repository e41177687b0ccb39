/** `tombola submit`: starts a run in the cloud. */

import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { placeOfRun } from '../../aws/bucket.ts';
import { type CloudOptions, configure, consoleUrl, findStack } from '../../aws/client/stack.ts';
import { accountConcurrency } from '../../aws/concurrency.ts';
import { EXECUTION_NAME } from '../../aws/executions.ts';
import { UserError } from '../../base/errors.ts';
import { openFile } from '../../base/file-source.ts';
import { whole } from '../../base/format.ts';
import { checkPositions } from '../../runs/position-memory.ts';
import { resolveSpec } from '../../runs/spec-resolution.ts';
import { checkMemory } from '../../runspec/memory.ts';
import type { AskedSpec } from '../../runspec/schema.ts';
import { roomFor } from '../../workflow/concurrency.ts';
import { runName } from '../input.ts';
import { print, printJson, tell } from '../output.ts';
import { isLocal, localFilesIn, mapFiles } from '../paths.ts';
import { plainTable } from '../result.ts';
import { commandLine } from './command-line.ts';
import { uploadInputs } from './inputs.ts';

export interface SubmitOptions extends CloudOptions {
  readonly name?: string;
  readonly json: boolean;
}

/** Throws UserError. */
export function checkName(name: string): void {
  if (EXECUTION_NAME.test(name)) return;
  throw new UserError(
    `--name: found '${name}', expected at most 80 letters, digits, hyphens and underscores`,
  );
}

export async function submit(asked: AskedSpec, options: SubmitOptions): Promise<void> {
  const name = options.name ?? runName(asked);
  checkName(name);
  configure(options);
  const files = localFilesIn(asked, mapFiles);
  const checked = files.length > 0 ? await checkedHere(asked) : asked;
  const stack = await findStack(options);
  checkMemory(checked, stack.memory);
  checkPositions(checked, stack.memory);
  const spec = files.length > 0 ? mapFiles(checked, await uploadInputs(files, stack)) : checked;
  await tellRoom(checked.evaluation.maxConcurrency);
  const client = new SFNClient({});
  try {
    const { executionArn: arn = '' } = await client.send(
      new StartExecutionCommand({
        stateMachineArn: stack.stateMachineArn,
        name,
        input: JSON.stringify(spec),
      }),
    );
    report({ name, run: placeOfRun(stack, name), execution: arn, console: consoleUrl(stack, arn) }, options);
  } catch (error) {
    if (error instanceof ExecutionAlreadyExists) {
      throw new UserError(`--name: there is a run '${name}' already; choose another name`, { cause: error });
    }
    throw error;
  } finally {
    client.destroy();
  }
}

/** Says so where the account runs fewer functions at a time than a run of that width, or a sweep's cells, would have at work. */
export async function tellRoom(maxConcurrency: number, cells?: number): Promise<void> {
  const functions = await accountConcurrency();
  const room = roomFor(functions);
  if (functions === undefined || (cells ?? maxConcurrency) <= room) return;
  const narrowed =
    cells === undefined
      ? `chunks at a time are ${whole(room)}, not ${whole(maxConcurrency)}`
      : `cells at a time are ${whole(room)}, not ${whole(cells)}`;
  tell(
    `The account runs ${whole(functions)} Lambda functions at a time in this region, so ${narrowed}; the result is the same. More on request: Service Quotas, AWS Lambda, Concurrent executions.\n`,
  );
}

/** The spec with what its files hold, where all of them are here: better to hear of a mistake before anything is uploaded. */
async function checkedHere(spec: AskedSpec): Promise<AskedSpec> {
  let here = true;
  mapFiles(spec, (path) => {
    here &&= isLocal(path);
    return path;
  });
  return here ? (await resolveSpec(spec, openFile)).spec : spec;
}

function report(
  started: Readonly<Record<'name' | 'run' | 'execution' | 'console', string>>,
  options: SubmitOptions,
): void {
  if (options.json) {
    printJson(started);
    return;
  }
  const rows = [
    ['run', started.name],
    ['artifacts', started.run],
    ['execution', started.execution],
    ['console', started.console],
  ];
  const watch = commandLine(`watch ${started.name}`, options);
  const pull = commandLine(`pull ${started.name}`, options);
  print(`${plainTable(rows)}\n\nTo watch it: ${watch}\nTo load its artifacts: ${pull}\n`);
}
