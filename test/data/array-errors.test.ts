/** What is told of bad arrays. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bad, errorOf, npy, npyOf } from './memory.ts';

const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const labels = npy(Uint8Array.of(0, 1, 0, 1), '|u1', '4,');

const CASES = [
  bad(
    'a truncated NPY file',
    { train: { x: 'x.npy', y: 'y.npy' } },
    { 'x.npy': npy(floats(1, 2, 3), '<f4', '4, 1'), 'y.npy': labels },
    'x.npy: its header declares [4, 1] float32, 16 bytes; found 12: it is cut short',
  ),
  bad(
    'objects',
    { train: { x: 'x.npy', y: 'y.npy' } },
    { 'x.npy': npy(floats(1), '|O', '1,'), 'y.npy': labels },
    'array of Python objects',
  ),
  bad(
    'a structured array',
    { train: { x: 'x.npy', y: 'y.npy' } },
    {
      'x.npy': npyOf("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", floats(1)),
      'y.npy': labels,
    },
    'structured array',
  ),
  bad(
    'complex numbers',
    { train: { x: 'x.npy', y: 'y.npy' } },
    { 'x.npy': npy(floats(1, 2), '<c8', '1,'), 'y.npy': labels },
    "elements of type '<c8'",
  ),
  bad(
    'an absurd shape',
    { train: { x: 'x.npy.gz', y: 'y.npy' } },
    { 'x.npy.gz': gzipSync(npy(floats(1), '<f4', '1099511627776, 8')), 'y.npy': labels },
    'x.npy.gz has 1099511627776 samples, y.npy has 4 labels',
  ),
  bad(
    'a shape beyond memory',
    { train: { x: 'x.npy.gz', y: 'y.npy.gz' } },
    {
      'x.npy.gz': gzipSync(npy(floats(1), '<f4', '1099511627776, 8')),
      'y.npy.gz': gzipSync(npy(floats(1), '|u1', '1099511627776,')),
    },
    'need at least 35.2 TB',
  ),
  bad(
    'a shape beyond numbers',
    { train: { x: 'x.npy', y: 'y.npy' } },
    { 'x.npy': npy(floats(1), '<f4', '1099511627776, 1099511627776'), 'y.npy': labels },
    'the shape (1099511627776, 1099511627776)',
  ),
  bad(
    'NaN in an array',
    { train: { x: 'x.npy', y: 'y.npy' } },
    { 'x.npy': npy(floats(1, 2, 3, Number.NaN), '<f4', '4, 1'), 'y.npy': labels },
    'x.npy: 1 value is NaN or infinite: row 3, column 1 (index 0): NaN',
  ),
  bad(
    'x and y of different length',
    { train: { x: 'x.npy', y: 'y.npy' } },
    { 'x.npy': npy(floats(1, 2, 3), '<f4', '3, 1'), 'y.npy': labels },
    'x.npy has 3 samples, y.npy has 4 labels',
  ),
  bad(
    'labels that are no labels',
    { train: { x: 'x.npy', y: 'y.npy' } },
    { 'x.npy': npy(floats(1, 2), '<f4', '2, 1'), 'y.npy': npy(floats(1, 0, 0.5, 0.5), '<f4', '2, 2') },
    'row 1 is not one-hot (a single 1 among 0s): [0.5, 0.5]',
  ),
  bad(
    'an array without labels',
    { train: 'x.npy' },
    { 'x.npy': labels },
    'x.npy: holds one array, and no labels',
  ),
];

describe('bad arrays', () => {
  test.each(CASES)('$name', async (data) => {
    const message = await errorOf(data);
    for (const part of data.parts) expect(message).toContain(part);
  });
});
