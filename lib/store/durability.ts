/**
 * Durability of files across a power cut. Without a sync the file system may have the name of a new file before its bytes, so that an
 * empty file remains. To sync each file of each generation would take longer than the search does: files that a run
 * writes once are synced, and of its generations one now and then, with all that it goes on from. A run whose later
 * states are torn goes on from that one.
 */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode, isMissing } from '../base/file-errors.ts';
import { endOf, GENERATIONS, generationOf, HISTORY_SEGMENTS, roundOfState } from './keys.ts';

/** Generations are synced so far apart, in milliseconds, and take no more than this share of the time. */
const APART = 1_000;
const LARGEST_SHARE = 0.02;
/** A state refers to fewer files than this. */
const MOST_PENDING = 32;

/** File systems that cannot sync say one of these. */
const UNSYNCABLE = ['EINVAL', 'ENOTSUP', 'EPERM', 'EISDIR', 'EBADF', 'EACCES'];

/** The durability of writes below one folder. */
export class Durability {
  readonly #now: () => number;
  readonly #pending = new Set<string>();
  #syncedAt = Number.NEGATIVE_INFINITY;
  #took = 0;

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** Writes by `write`, to `part`, what `publish` makes visible at `path`; synced where it is worth it. */
  write(key: string, path: string, part: string, write: () => void, publish: () => void): void {
    const durable = this.#isDurable(key);
    const began = this.#now();
    if (durable) this.#syncPending();
    write();
    if (durable) sync(part);
    publish();
    if (durable) {
      sync(dirname(path));
      this.#syncedAt = this.#now();
      this.#took = this.#syncedAt - began;
      return;
    }
    this.#pending.add(path);
    for (const oldest of this.#pending) {
      if (this.#pending.size <= MOST_PENDING) break;
      this.#pending.delete(oldest);
    }
  }

  #isDurable(key: string): boolean {
    if (!key.startsWith(GENERATIONS) && !key.startsWith(HISTORY_SEGMENTS)) return true;
    if (roundOfState(key) === undefined && key !== endOf(generationOf(key) ?? -1)) return false;
    return this.#now() - this.#syncedAt >= Math.max(APART, this.#took / LARGEST_SHARE);
  }

  #syncPending(): void {
    for (const path of this.#pending) sync(path);
    for (const folder of new Set([...this.#pending].map(dirname))) sync(folder);
    this.#pending.clear();
  }
}

function sync(path: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    if (isMissing(error) || UNSYNCABLE.includes(errorCode(error) ?? '')) return;
    throw error;
  }
  try {
    fsyncSync(descriptor);
  } catch (error) {
    if (!UNSYNCABLE.includes(errorCode(error) ?? '')) throw error;
  } finally {
    closeSync(descriptor);
  }
}
