/** What is written is read back: every format, every shape and spelling. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import { encodeSafetensors } from '../../lib/data/safetensors.ts';
import { filesInMemory, npy } from './memory.ts';
import { readWhole } from './reading.ts';

/** Samples × features, and a label for each sample. */
const samples = fc
  .tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 6 }))
  .chain(([rows, features]) =>
    fc.record({
      x: fc.array(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
          minLength: features,
          maxLength: features,
        }),
        { minLength: rows, maxLength: rows },
      ),
      labels: fc.array(fc.nat(255), { minLength: rows, maxLength: rows }),
    }),
  );

const text = fc
  .string({
    unit: fc.constantFrom('a', 'ß', '😀', '"', ',', ';', '\n', '\t', ' ', "'", '|'),
    minLength: 1,
    maxLength: 8,
  })
  .map((word) => `w${word}w`);

describe('round trips', () => {
  test('CSV: any delimiter, quotes, line ends and spelling of numbers', async () => {
    await fc.assert(
      fc.asyncProperty(
        samples,
        fc.array(text, { minLength: 2, maxLength: 4 }),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        async ({ x, labels }, words, delimiter, end, quoted, bom, gzip) => {
          const named = labels.map((label) => words[label % words.length] ?? '');
          const rows = x.map((row, index) => [...row.map(String), named[index]]);
          const header = [...(x[0] ?? []).map((_, index) => `f${index}`), 'the label'];
          const text = Papa.unparse([header, ...rows], { delimiter, newline: end, quotes: quoted });
          const csv = `${bom ? '\uFEFF' : ''}${text}${end}`;
          const file = gzip ? gzipSync(csv) : Buffer.from(csv);
          const name = gzip ? 'a.csv.gz' : 'a.csv';
          const whole = await readWhole(
            name,
            { label: 'the label', delimiter, header: true },
            filesInMemory({ [name]: file }),
          );
          expect(whole.rows.map((row) => row.map((value) => value + 0))).toEqual(
            x.map((row) => row.map((value) => value + 0)),
          );
          // Line ends within a cell become \n, and white space around it goes.
          expect(whole.labels).toEqual(named.map((label) => label.trim().replaceAll(/\r\n?/g, '\n')));
        },
      ),
    );
  });

  test('NPY: both byte orders and the order of Fortran', async () => {
    await fc.assert(
      fc.asyncProperty(
        samples,
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        async ({ x, labels }, big, fortran, gzip) => {
          const features = x[0]?.length ?? 0;
          const flat = fortran
            ? Array.from({ length: features }, (_, f) => x.map((row) => row[f] ?? 0)).flat()
            : x.flat();
          const bytes = Buffer.alloc(flat.length * 4);
          for (const [index, value] of flat.entries()) {
            if (big) bytes.writeFloatBE(value, index * 4);
            else bytes.writeFloatLE(value, index * 4);
          }
          const file = npy(bytes, `${big ? '>' : '<'}f4`, `${x.length}, ${features}`, fortran);
          const name = gzip ? 'x.npy.gz' : 'x.npy';
          const open = filesInMemory({
            [name]: gzip ? gzipSync(file) : file,
            'y.npy': npy(Uint8Array.from(labels), '|u1', `${labels.length},`),
          });
          const whole = await readWhole({ x: name, y: 'y.npy' }, {}, open);
          expect(whole.rows).toEqual(x);
          expect(whole.labels).toEqual(labels.map(String));
        },
      ),
    );
  });

  test('IDX', async () => {
    await fc.assert(
      fc.asyncProperty(samples, async ({ x, labels }) => {
        const header = (type: number, ...sizes: number[]) => {
          const bytes = Buffer.from([0, 0, type, sizes.length, ...sizes.flatMap(() => [0, 0, 0, 0])]);
          for (const [axis, size] of sizes.entries()) bytes.writeUInt32BE(size, 4 + 4 * axis);
          return bytes;
        };
        const values = Buffer.alloc(x.flat().length * 4);
        for (const [index, value] of x.flat().entries()) values.writeFloatBE(value, index * 4);
        const open = filesInMemory({
          'x.idx': Buffer.concat([header(13, x.length, x[0]?.length ?? 0), values]),
          'y.idx': Buffer.concat([header(8, labels.length), Uint8Array.from(labels)]),
        });
        const whole = await readWhole({ x: 'x.idx', y: 'y.idx' }, {}, open);
        expect(whole).toMatchObject({ rows: x, labels: labels.map(String) });
      }),
    );
  });

  test('safetensors', async () => {
    await fc.assert(
      fc.asyncProperty(samples, async ({ x, labels }) => {
        const file = encodeSafetensors({
          features: { shape: [x.length, x[0]?.length ?? 0], data: Float32Array.from(x.flat()) },
          labels: { shape: [labels.length, 1], data: Uint16Array.from(labels) },
        });
        const whole = await readWhole('a.safetensors', {}, filesInMemory({ 'a.safetensors': file }));
        expect(whole).toMatchObject({ rows: x, labels: labels.map(String) });
      }),
    );
  });
});
