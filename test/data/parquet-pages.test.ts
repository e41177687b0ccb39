/** Why the Parquet reader imports files of hyparquet that are not its interface. */
import * as hyparquet from 'hyparquet';
import { expect, test } from 'vitest';

test('hyparquet gives no pages: it decodes whole columns, and believes what their headers tell', () => {
  // Pages are read one by one so that memory stays bounded, and checked first so that a damaged header cannot fill it. Once
  // one of these is exported, lib/data/formats/parquet-pages.ts should use it.
  for (const name of ['parquetHeader', 'readPage', 'readDataPage', 'decompressPage', 'convertWithDictionary'])
    expect(Object.keys(hyparquet)).not.toContain(name);
});
