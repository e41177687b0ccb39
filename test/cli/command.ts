/** The command line as its users have it: a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const COMMAND = fileURLToPath(new URL('../../bin/tombola.ts', import.meta.url));
const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/tombola', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

interface Options {
  readonly cwd?: string;
  readonly input?: string;
  /** Options of Node. */
  readonly execArgv?: readonly string[];
}

/** Starts `tombola …args`; `input` goes to its standard input. */
export function start(
  args: readonly string[],
  { cwd = process.cwd(), input = '', execArgv = [] }: Options = {},
): Started {
  const {
    FORCE_COLOR: _forced,
    NO_COLOR: _none,
    VITEST: _vitest,
    NODE_OPTIONS: _options,
    ...env
  } = process.env;
  // What a start compiles, the next one finds: a quarter of the time that these tests take.
  const cached = { ...env, NODE_COMPILE_CACHE: COMPILE_CACHE };
  const child = spawn(process.execPath, [...execArgv, COMMAND, ...args], { cwd, env: cached, stdio: 'pipe' });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  child.stdin.on('error', () => undefined).end(input);
  const exit: Promise<unknown[]> = once(child, 'close');
  const ended = Promise.all([text(child.stdout), text(child.stderr), exit]).then(([stdout, stderr]) => ({
    code: child.exitCode,
    signal: child.signalCode,
    stdout,
    stderr,
  }));
  return { child, ended };
}

export const tombola = (args: readonly string[], options?: Options): Promise<Ended> =>
  start(args, options).ended;

/** Waits until `path` is there, or the command has ended. */
export async function appears(path: string, { child }: Started): Promise<void> {
  while (!existsSync(path) && child.exitCode === null && child.signalCode === null) await pause(2);
}
