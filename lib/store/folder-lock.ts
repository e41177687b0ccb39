/**
 * One process at a time in a folder. Each process puts a file of its own there, which names it, and then looks for
 * others: whoever finds one that lives takes its own away. No file is ever shared or taken over, so there is no moment
 * in which two processes could take the same one for theirs; and what a dead process left is removed by whoever finds
 * it. (Libraries such as proper-lockfile keep one path, which two processes can find stale at once, and no owner.)
 */
import { randomBytes, randomInt } from 'node:crypto';
import * as fs from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { UnusableOutput } from '../base/errors.ts';
import { errorCode, isMissing, unusableFile } from '../base/file-errors.ts';
import { makeFolder } from '../base/folders.ts';
import { keepAlive } from './heartbeat.ts';

const LOCK = /^\.tombola-lock-[0-9a-f]{16}$/;
/** Unfinished writes; never listed, never read. */
const UNFINISHED = /\.[0-9a-f]{12}\.part$/;

/** Whether a file is there for our own sake, and no part of what a folder holds. */
export function isBookkeeping(name: string): boolean {
  return LOCK.test(name) || UNFINISHED.test(name);
}

/** A process on another computer is taken for dead when its lock has not been renewed for so long, in milliseconds. */
const SILENCE = 60_000;
/** Two processes that come at once both step back, and try again after a random pause, in milliseconds. */
const TRIES = 6;
const PAUSES = [20, 120] as const;

const ownerSchema = z.object({
  command: z.string(),
  pid: z.int().positive(),
  host: z.string(),
  /** The same for all processes that can see one another. */
  machine: z.string(),
  /** When the process started, in the system's words; null where it does not tell. */
  born: z.string().nullable(),
  since: z.string(),
});
export type Owner = z.output<typeof ownerSchema>;

export interface FolderLock extends Disposable {
  release(): void;
}

/**
 * Makes the folder, if need be, and locks it. `command`: what is at work, as people call it; `name`: of the folder, too.
 * Throws UnusableOutput, which names the process that is at work there.
 */
export async function lockFolder(
  folder: string,
  { command, name = folder }: { readonly command: string; readonly name?: string },
): Promise<FolderLock> {
  const owner = JSON.stringify(describeProcess(command));
  const file = join(folder, `.tombola-lock-${randomBytes(8).toString('hex')}`);
  const made = attempt(name, () => makeFolder(folder));
  const giveUp = () => {
    fs.rmSync(file, { force: true });
    if (made !== undefined) removeIfEmpty(folder, made);
  };
  try {
    for (let tries = 1; ; tries++) {
      const now = attempt(name, () => place(file, owner));
      const other = attempt(name, () => findOther(folder, now, { own: file, remove: true }));
      if (other === undefined) return hold(file, name, giveUp);
      fs.rmSync(file, { force: true });
      if (tries === TRIES) throw new UnusableOutput(refusal(name, other));
      const [shortest, longest] = PAUSES;
      await pause(randomInt(shortest, longest));
    }
  } catch (error) {
    giveUp();
    throw error;
  }
}

/** The process that is at work in a folder, 'unknown' where it cannot be told which; asks only, and changes nothing. */
export function processIn(folder: string): Owner | 'unknown' | undefined {
  return findOther(folder, Date.now(), { remove: false });
}

const held = new Set<() => void>();

/** Releases all that this process holds: before it ends in a way that runs nothing more. */
export function releaseLocks(): void {
  for (const release of held) release();
}

/** The number that the file system gives a folder, and keeps when it is moved; undefined where there is none to be seen. */
export function numberOf(folder: string): bigint | undefined {
  try {
    return fs.statSync(folder, { bigint: true }).ino;
  } catch {
    return undefined;
  }
}

/** Why a lock is gone from a folder that had this number. */
export function lossOf(folder: string, name: string, number: bigint | undefined): string {
  return numberOf(folder) === number
    ? `${name}: this process did not answer for a minute, and lost the folder`
    : `${name}: was moved or deleted while 'tombola' was at work in it; continue it at its new place, and delete what is left at this one`;
}

