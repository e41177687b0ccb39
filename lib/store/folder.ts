/** The store over a folder. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { UnusableOutput } from '../spec/errors.ts';
import { MissingObject, type Store } from './store.ts';

/** Unfinished writes; never listed, never read. */
const TEMPORARY = /\.[0-9a-f]{12}\.part$/;

/** File system errors that the user can mend, and what they mean. */
const UNUSABLE: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a file is in the way of a folder',
  EISDIR: 'a folder is in the way of a file',
};

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

export class FolderStore implements Store {
  readonly uri: string;
  readonly #folder: string;

  constructor(uri: string) {
    this.#folder = fileURLToPath(uri);
    this.uri = pathToFileURL(join(this.#folder, '/')).href;
  }

  #path(key: string): string {
    return join(this.#folder, ...key.split('/').map(encodeSegment));
  }

  async get(key: string): Promise<Uint8Array> {
    return this.#reading(key, () => readFile(this.#path(key)));
  }

  async getRange(key: string, start: number, end: number): Promise<Uint8Array> {
    return this.#reading(key, async () => {
      const file = await open(this.#path(key));
      try {
        const { size } = await file.stat();
        const length = Math.max(0, Math.min(end, size) - start);
        const { buffer } = await file.read({ buffer: Buffer.alloc(length), position: start });
        return buffer;
      } finally {
        await file.close();
      }
    });
  }

  async #reading(key: string, read: () => Promise<Uint8Array>): Promise<Uint8Array> {
    try {
      return await read();
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error))) {
        throw new MissingObject(this.uri, key, { cause: error });
      }
      throw error;
    }
  }

  /** Writes beside the target, then renames: atomic on every local file system. */
  async put(key: string, bytes: Uint8Array | string): Promise<void> {
    const path = this.#path(key);
    const part = `${path}.${randomBytes(6).toString('hex')}.part`;
    try {
      await writeFile(part, bytes).catch(async (error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw error;
        await mkdir(dirname(path), { recursive: true });
        await writeFile(part, bytes);
      });
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true }).catch(() => undefined);
      const reason = UNUSABLE[codeOf(error)];
      if (reason === undefined) throw error;
      throw new UnusableOutput(`${path}: cannot be written: ${reason}; choose another folder with --out`, {
        cause: error,
      });
    }
  }

  async list(prefix: string): Promise<string[]> {
    const cut = prefix.lastIndexOf('/') + 1;
    const keys = await this.#walk(prefix.slice(0, cut));
    return keys
      .filter((key) => key.startsWith(prefix))
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  async #walk(folder: string): Promise<string[]> {
    let entries: import('node:fs').Dirent[];
    try {
      entries = await readdir(this.#path(folder), { withFileTypes: true });
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return [];
      throw error;
    }
    const keys = await Promise.all(
      entries.map((entry) => {
        const key = folder + decodeSegment(entry.name);
        if (entry.isDirectory()) return this.#walk(`${key}/`);
        return TEMPORARY.test(entry.name) ? [] : [key];
      }),
    );
    return keys.flat();
  }

  async deletePrefix(prefix: string): Promise<void> {
    if (prefix.endsWith('/')) {
      await rm(this.#path(prefix), { recursive: true, force: true });
      return;
    }
    for (const key of await this.list(prefix)) await rm(this.#path(key), { force: true });
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
