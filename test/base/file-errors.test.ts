import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  errorCode,
  explainFileError,
  fileErrorMessage,
  ifThere,
  isFileError,
} from '../../lib/base/file-errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'tombola-'));
writeFileSync(join(folder, 'file'), '');
afterAll(() => rmSync(folder, { recursive: true }));

function thrown(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}

const failed = (code: string, syscall: string, path?: string) =>
  Object.assign(new Error(code), { code, syscall, ...(path === undefined ? {} : { path }) });

describe('a file error', () => {
  test.each([
    ['none', 'there is no such file; check the path'],
    ['', 'is a folder; give a file in it'],
    ['file/below', 'a part of the path is a file, not a folder; check the path'],
    ['x'.repeat(300), 'the name is too long; choose a shorter one'],
    ['null\0character', 'the name holds a null character; choose another name'],
  ])('of reading %j is explained', (name, explained) => {
    const error = thrown(() => readFileSync(join(folder, name)));
    expect(explainFileError(error, 'reading')).toBe(explained);
  });

  test.each(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'EACCES', 'EPERM', 'ELOOP'])(
    '%s in full words, whatever was done',
    (code) => {
      for (const doing of ['reading', 'writing'] as const) {
        expect(explainFileError(failed(code, 'open', 'a'), doing)).toMatch(/^[a-z][^:]+; [a-z][^:]+$/);
      }
    },
  );

  test('that nobody explained is told by what was called', () => {
    expect(fileErrorMessage(failed('EIO', 'read'))).toBe(
      'a file: cannot be read: the disk reports an error; check the disk',
    );
    expect(fileErrorMessage(failed('EACCES', 'mkdir', '/a'))).toBe(
      '/a: cannot be written: permission denied; check who may write there',
    );
    expect(fileErrorMessage(failed('EROFS', 'open', '/a'))).toMatch(/^\/a: cannot be written: .*read-only/);
    expect(fileErrorMessage(failed('EWHATEVER', 'open', '/a'))).toBe('/a: cannot be read: EWHATEVER');
  });

  test('is told from mistakes and from the network', () => {
    expect(isFileError(thrown(() => readFileSync(folder)))).toBe(true);
    expect(isFileError(failed('EIO', 'write'))).toBe(true);
    expect(isFileError(failed('ECONNREFUSED', 'connect'))).toBe(false);
    expect(isFileError(new TypeError('x'))).toBe(false);
    expect(errorCode('text')).toBeUndefined();
  });
});

test('only what is missing is not there', async () => {
  expect(await ifThere(readFile(join(folder, 'none')))).toBeUndefined();
  expect(await ifThere(readFile(join(folder, 'file/below')))).toBeUndefined();
  await expect(ifThere(readFile(folder))).rejects.toMatchObject({ code: 'EISDIR' });
});