function hold(file: string, name: string, giveUp: () => void): FolderLock {
  const folder = dirname(file);
  const number = numberOf(folder);
  const stop = keepAlive(file, () => {
    // Another process may have the folder now, or it is elsewhere: nothing more may be written.
    process.stderr.write(`error: ${lossOf(folder, name, number)}\n`);
    process.exit(2);
  });
  const release = () => {
    if (!held.delete(release)) return;
    if (held.size === 0) process.off('exit', releaseLocks);
    stop();
    giveUp();
  };
  if (held.size === 0) process.on('exit', releaseLocks);
  held.add(release);
  return { release, [Symbol.dispose]: release };
}

function attempt<Value>(name: string, call: () => Value): Value {
  try {
    return call();
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause;
    if (errorCode(cause) === 'EEXIST') {
      throw new UnusableOutput(`${name}: is a file, not a folder; choose another folder with --out`, {
        cause,
      });
    }
    throw new UnusableOutput(unusableFile(name, cause, 'writing'), { cause });
  }
}

/** Appears at once and whole. Gives the time, by the clock of the file system. */
function place(file: string, owner: string): number {
  const part = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    fs.writeFileSync(part, owner);
    fs.renameSync(part, file);
  } catch (error) {
    fs.rmSync(part, { force: true });
    throw error;
  }
  return fs.statSync(file).mtimeMs;
}

/** A process that is at work in the folder, 'unknown' where its lock cannot be read. `remove`: the locks of dead ones. */
function findOther(
  folder: string,
  now: number,
  { own, remove }: { readonly own?: string; readonly remove: boolean },
): Owner | 'unknown' | undefined {
  for (const name of fs.readdirSync(folder).filter((entry) => LOCK.test(entry))) {
    const file = join(folder, name);
    if (file === own) continue;
    try {
      const owner = ownerIn(fs.readFileSync(file, 'utf8'));
      const silence = Math.abs(now - fs.statSync(file).mtimeMs);
      if (lives(owner, silence)) return owner ?? 'unknown';
    } catch (error) {
      // It has just been released; one that may not be read is somebody else's.
      if (isMissing(error)) continue;
      return 'unknown';
    }
    if (remove) fs.rmSync(file, { force: true });
  }
  return undefined;
}

function ownerIn(text: string): Owner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function lives(owner: Owner | undefined, silence: number): boolean {
  if (owner?.machine !== machine()) return silence < SILENCE;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') return false;
  }
  // The number of a dead process may be another's by now.
  const born = birthOf(owner.pid);
  return born === null || owner.born === null ? silence < SILENCE : born === owner.born;
}

function describeProcess(command: string): Owner {
  return {
    command,
    pid: process.pid,
    host: hostname(),
    machine: machine(),
    born: birthOf(process.pid),
    since: new Date().toISOString(),
  };
}

/** Containers may share a name, and have processes of their own. */
function machine(): string {
  const told = (read: () => string) => {
    try {
      return read().trim();
    } catch {
      return '';
    }
  };
  const boot = told(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  return [hostname(), boot, told(() => fs.readlinkSync('/proc/self/ns/pid'))].join(' ').trim();
}

/** On Linux. Its own name may hold spaces and parentheses. */
function birthOf(pid: number): string | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function refusal(name: string, other: Owner | 'unknown'): string {
  if (other === 'unknown') {
    return `${name}: another process is at work in this folder, and its name cannot be read; wait for it to end`;
  }
  const { command, pid, host, since } = other;
  const where = host === hostname() ? '' : ` on ${host}`;
  const at = since.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
  return `${name}: another process is at work in this folder: '${command}', process ${pid}${where}, since ${at}; wait for it to end, or stop it`;
}

/** Removes a folder, and those above it up to `first`, as long as they are empty. */
function removeIfEmpty(folder: string, first: string): void {
  try {
    fs.rmdirSync(folder);
  } catch {
    return;
  }
  if (folder !== first) removeIfEmpty(dirname(folder), first);
}
