/** Damaged files of every format: a clear error or an answer, never another error, a crash or a hang. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../lib/base/errors.ts';
import { openFile, sourceOfBytes } from '../../lib/base/file-source.ts';
import type { OpenSource } from '../../lib/base/source.ts';
import type { DataSource } from '../../lib/runspec/files.ts';
import { fixture, readWhole } from '../data/reading.ts';
import { bounded, damagedBytes, PATIENT } from './answers.ts';

/** A file of each kind, and what is read together with it. */
const FILES: readonly (readonly [string, DataSource])[] = [
  ['pandas.csv', 'pandas.csv'],
  ['csv-quoted.csv', 'csv-quoted.csv'],
  ['pandas.csv.gz', 'pandas.csv.gz'],
  ['images-last.npy', { x: 'images-last.npy', y: 'labels-int64.npy' }],
  ['features-fortran.npy', { x: 'features-fortran.npy', y: 'labels-int64.npy' }],
  ['labels-text.npy', { x: 'features-fortran.npy', y: 'labels-text.npy' }],
  ['keras.npz', 'keras.npz'],
  ['compressed.npz', 'compressed.npz'],
  ['images-idx3-ubyte', { x: 'images-idx3-ubyte', y: 'labels-idx1-ubyte' }],
  ['images-idx3-ubyte.gz', { x: 'images-idx3-ubyte.gz', y: 'labels-int64.npy' }],
  ['float32.safetensors', 'float32.safetensors'],
  ['pyarrow-none.parquet', 'pyarrow-none.parquet'],
  ['pyarrow-snappy.parquet', 'pyarrow-snappy.parquet'],
  ['pyarrow-gzip.parquet', 'pyarrow-gzip.parquet'],
  ['pyarrow-zstd.parquet', 'pyarrow-zstd.parquet'],
  ['pyarrow-brotli.parquet', 'pyarrow-brotli.parquet'],
  ['pyarrow-plain.parquet', 'pyarrow-plain.parquet'],
  ['pyarrow-kinds.parquet', 'pyarrow-kinds.parquet'],
  ['pyarrow-groups.parquet', 'pyarrow-groups.parquet'],
  ['fastparquet.parquet', 'fastparquet.parquet'],
  ['polars.parquet', 'polars.parquet'],
];

/** Opens the fixtures, and `bytes` in the place of one of them. */
function opener(name: string, bytes: Uint8Array): OpenSource {
  return async (uri) => (uri === name ? sourceOfBytes(bytes, basename(name)) : openFile(fixture(uri)));
}

describe('damaged files', PATIENT, () => {
  test.each(FILES)('%s', async (name, source) => {
    const bytes = new Uint8Array(readFileSync(fixture(name)));
    await fc.assert(
      fc.asyncProperty(damagedBytes(bytes), async (file) => {
        try {
          const { rows, labels } = await readWhole(source, {}, opener(name, file));
          expect(rows.length).toBe(labels.length);
          expect(rows.flat().every(Number.isFinite)).toBe(true);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          expect(error.message).not.toBe('');
        }
      }),
      bounded(1.5),
    );
  });

  test('text that looks like CSV', async () => {
    const cell = fc.constantFrom(
      '1',
      '-2.5',
      '1e3',
      'a',
      '',
      'NaN',
      '"',
      '"a""b"',
      '"c,\nd"',
      ' ',
      '0x1',
      '1e99',
      'label',
    );
    const mark = fc.constantFrom(',', ',', ',', ';', '\t', '\n', '\r\n', '\r');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, mark), { maxLength: 60 }), async (words) => {
        const text = words.flat().join('');
        try {
          const { rows, labels } = await readWhole('a.csv', {}, opener('a.csv', Buffer.from(text)));
          expect(rows.length).toBe(labels.length);
          expect(rows.flat().every(Number.isFinite)).toBe(true);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
        }
      }),
      bounded(15),
    );
  });
});
