/** JSON that Tombola wrote, read back: from a store, from executions, from the metadata of a ticket. */
import { DamagedArtifact } from './errors.ts';
import { hasChanged } from './seal.ts';

interface Schema<Value> {
  parse(value: unknown): Value;
}

/** UTF-8. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function parse<Value>(written: Uint8Array | string, schema: Schema<Value>): Value {
  return schema.parse(JSON.parse(typeof written === 'string' ? written : textOf(written)));
}

/** The value; undefined where there is nothing, where it was cut short, or where another version wrote it. */
export function parsedIfSound<Value>(
  written: Uint8Array | string | undefined,
  schema: Schema<Value>,
): Value | undefined {
  if (written === undefined) return undefined;
  try {
    return parse(written, schema);
  } catch {
    return undefined;
  }
}

/** Whether an object of JSON was written to its end: a power cut may leave its beginning only, or nothing. */
function isWhole(written: Uint8Array | string): boolean {
  const text = typeof written === 'string' ? written : textOf(written);
  // Braces within texts are not counted; a text that is cut short hides none.
  const braces = text.replace(/"(?:[^"\\]|\\.)*"?/g, '').replace(/[^{}]/g, '');
  const open = braces.split('{').length;
  return open > 1 && open === braces.split('}').length;
}

/** The same of an artifact; undefined where it was cut short, too. Throws DamagedArtifact where it has changed. */
export function artifactIfSound<Value>(
  key: string,
  store: { readonly uri: string },
  written: Uint8Array | string | undefined,
  schema: Schema<Value>,
): Value | undefined {
  if (written === undefined) return undefined;
  if (hasChanged(written)) throw changed(`${store.uri}${key}`);
  let value: unknown;
  try {
    value = JSON.parse(typeof written === 'string' ? written : textOf(written));
  } catch {
    if (isWhole(written)) throw changed(`${store.uri}${key}`);
    return undefined;
  }
  try {
    return schema.parse(value);
  } catch {
    return undefined;
  }
}

/** The error that a file is not as it was written. */
export function changed(
  name: string,
  remedy = 'restore the file, or start the run anew in another folder',
): DamagedArtifact {
  return new DamagedArtifact(`${name}: damaged: it has changed since it was written; ${remedy}`);
}

/** The value of an artifact. Throws DamagedArtifact, with its place and `reason`. */
export function parseArtifact<Value>(
  key: string,
  store: { readonly uri: string },
  written: Uint8Array | string,
  schema: Schema<Value>,
  reason = 'not what a run of this version writes',
): Value {
  if (hasChanged(written)) throw changed(`${store.uri}${key}`);
  try {
    return parse(written, schema);
  } catch (cause) {
    throw new DamagedArtifact(`${store.uri}${key}: damaged: ${reason}`, { cause });
  }
}
