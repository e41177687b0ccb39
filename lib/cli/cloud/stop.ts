/** `tombola stop`: stops the execution of a run that is at work. */

import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { findRun, newestExecution } from '../../aws/client/executions.ts';
import { type CloudOptions, configure, findStack } from '../../aws/client/stack.ts';
import { describeSweep } from '../../aws/client/sweeps.ts';
import { print, printJson } from '../output.ts';
import { type CurrentSweep, currentExecution, currentSweep, isAtWork } from './at-work.ts';
import { commandLine, wordFor } from './command-line.ts';

export interface StopOptions extends CloudOptions {
  readonly json: boolean;
}

export async function stop(run: string, options: StopOptions): Promise<void> {
  configure(options);
  const stack = await findStack(options);
  const client = new SFNClient({});
  try {
    const sweep = await currentSweep(client, stack, run);
    if (sweep) {
      await stopSweep(client, sweep, options);
      return;
    }
    const found = await findRun(client, stack, run);
    let { arn, status } = await currentExecution(client, stack, found);
    const wasRunning = isAtWork(status);
    // An execution may leave the rest to a successor while it is being stopped.
    while (isAtWork(status)) {
      await client.send(new StopExecutionCommand({ executionArn: arn, cause: 'tombola stop' }));
      const after = await newestExecution(client, { ...found, arn });
      if (after.arn === arn) {
        status = 'ABORTED';
        break;
      }
      ({ arn, status } = after);
    }
    if (options.json) {
      printJson({ run: found.uri, execution: arn, status });
    } else if (wasRunning && status === 'ABORTED') {
      const pull = commandLine(`pull ${wordFor(stack, found)} --all`, options);
      const resume = `npx tombola resume runs/${found.uri.split('/').at(-2)}`;
      print(
        `${found.name} is stopped. What it found is in ${found.uri}\nTo continue here: ${pull}, then ${resume}\n`,
      );
    } else {
      print(`${found.name} is over already: ${status.toLowerCase()}\n`);
    }
  } finally {
    client.destroy();
  }
}

/** Step Functions stops the cells' searches with it. */
async function stopSweep(client: SFNClient, sweep: CurrentSweep, options: StopOptions): Promise<void> {
  const { name, uri, arn } = sweep;
  let { status } = sweep;
  const wasRunning = isAtWork(status);
  if (wasRunning) {
    await client.send(new StopExecutionCommand({ executionArn: arn, cause: 'tombola stop' }));
    ({ status } = await describeSweep(client, sweep));
  }
  if (options.json) {
    printJson({ sweep: uri, execution: arn, status: status ?? null });
  } else if (wasRunning && status === 'ABORTED') {
    const submit = commandLine(`submit SWEEP.json --name ${name}`, options);
    print(
      `${name} is stopped. What its cells found is in ${uri}\nTo continue it with the same sweep spec: ${submit}\n`,
    );
  } else {
    print(`${name} is over already${status === undefined ? '' : `: ${status.toLowerCase()}`}\n`);
  }
}
