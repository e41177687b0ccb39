/** `tombola watch`: how a run in the cloud gets on, until it ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SFNClient } from '@aws-sdk/client-sfn';
import { USER_ERRORS } from '../../aws/client/errors.ts';
import { type Execution, findRun, type RemoteRun } from '../../aws/client/executions.ts';
import { type Persistence, persistently } from '../../aws/client/persistence.ts';
import { type CloudOptions, configure, consoleUrl, findStack, type Stack } from '../../aws/client/stack.ts';
import { S3Store } from '../../aws/s3/store.ts';
import { UserError } from '../../base/errors.ts';
import { shellWord } from '../../base/shell-word.ts';
import { readSummary } from '../../runs/final/summary.ts';
import { OUR_MISTAKE } from '../exit-codes.ts';
import { printJson, tell } from '../output.ts';
import { createProgress } from '../progress.ts';
import { printResult } from '../result.ts';
import { currentExecution, currentSweep, isAtWork } from './at-work.ts';
import { commandLine, wordFor } from './command-line.ts';
import { RemoteProgress } from './remote-progress.ts';
import { watchSweep } from './watch-sweep.ts';

export interface WatchOptions extends CloudOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Milliseconds. An account may describe 15 executions a second; the history in S3 costs next to nothing to read. */
interface Pace {
  /** Between two looks at the history. */
  readonly look: number;
  /** At least, between two questions after the execution. */
  readonly describe: number;
  /** Between two tries while the connection is lost. */
  readonly pauses: Persistence['pauses'];
}

const PACE: Pace = { look: 2_000, describe: 6_000, pauses: [1_000, 60_000] };

/** Watches a run or a sweep to its end, whatever happens to the connection; gives the exit code. */
export async function watch(run: string, options: WatchOptions, pace = PACE): Promise<number> {
  configure(options);
  const stack = await findStack(options);
  const client = new SFNClient({});
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  process.once('SIGINT', onInterrupt);
  const persistence: Persistence = {
    pauses: pace.pauses,
    signal: interrupt.signal,
    onLost: ({ message }) => {
      if (!options.quiet) tell(`Connection lost (${message || 'no answer'}); trying again …\n`);
    },
  };
  try {
    const sweep = await persistently(() => currentSweep(client, stack, run), persistence);
    if (sweep) return await watchSweep(client, stack, sweep, options, pace.describe, persistence);
    const found = await persistently(() => findRun(client, stack, run), persistence);
    const folder = new S3Store(found.uri);
    const ended = await follow(client, stack, found, folder, options, pace, persistence);
    return await conclude(ended, found, stack, folder, options, persistence);
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    tell(`\nThe run continues. To watch it again: ${commandLine(`watch ${shellWord(run)}`, options)}\n`);
    return 130;
  } finally {
    process.off('SIGINT', onInterrupt);
    client.destroy();
  }
}

/** Draws the progress until the newest execution of the run is over. */
async function follow(
  client: SFNClient,
  stack: Stack,
  run: RemoteRun,
  folder: S3Store,
  { quiet }: WatchOptions,
  pace: Pace,
  persistence: Persistence,
): Promise<Execution> {
  const progress = quiet ? undefined : createProgress(process.stderr);
  const remote = new RemoteProgress(folder);
  let asked = Number.NEGATIVE_INFINITY;
  let newest = run;
  try {
    for (;;) {
      const state = await persistently(() => remote.next(), persistence);
      if (state) progress?.update(state);
      // A history that stands still may be a run that is over.
      if (performance.now() - asked >= pace.describe * (state ? 2 : 1)) {
        asked = performance.now();
        const execution = await persistently(() => currentExecution(client, stack, newest), persistence);
        newest = { ...run, arn: execution.arn };
        if (!isAtWork(execution.status)) {
          const last = await persistently(() => remote.next(), persistence);
          if (last) progress?.update(last);
          return execution;
        }
      }
      await sleep(pace.look, undefined, persistence.signal ? { signal: persistence.signal } : {});
    }
  } finally {
    progress?.end();
  }
}

async function conclude(
  { status, error = status, cause = '', arn }: Execution,
  run: RemoteRun,
  stack: Stack,
  folder: S3Store,
  options: WatchOptions,
  persistence: Persistence,
): Promise<number> {
  if (status !== 'SUCCEEDED' && USER_ERRORS.has(error)) throw new UserError(cause);
  const summary = await persistently(() => readSummary(folder), persistence);
  if (status === 'SUCCEEDED' && !summary) {
    throw new UserError(`${run.uri}: the run ended, but its summary is gone`);
  }
  // A run that was stopped may have been continued to its end, here or by another execution.
  if (summary && (status === 'SUCCEEDED' || summary.status === 'succeeded')) {
    const exitCode = printResult(summary, run.uri, options);
    if (!options.json && !options.quiet) {
      tell(`\nTo load its artifacts: ${commandLine(`pull ${wordFor(stack, run)}`, options)}\n`);
    }
    return exitCode;
  }
  const outcome =
    status === 'ABORTED' ? 'was stopped' : status === 'TIMED_OUT' ? 'ran out of time' : 'failed';
  if (options.json) {
    const document = { status: outcome === 'was stopped' ? 'stopped' : 'failed', error, cause, run: run.uri };
    printJson(document);
  }
  const what = status === 'FAILED' ? `: ${error}: ${cause}` : '';
  tell(`error: the run ${run.name} ${outcome}${what}\n${consoleUrl(stack, arn)}\n`);
  return OUR_MISTAKE;
}
