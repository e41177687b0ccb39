/** `tombola watch`, of a sweep: how many of its cells are done, until it ends. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { createLogUpdate } from 'log-update';
import { USER_ERRORS } from '../../aws/client/errors.ts';
import { type Persistence, persistently } from '../../aws/client/persistence.ts';
import { type CloudOptions, consoleUrl, type Stack } from '../../aws/client/stack.ts';
import {
  describeSweep,
  type RemoteSweep,
  readSweepProgress,
  resultOf,
  type SweepProgress,
} from '../../aws/client/sweeps.ts';
import { UserError } from '../../base/errors.ts';
import { counted, money, whole } from '../../base/format.ts';
import * as keys from '../../store/keys.ts';
import { print, printJson, tell } from '../output.ts';
import { plainTable } from '../result.ts';
import { isAtWork } from './at-work.ts';
import { commandLine } from './command-line.ts';

export interface WatchSweepOptions extends CloudOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Watches a sweep to its end; gives the exit code: 0 only if every cell has a result. `pause`: milliseconds. */
export async function watchSweep(
  client: SFNClient,
  stack: Stack,
  sweep: RemoteSweep,
  options: WatchSweepOptions,
  pause: number,
  persistence: Persistence,
): Promise<number> {
  const line = createLine(process.stderr, options.quiet);
  try {
    for (;;) {
      const progress = await persistently(() => readSweepProgress(client, sweep), persistence);
      if (progress) line.show(progressLine(progress));
      const execution = await persistently(() => describeSweep(client, sweep), persistence);
      if (!isAtWork(execution.status)) {
        line.end();
        return conclude(execution, sweep, stack, options);
      }
      const { signal } = persistence;
      await sleep(pause, undefined, signal ? { signal } : {});
    }
  } finally {
    line.end();
  }
}

function progressLine({ cells, done, failed, running }: SweepProgress): string {
  return [
    `${whole(done)} of ${whole(cells)} cells done`,
    `${whole(running)} running`,
    ...(failed > 0 ? [`${whole(failed)} failed`] : []),
  ].join('  ');
}

/** A line that is redrawn on a terminal, and elsewhere printed when it changed. */
function createLine(stream: NodeJS.WriteStream, quiet: boolean) {
  const draw = stream.isTTY && !quiet ? createLogUpdate(stream, { showCursor: true }) : undefined;
  let last = '';
  return {
    show(text: string) {
      if (text === last || quiet) return;
      last = text;
      if (draw) draw(text);
      else stream.write(`${text}\n`);
    },
    end: () => draw?.done(),
  };
}

function conclude(
  { status, error = status, cause = '', arn, output }: Awaited<ReturnType<typeof describeSweep>>,
  { name, uri }: RemoteSweep,
  stack: Stack,
  options: WatchSweepOptions,
): number {
  const result = status === 'SUCCEEDED' ? resultOf(output) : undefined;
  if (result) {
    const table = `${uri}${keys.SWEEP_TABLE}`;
    if (options.json) {
      printJson(result);
    } else if (options.quiet) {
      print(`${table}\n`);
    } else {
      const rows = [
        ['cells', `${whole(result.done)} of ${whole(result.cells)} done`],
        ['cost', `${money(result.costDollars)}, without the sweep's own transitions`],
        ['table', table],
        ['figures', `${uri}${keys.SWEEP_REPORT}`],
      ];
      print(`${plainTable(rows)}\n`);
      tell(`\nTo load its results: ${commandLine(`pull ${name}`, options)}\n`);
    }
    if (result.stopReason === 'budget' && !options.quiet) {
      tell(
        `The sweep's budget is spent: ${counted(result.cells - result.done - result.failed, 'cell was', 'cells were')} not run. To continue, submit the sweep again with --name ${name} and a larger --budget\n`,
      );
    }
    if (result.failed > 0 && !options.quiet) {
      tell(
        `${counted(result.failed, 'cell')} failed: the table says why. To try again, submit the sweep once more with --name ${name}\n`,
      );
    }
    return result.failed > 0 ? 1 : 0;
  }
  if (USER_ERRORS.has(error)) throw new UserError(cause);
  const outcome =
    status === 'ABORTED' ? 'was stopped' : status === 'TIMED_OUT' ? 'ran out of time' : 'failed';
  if (options.json) {
    const document = { status: outcome === 'was stopped' ? 'stopped' : 'failed', error, cause, sweep: uri };
    printJson(document);
  }
  const what = status === 'FAILED' ? `: ${error}: ${cause}` : '';
  tell(`error: the sweep ${name} ${outcome}${what}\n${consoleUrl(stack, arn)}\n`);
  return 1;
}
