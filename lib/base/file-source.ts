/** Local files as sources of data: by a path, a file:// URI, or as a file of an npm package. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from './errors.ts';
import { isMissing, unusableFile } from './file-errors.ts';
import type { Source } from './source.ts';

/** Bytes that a stream reads at once. */
const PIECE = 256 * 1024;
/** Bytes that the file system is asked for at once; it takes no more than 2³¹ − 1. */
const MOST_READ = 2 ** 30;

function unreadable(name: string, cause: unknown): UserError {
  const remedy = isMissing(cause) ? remedyOfPackage(name) : undefined;
  if (remedy) return new UserError(`${name}: is missing in the package; ${remedy}`, { cause });
  return new UserError(unusableFile(name, cause, 'reading'), { cause });
}

/** The name of the package, and the path of the file in it; undefined for other URIs. */
function partsOfPackage(uri: string): { readonly name: string; readonly path: string } | undefined {
  const [, name, path] = /^npm:\/\/((?:@[^/]+\/)?[^/@][^/]*)\/(.+)$/.exec(uri) ?? [];
  return name === undefined || path === undefined ? undefined : { name, path };
}

/** What to do about a file of a package that is not as it was published; undefined for other URIs. */
export function remedyOfPackage(uri: string): string | undefined {
  const parts = partsOfPackage(uri);
  return parts && `delete node_modules/${parts.name} and install it again: npm install ${parts.name}`;
}

/** The path of a local file that is given as a path, a file:// URI or an npm:// URI. Throws UserError. */
export function localPath(uri: string): string {
  if (uri.startsWith('npm:')) return pathInPackage(uri);
  if (!uri.startsWith('file:')) return uri;
  try {
    return fileURLToPath(uri);
  } catch (cause) {
    throw new UserError(`${uri}: not a file URI; expected file:///folder/file`, { cause });
  }
}

/** For a file in a package that is installed below the working folder or the project. */
function pathInPackage(uri: string): string {
  const parts = partsOfPackage(uri);
  if (!parts) throw new UserError(`${uri}: does not name a file of a package; expected npm://PACKAGE/FILE`);
  const { name, path } = parts;
  const require = createRequire(import.meta.url);
  try {
    const paths = [process.cwd(), import.meta.dirname];
    return join(dirname(require.resolve(`${name}/package.json`, { paths })), path);
  } catch (cause) {
    const remedy = `install it with: npm install ${name}`;
    throw new UserError(`${uri}: the package ${name} is not installed; ${remedy}`, { cause });
  }
}

/** Opens a local path, a file:// URI or an npm:// URI. Throws UserError: where, why it cannot be read, what to do. */
export async function openFile(uri: string): Promise<Source> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(uri) && !/^(file|npm):/.test(uri)) {
    throw new UserError(`${uri}: is not on this computer; expected a local path or a file:// URI`);
  }
  const path = localPath(uri);
  let size: number;
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw Object.assign(new Error(path), { code: 'EISDIR' });
    if (!found.isFile()) throw new UserError(`${uri}: cannot be read: is not a regular file; copy it to one`);
    size = found.size;
    // Whether it may be read is known only when it is opened.
    await (await open(path)).close();
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw unreadable(uri, cause);
  }
  return {
    name: uri,
    size,
    async read(from, to) {
      const length = Math.max(0, Math.min(to, size) - from);
      const bytes = Buffer.allocUnsafeSlow(length);
      try {
        await using file = await open(path);
        let done = 0;
        while (done < length) {
          const { bytesRead } = await file.read(bytes, done, Math.min(length - done, MOST_READ), from + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        return bytes.subarray(0, done);
      } catch (cause) {
        throw unreadable(uri, cause);
      }
    },
    async *stream() {
      try {
        for await (const piece of createReadStream(path, { highWaterMark: PIECE })) yield bytesOf(piece);
      } catch (cause) {
        throw unreadable(uri, cause);
      }
    },
  };
}

function bytesOf(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece;
  throw new TypeError('a byte stream yields bytes');
}

/** Bytes in memory as a source. */
export function sourceOfBytes(bytes: Uint8Array, name: string): Source {
  return {
    name,
    size: bytes.length,
    async read(from, to) {
      return bytes.subarray(Math.min(from, bytes.length), Math.min(to, bytes.length));
    },
    async *stream() {
      for (let from = 0; from < bytes.length; from += PIECE) yield bytes.subarray(from, from + PIECE);
    },
  };
}
