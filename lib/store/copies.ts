/** Copies of large artifacts on the disk of a warm environment, by their SHA-256. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { makeFolder } from '../base/folders.ts';

/** Smaller ones are fetched again as fast. */
const SMALLEST = 1e6;

export class DiskCopies {
  readonly #folder: string;
  readonly #limit: number;

  /** At most `limit` bytes in `folder`; the least recently used make room. */
  constructor(folder: string, limit: number) {
    this.#folder = folder;
    this.#limit = limit;
  }

  get(checksum: string): Uint8Array | undefined {
    const path = join(this.#folder, checksum);
    try {
      const bytes = fs.readFileSync(path);
      const now = new Date();
      fs.utimesSync(path, now, now);
      return bytes;
    } catch {
      return undefined;
    }
  }

  /** Keeps a copy if it is worth it and fits. A disk that is full, or gone, is no error: the store has the original. */
  put(checksum: string, bytes: Uint8Array): void {
    if (bytes.length < SMALLEST || bytes.length > this.#limit) return;
    try {
      makeFolder(this.#folder);
      this.#makeRoom(bytes.length);
      // Threads of one environment share the folder.
      const part = join(this.#folder, `${checksum}.${threadId}.part`);
      fs.writeFileSync(part, bytes);
      fs.renameSync(part, join(this.#folder, checksum));
    } catch {
      // A part that was left makes room with the next copy.
    }
  }

  #makeRoom(needed: number): void {
    const files = fs
      .readdirSync(this.#folder)
      .map((name) => join(this.#folder, name))
      .map((path) => ({ path, stat: fs.statSync(path) }))
      .sort((a, b) => a.stat.mtimeMs - b.stat.mtimeMs);
    let total = files.reduce((sum, { stat }) => sum + stat.size, needed);
    for (const { path, stat } of files) {
      if (total <= this.#limit) return;
      fs.rmSync(path, { force: true });
      total -= stat.size;
    }
  }
}
