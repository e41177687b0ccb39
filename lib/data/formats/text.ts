/** Text of a file, piece by piece: unpacked, decoded, line ends unified. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { UserError } from '../../base/errors.ts';
import type { Source } from '../../base/source.ts';

/** The source's bytes, unpacked if they are gzip. Throws UserError for a damaged or truncated gzip file. */
export async function* unpacked(source: Source, gzip: boolean): AsyncGenerator<Uint8Array> {
  if (!gzip) {
    yield* source.stream();
    return;
  }
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  const input = Readable.from(source.stream());
  let failure: unknown;
  // Its errors come out of the loop below, which then ends.
  const flow = pipeline(input, gunzip).catch((error: unknown) => {
    failure = error;
  });
  try {
    for await (const piece of gunzip) yield piece;
  } catch (cause) {
    await flow;
    throw gzipError(source.name, failure ?? cause);
  } finally {
    gunzip.destroy();
    input.destroy();
  }
}

function gzipError(name: string, cause: unknown): unknown {
  if (cause instanceof UserError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (!code.startsWith('Z_')) return cause;
  const what = code === 'Z_BUF_ERROR' ? 'is cut short' : 'is damaged';
  return new UserError(`${name}: the gzip file ${what}; fetch or pack it again`, { cause });
}

/** Text with \n at the ends of lines, whatever they were. Throws UserError where it is not UTF-8. */
export async function* textPieces(source: Source, gzip: boolean): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  /** A carriage return at the end of a piece, of which the next piece tells what it is. */
  let carried = '';
  const decode = (piece?: Uint8Array) => {
    try {
      return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
    } catch (cause) {
      // What stands before the first byte that is none of UTF-8's.
      const [before = ''] = new TextDecoder().decode(piece).split('\ufffd', 1);
      const at = bytes + Buffer.byteLength(before);
      throw new UserError(
        `${source.name}: is not UTF-8 text, near byte ${at}; save it in the encoding UTF-8 (in spreadsheets: CSV UTF-8)`,
        { cause },
      );
    }
  };
  for await (const piece of unpacked(source, gzip)) {
    let text = carried + decode(piece);
    carried = '';
    bytes += piece.length;
    if (text.endsWith('\r')) {
      carried = '\r';
      text = text.slice(0, -1);
    }
    if (text.includes('\0'))
      throw new UserError(
        `${source.name}: is not text: it holds a zero byte near byte ${bytes}, as UTF-16 does; save it in the encoding UTF-8`,
      );
    yield unified(text);
  }
  const last = unified(carried + decode());
  if (last) yield last;
}

function unified(text: string): string {
  return text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
}
