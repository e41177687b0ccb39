/** JSON that Tombola wrote, read back: from a store, from executions, from the metadata of a ticket. */
import { DamagedArtifact } from './errors.ts';

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

/** The value of an artifact. Throws DamagedArtifact, with its place and `reason`. */
export function parseArtifact<Value>(
  key: string,
  store: { readonly uri: string },
  written: Uint8Array | string,
  schema: Schema<Value>,
  reason = 'not what a run of this version writes',
): Value {
  try {
    return parse(written, schema);
  } catch (cause) {
    throw new DamagedArtifact(`${store.uri}${key}: damaged: ${reason}`, { cause });
  }
}
