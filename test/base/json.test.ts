/** Malformed JSON is refused with line and column. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DamagedArtifact, InvalidSpec } from '../../lib/base/errors.ts';
import { parseJson } from '../../lib/base/json.ts';
import { sealedJson } from '../../lib/base/seal.ts';

describe('malformed JSON', () => {
  test.each([
    ['', 'line 1, column 1: value expected'],
    ['{', 'line 1, column 2: close brace expected'],
    ['{"seed": 1,}', 'line 1, column 12: property name expected'],
    ['{"seed" 1}', 'line 1, column 9: colon expected'],
    ["{'seed': 1}", 'line 1, column 2: invalid symbol'],
    ['{\n  "seed": 01\n}', 'line 2, column 12: comma expected'],
    ['{\r\n  "seed": 1\r\n  "task": {}\r\n}', 'line 3, column 3: comma expected'],
    ['{"seed": 1} }', 'line 1, column 13: end of file expected'],
    ['// a comment\n{}', 'line 1, column 1: invalid comment token'],
    ['{"seed": True}', 'line 1, column 10: invalid symbol'],
    ['{"a": "b\n"}', 'line 1, column 7: unexpected end of string'],
    ['{"seed": NaN}', 'line 1, column 10: invalid symbol'],
    ['[1, 2', 'line 1, column 6: close bracket expected'],
  ])('%j', (text, what) => {
    expect(() => parseJson(text, 'my.json')).toThrow(new InvalidSpec([`my.json: not valid JSON at ${what}`]));
  });

  test('is what JSON.parse refuses, and nothing else', () => {
    const agree = (text: string) => {
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {
        expect(() => parseJson(text, 'a')).toThrow(InvalidSpec);
        return;
      }
      expect(parseJson(text, 'a')).toEqual(expected);
    };
    fc.assert(fc.property(fc.json(), agree));
    const broken = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', '"', ',', '{', ']', '\\', '\t', '\u0001', '-', '.'))
      .map(([text, at, put]) => {
        const cut = at % (text.length + 1);
        return text.slice(0, cut) + put + text.slice(cut + 1);
      });
    fc.assert(fc.property(broken, agree), { numRuns: 2_000 });
  });

  test.each([
    ['{"seed": 1, "seed": 2}', 'seed: found twice, at line 1, column 2 and at line 1, column 13'],
    [
      '{"search": {\n"start": {},\n"st\\u0061rt": 1}}',
      'search.start: found twice, at line 2, column 1 and at line 3, column 1',
    ],
    [
      '{"grid": [{}, {"a": {"b": 1}, "a": 2}]}',
      'grid.1.a: found twice, at line 1, column 16 and at line 1, column 31',
    ],
    ['{"a": 1, "a": ', 'a: found twice, at line 1, column 2 and at line 1, column 10'],
  ])('%j: a key that is there twice is refused', (text, what) => {
    expect(() => parseJson(text, 'my.json')).toThrow(
      new InvalidSpec([`my.json: ${what}; leave one of them out`]),
    );
  });

  test('keys are the same in one object only', () => {
    const text = '{"a": {"a": [{"a": 1}, {"a": 2}]}, "A": 1, "__proto__": {"a": 3}, "": 0, "toString": 1}';
    expect(parseJson(text, 'a')).toEqual(JSON.parse(text));
  });

  test.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('%s within each other, thousands of them', (_, before, after) => {
    const nested = (depth: number, inside = '1') => before.repeat(depth) + inside + after.repeat(depth);
    const column = before.length * 100 + 1;
    const message = `my.json: found more than 100 objects and lists within each other at line 1, column ${column}, expected a spec, which has a few`;
    for (const text of [nested(101), nested(5_000), nested(1_000_000), before.repeat(5_000)]) {
      expect(() => parseJson(text, 'my.json')).toThrow(new InvalidSpec([message]));
    }
    expect(() => parseJson(nested(100), 'my.json')).not.toThrow();
  });

  test('a byte order mark is none of the content', () => {
    expect(parseJson('\uFEFF{"seed": 0}', 'a')).toEqual({ seed: 0 });
  });
});

describe('a document with a checksum of itself', () => {
  const sealed = Buffer.from(sealedJson({ seeds: 3, base: { seed: 1 } }, 2)).toString();

  test('is what it was made of', () => {
    expect(parseJson(sealed, 'sweep.json')).toEqual({ seeds: 3, base: { seed: 1 } });
  });

  test('that has changed is refused', () => {
    expect(() => parseJson(sealed.replace('3', '4'), 'sweep.json')).toThrow(
      new DamagedArtifact(
        "sweep.json: damaged: it has changed since it was written; restore the file; to use one that you changed on purpose, remove 'checksum' from it",
      ),
    );
  });
});
