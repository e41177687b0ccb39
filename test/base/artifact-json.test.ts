import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseArtifact, parsedIfSound, textOf } from '../../lib/base/artifact-json.ts';
import { DamagedArtifact } from '../../lib/base/errors.ts';

const schema = z.object({ größe: z.int() });
const sound = '{"größe": 3}';
const damaged = ['{"größe": 3', '{"größe": 3.5}', '', 'null'];

test('text is UTF-8', () => {
  expect(textOf(Buffer.from('größe ≥ 3'))).toBe('größe ≥ 3');
});

describe.each([
  ['text', (text: string) => text],
  ['bytes', (text: string) => Buffer.from(text)],
])('JSON as %s', (_, written) => {
  test('is parsed', () => {
    expect(parsedIfSound(written(sound), schema)).toEqual({ größe: 3 });
    expect(parseArtifact('a.json', { uri: 's3://b/' }, written(sound), schema)).toEqual({ größe: 3 });
  });

  test.each(damaged)('%j is damaged', (text) => {
    expect(parsedIfSound(written(text), schema)).toBeUndefined();
    expect(() => parseArtifact('a.json', { uri: 's3://b/' }, written(text), schema)).toThrow(
      new DamagedArtifact('s3://b/a.json: damaged: not what a run of this version writes'),
    );
  });
});

test('nothing is nothing', () => {
  expect(parsedIfSound(undefined, schema)).toBeUndefined();
});
