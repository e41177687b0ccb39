/** JSON that people write: what is wrong with it is reported with its place. */
import { type ParseError, printParseErrorCode, visit } from 'jsonc-parser';
import { changed } from './artifact-json.ts';
import { InvalidSpec } from './errors.ts';
import { hasChanged, SEAL } from './seal.ts';

/** Objects and lists within each other: many more than a spec has, and far fewer than a stack bears. */
const DEEPEST = 100;

/**
 * Strict JSON whose keys all differ, a byte order mark in front of it allowed. Throws InvalidSpec with source, line and
 * column.
 */
export function parseJson(written: string, source: string): unknown {
  const text = written.replace(/^\uFEFF/, '');
  const placeOf = (offset: number) => {
    const before = text.slice(0, offset).split('\n');
    return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  };
  /** Where each key of the open objects and lists is. */
  const open: Map<string, number>[] = [];
  const begin = (offset: number) => {
    if (open.push(new Map()) <= DEEPEST) return;
    throw new InvalidSpec([
      `${source}: found more than ${DEEPEST} objects and lists within each other at ${placeOf(offset)}, expected a spec, which has a few`,
    ]);
  };
  const end = () => {
    open.pop();
  };
  visit(
    text,
    {
      onObjectBegin: begin,
      onArrayBegin: begin,
      onObjectEnd: end,
      onArrayEnd: end,
      onObjectProperty: (key, offset, _length, _line, _character, pathOf) => {
        const keys = open.at(-1);
        const first = keys?.get(key);
        keys?.set(key, offset);
        if (first === undefined) return;
        throw new InvalidSpec([
          `${source}: ${[...pathOf(), key].join('.')}: found twice, at ${placeOf(first)} and at ${placeOf(offset)}; leave one of them out`,
        ]);
      },
      onError: (error, offset) => {
        throw new InvalidSpec([`${source}: not valid JSON at ${placeOf(offset)}: ${wordsOf(error)}`]);
      },
    },
    { disallowComments: true, allowTrailingComma: false },
  );
  return unsealed(JSON.parse(text), written, source);
}

/** The value without its checksum, where Tombola wrote it with one. Throws DamagedArtifact where it has changed. */
function unsealed(value: unknown, written: string, source: string): unknown {
  if (typeof value !== 'object' || value === null || !(SEAL in value)) return value;
  if (hasChanged(written)) {
    throw changed(
      source,
      `restore the file; to use one that you changed on purpose, remove '${SEAL}' from it`,
    );
  }
  const { [SEAL]: _checksum, ...rest } = value;
  return rest;
}

/** CloseBraceExpected: close brace expected. */
function wordsOf(error: ParseError['error']): string {
  return printParseErrorCode(error)
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase();
}
