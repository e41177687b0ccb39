import { expect, test } from 'vitest';
import { defined } from '../../lib/base/defined.ts';

test('leaves out fields without a value, and only those', () => {
  const fields = defined({ a: 1, b: undefined, c: null, d: 0, e: '', f: false });
  expect(Object.entries(fields)).toEqual([
    ['a', 1],
    ['c', null],
    ['d', 0],
    ['e', ''],
    ['f', false],
  ]);
});

test('makes optional what may be undefined', () => {
  const seed = Number('7') as number | undefined;
  const fields: { readonly name: string; readonly seed?: number } = defined({ name: 'a', seed });
  expect(fields).toEqual({ name: 'a', seed: 7 });
});
