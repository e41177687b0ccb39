import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from '../../lib/base/folders.ts';

const folder = mkdtempSync(join(tmpdir(), 'tombola-'));
writeFileSync(join(folder, 'file'), '');
symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a folder is made with those above it, and the first of them is told', () => {
  expect(makeFolder(join(folder, 'a/b/c'))).toBe(join(folder, 'a'));
  expect(existsSync(join(folder, 'a/b/c'))).toBe(true);
  expect(makeFolder(join(folder, 'a/b/c'))).toBeUndefined();
});

test.each([
  ['file', 'EEXIST'],
  ['file/below', 'ENOTDIR'],
  ['dangling', 'EEXIST'],
])('%s is in the way: %s', (name, code) => {
  expect(() => makeFolder(join(folder, name))).toThrow(code);
});

test.skipIf(process.platform !== 'linux')(
  'making a folder ends where the system has none to make, as in /proc',
  () => {
    expect(() => makeFolder('/proc/no-such-folder/run')).toThrow('ENOENT');
  },
);
