/** Each reader against files that other libraries wrote. */
import { describe, expect, test } from 'vitest';
import { expectedFiles, readWhole } from './reading.ts';

describe('files of other libraries', () => {
  test.each(expectedFiles())('$name', async ({ source, options, whole }) => {
    expect(await readWhole(source, options)).toEqual(whole);
  });
});
