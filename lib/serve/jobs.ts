/**
 * Starts, stops and resumes runs. Each is a process of the command line, the same that a user would start: it goes
 * on when the page or the server ends, and the folder's lock says who is at work.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../base/errors.ts';
import { runName } from '../cli/input.ts';
import type { StoredRun } from '../cli/local/stored-run.ts';
import { shown } from '../cli/paths.ts';
import { COMMAND } from '../cli/run-page.ts';
import { parseSpec } from '../runspec/parser.ts';
import type { Json } from '../runspec/written-spec.ts';
import { processIn } from '../store/folder-lock.ts';
import * as keys from '../store/keys.ts';

/** Characters of a failing process's output that are kept. */
const LAST_WORDS = 8_000;
/** How long to wait for a process to take its folder, or to fail, in milliseconds: starting takes about one second. */
const BEGINNING = 30_000;
const LOOK = 50;

/** The request contradicts another one, or another process. */
export class Conflict extends UserError {
  override readonly name = 'Conflict';
}

export interface Ask {
  readonly spec: Json;
  readonly name?: string | undefined;
  readonly workers?: number | undefined;
}

export class Jobs {
  readonly #problems: Map<string, string>;
  readonly #command: string;

  /** `problems`: takes what a process said that failed, by the name of its run. */
  constructor(problems: Map<string, string>, command = COMMAND) {
    this.#problems = problems;
    this.#command = command;
  }

  /** Gives the name of the run. Throws InvalidSpec, UserError, Conflict. */
  async start({ spec, name, workers }: Ask): Promise<string> {
    const asked = parseSpec(spec);
    const folder = resolve('runs', name === undefined ? runName(asked) : checkedName(name));
    if (existsSync(folder)) throw new Conflict(`name: ${shown(folder)} is there already; choose another one`);
    const options = workers === undefined ? [] : ['--workers', String(workers)];
    await this.#spawn(folder, ['run', '-', '--out', folder, '--quiet', ...options], JSON.stringify(spec));
    return shown(folder);
  }

  /** Throws UserError, Conflict. */
  async resume({ kind, folder, name, state, process }: StoredRun): Promise<void> {
    if (process !== undefined) throw new Conflict(`${name}: is at work already`);
    if (state === 'done') throw new Conflict(`${name}: is done; there is nothing to continue`);
    await this.#spawn(
      folder,
      kind === 'run'
        ? ['resume', folder, '--quiet']
        : ['sweep', join(folder, keys.SWEEP), '--out', folder, '--quiet'],
    );
  }

  /** Asks the process to stop after what is in flight. Throws Conflict. */
  stop({ name, process: worker, sweep }: StoredRun): void {
    if (worker === undefined) throw new Conflict(`${name}: nothing is at work in it`);
    if (worker === 'unknown' || worker.host !== hostname()) {
      throw new Conflict(`${name}: a process of another computer or user is at work in it; stop it there`);
    }
    if (!worker.command.startsWith('tombola ')) {
      throw new Conflict(
        `${name}: a program of yours is at work in it (${worker.command}, process ${worker.pid}); stop it there`,
      );
    }
    if (sweep !== undefined && worker.command === 'tombola sweep') {
      throw new Conflict(`${name}: is a cell of a sweep, which stops as a whole: stop ${shown(sweep)}`);
    }
    try {
      process.kill(worker.pid, 'SIGINT');
    } catch (cause) {
      throw new Conflict(`${name}: process ${worker.pid} cannot be stopped from here`, { cause });
    }
  }

  /** Waits until the process has taken the folder. Throws UserError with its last words where it fails before. */
  async #spawn(folder: string, args: readonly string[], input = ''): Promise<void> {
    const name = shown(folder);
    this.#problems.delete(name);
    // A group of its own: Ctrl-C in the server's terminal is not meant for it.
    const child = spawn(process.execPath, [this.#command, ...args], {
      detached: true,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let words = '';
    let ended = false;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-LAST_WORDS);
    });
    child.on('error', (error) => {
      words = error.message;
      ended = true;
    });
    child.on('close', (code) => {
      if (code !== 0 && code !== 130 && code !== 143) this.#problems.set(name, saidBy(words, code));
      ended = true;
    });
    // It may end before it has read its spec.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    // The server may end before it.
    child.unref();
    if (child.stderr instanceof Socket) child.stderr.unref();
    const until = performance.now() + BEGINNING;
    while (!ended && !hasBegun(folder) && performance.now() < until) await pause(LOOK);
    const problem = this.#problems.get(name);
    if (ended && problem !== undefined) {
      if (!existsSync(folder)) this.#problems.delete(name);
      throw new UserError(problem);
    }
  }
}

/** Whether a process is at work there, or has been. */
function hasBegun(folder: string): boolean {
  const named = [keys.SPEC, keys.SWEEP].some((key) => existsSync(join(folder, key)));
  return named && processIn(folder) !== undefined;
}

/** Without the word that the command line puts before it. */
function saidBy(words: string, code: number | null): string {
  const lines = words
    .trim()
    .split('\n')
    .filter((line) => line !== '');
  const errors = lines
    .filter((line) => line.startsWith('error: '))
    .map((line) => line.slice('error: '.length));
  if (errors.length > 0) return errors.join('\n');
  return lines.at(-1) ?? `the process ended with code ${code ?? 'of a signal'}`;
}

/** One folder's name in runs/. Throws UserError. */
function checkedName(name: string): string {
  // Letters of any language; nothing that leads elsewhere, or that a shell or a file system would take for its own.
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.+=@-]*$/u.test(name) && Buffer.byteLength(name) <= 120) return name;
  throw new UserError(
    `name: found ${JSON.stringify(name)}, expected letters, digits, dots, hyphens and underscores, at most 120 of them`,
  );
}
