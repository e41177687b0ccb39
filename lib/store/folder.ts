/** The store over a folder. */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { UnusableOutput } from '../base/errors.ts';
import { errorCode, isMissing, unusableFile } from '../base/file-errors.ts';
import { makeFolder } from '../base/folders.ts';
import { Durability } from './durability.ts';
import { isBookkeeping } from './folder-lock.ts';
import { MissingObject, type Store } from './store.ts';

/**
 * Calls are synchronous inside: a generation reads and writes a dozen small files, and the hops over the thread pool
 * that asynchronous calls make (four for a read) took longer than the files. Whoever waits for one has nothing else to
 * do.
 */
export class FolderStore implements Store {
  readonly uri: string;
  readonly #folder: string;
  readonly #durability = new Durability();

  constructor(uri: string) {
    this.#folder = fileURLToPath(uri);
    this.uri = pathToFileURL(join(this.#folder, '/')).href;
  }

  #path(key: string): string {
    return join(this.#folder, ...key.split('/').map(encodeSegment));
  }

  async get(key: string): Promise<Uint8Array> {
    return this.#reading(key, () => fs.readFileSync(this.#path(key)));
  }

  async getRange(key: string, start: number, end: number): Promise<Uint8Array> {
    return this.#reading(key, () => {
      const file = fs.openSync(this.#path(key), 'r');
      try {
        const length = Math.max(0, Math.min(end, fs.fstatSync(file).size) - start);
        const buffer = Buffer.alloc(length);
        fs.readSync(file, buffer, { position: start });
        return buffer;
      } finally {
        fs.closeSync(file);
      }
    });
  }

  #reading(key: string, read: () => Uint8Array): Uint8Array {
    try {
      return read();
    } catch (error) {
      if (isMissing(error) || errorCode(error) === 'EISDIR') {
        throw new MissingObject(this.uri, key, { cause: error });
      }
      throw unusable(this.#path(key), error, 'reading');
    }
  }

  /** Writes beside the target, then renames: atomic on every local file system. */
  async put(key: string, bytes: Uint8Array | string): Promise<void> {
    const path = this.#path(key);
    const part = `${path}.${randomBytes(6).toString('hex')}.part`;
    try {
      this.#durability.write(
        key,
        path,
        part,
        () => this.#write(part, bytes),
        () => fs.renameSync(part, path),
      );
    } catch (error) {
      removeIfThere(part);
      throw unusable(path, error, 'writing');
    }
  }

  #write(path: string, bytes: Uint8Array | string): void {
    try {
      fs.writeFileSync(path, bytes);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      makeFolder(dirname(path));
      fs.writeFileSync(path, bytes);
    }
  }

  async list(prefix: string): Promise<string[]> {
    const cut = prefix.lastIndexOf('/') + 1;
    return this.#walk(prefix.slice(0, cut))
      .filter((key) => key.startsWith(prefix))
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  #walk(folder: string): string[] {
    let entries: fs.Dirent[];
    try {
      entries = fs.readdirSync(this.#path(folder), { withFileTypes: true });
    } catch (error) {
      if (isMissing(error)) return [];
      throw unusable(this.#path(folder), error, 'reading');
    }
    return entries.flatMap((entry) => {
      const key = folder + decodeSegment(entry.name);
      if (entry.isDirectory()) return this.#walk(`${key}/`);
      return isBookkeeping(entry.name) ? [] : [key];
    });
  }

  async deletePrefix(prefix: string): Promise<void> {
    const paths = prefix.endsWith('/') ? [prefix] : await this.list(prefix);
    for (const path of paths.map((key) => this.#path(key))) {
      try {
        fs.rmSync(path, { recursive: true, force: true });
      } catch (error) {
        throw unusable(path, error, 'writing');
      }
    }
  }
}

/** File-system errors are reported to users; a mistake of ours stays one. */
function unusable(path: string, error: unknown, doing: 'reading' | 'writing'): unknown {
  if (errorCode(error) === undefined) return error;
  return new UnusableOutput(unusableFile(path, error, doing), { cause: error });
}

function removeIfThere(path: string): void {
  try {
    fs.rmSync(path, { force: true });
  } catch {
    // The error of the write matters more than the error of the clean-up.
  }
}

/** The key's segment of a file name; names that others gave are taken as they are. */
function decodeSegment(name: string): string {
  return name.replace(/%([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Characters that a file name cannot hold, or that mean something in a path, percent-encoded. */
function encodeSegment(segment: string): string {
  if (segment === '.' || segment === '..') return segment.replaceAll('.', '%2E');
  return segment.replace(
    /[%\0\\:*?"<>|]/g,
    (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  );
}
