/**
 * A file's checksum of itself, in the file: SHA-256 of all its bytes, with zeros in place of the 64 digits. Whoever reads
 * the file can tell that it is as it was written, with nothing beside it.
 */
import { createHash } from 'node:crypto';

/** Its name: a key of JSON, or of the metadata of safetensors and ONNX. */
export const SEAL = 'checksum';
const DIGITS = 64;
/** Stands in its place while the file is made. */
export const UNSEALED = '0'.repeat(DIGITS);
const ZEROS = Buffer.from(UNSEALED);

/** The key, what JSON or an ONNX file (tag and length of a text) has between key and value, and the value. */
const PATTERN = /^checksum(?:": ?"|.@)(?=[0-9a-f]{64})/;

/** Where the digits begin; undefined in a file without any, as earlier versions wrote them. */
function placeIn(file: Buffer): number | undefined {
  for (let at = file.length; at > 0; ) {
    at = file.lastIndexOf(SEAL, at - 1);
    if (at < 0) return undefined;
    const [found] = PATTERN.exec(file.toString('latin1', at, at + SEAL.length + 4 + DIGITS)) ?? [];
    if (found !== undefined) return at + found.length;
  }
  return undefined;
}

function digestOf(file: Buffer, at: number): string {
  return createHash('sha256')
    .update(file.subarray(0, at))
    .update(ZEROS)
    .update(file.subarray(at + DIGITS))
    .digest('hex');
}

function bufferOf(file: Uint8Array): Buffer {
  return Buffer.from(file.buffer, file.byteOffset, file.byteLength);
}

/** Writes the checksum over UNSEALED; gives the same bytes. */
export function seal<File extends Uint8Array>(file: File): File {
  const buffer = bufferOf(file);
  const at = placeIn(buffer);
  if (at === undefined) throw new TypeError(`the file has no place for '${SEAL}'`);
  buffer.write(digestOf(buffer, at), at, 'latin1');
  return file;
}

/** JSON with its checksum, at the end. */
export function sealedJson(value: object, indent?: number): Uint8Array {
  return seal(Buffer.from(`${JSON.stringify({ ...value, [SEAL]: UNSEALED }, null, indent)}\n`));
}

/** Whether the file has a checksum of itself, and another one now. */
export function hasChanged(file: Uint8Array | string): boolean {
  const buffer = typeof file === 'string' ? Buffer.from(file) : bufferOf(file);
  const at = placeIn(buffer);
  return at !== undefined && buffer.toString('latin1', at, at + DIGITS) !== digestOf(buffer, at);
}
