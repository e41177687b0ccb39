/** Copies of large artifacts on the disk of a warm environment, by their SHA-256. */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

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
      const bytes = readFileSync(path);
      const now = new Date();
      utimesSync(path, now, now);
      return bytes;
    } catch {
      return undefined;
    }
  }

  /** Keeps a copy if it is worth it and fits. A disk that is full, or gone, is no error: the store has the original. */
  put(checksum: string, bytes: Uint8Array): void {
    if (bytes.length < SMALLEST || bytes.length > this.#limit) return;
    try {
      mkdirSync(this.#folder, { recursive: true });
      this.#makeRoom(bytes.length);
      const part = join(this.#folder, `${checksum}.part`);
      writeFileSync(part, bytes);
      renameSync(part, join(this.#folder, checksum));
    } catch {
      // A part that was left makes room with the next copy.
    }
  }

  #makeRoom(needed: number): void {
    const files = readdirSync(this.#folder)
      .map((name) => ({ path: join(this.#folder, name), ...statOf(join(this.#folder, name)) }))
      .sort((a, b) => a.used - b.used);
    let total = files.reduce((sum, { size }) => sum + size, needed);
    for (const { path, size } of files) {
      if (total <= this.#limit) return;
      rmSync(path, { force: true });
      total -= size;
    }
  }
}

function statOf(path: string): { size: number; used: number } {
  const { size, mtimeMs } = statSync(path);
  return { size, used: mtimeMs };
}
