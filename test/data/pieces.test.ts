/** Files come in pieces of any size, and are the same. */
import { describe, expect, test } from 'vitest';
import { openFile } from '../../lib/base/file-source.ts';
import type { OpenSource } from '../../lib/base/source.ts';
import { LabelCodes } from '../../lib/data/labels.ts';
import { collect } from '../../lib/data/samples/collection.ts';
import { openSamples } from '../../lib/data/samples/opening.ts';
import { csv } from './memory.ts';
import { expectedFiles, readWhole } from './reading.ts';

/** Streams `size` bytes at a time. */
function inPieces(size: number): OpenSource {
  return async (uri) => {
    const source = await openFile(uri);
    return {
      ...source,
      async *stream() {
        for await (const bytes of source.stream()) {
          for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
        }
      },
    };
  };
}

const streamed = expectedFiles().filter(({ name }) =>
  /csv|tsv|data|little-float32|fortran|ubyte|npy\.gz/.test(name),
);

describe.each([1, 3, 7])('pieces of %i bytes', (size) => {
  test.each(streamed)('$name', async ({ source, options, whole }) => {
    expect(await readWhole(source, options, inPieces(size))).toEqual(whole);
  });
});

test('a file of more than one block, and of more rows than its form is told by', async () => {
  const count = 30_000;
  const rows = Array.from({ length: count }, (_, row) => [
    ...Array.from({ length: 50 }, (_, feature) => (row * 7 + feature + 5) % 101),
    `"class ${row % 3}\r\n"`,
  ]);
  const text = csv(rows).replaceAll('\n', '\r\n').replaceAll('\r\r', '\r');
  const bytes = Buffer.from(text);
  const open: OpenSource = async (name) => ({
    name,
    size: bytes.length,
    read: async (from, to) => bytes.subarray(from, to),
    async *stream() {
      for (let at = 0; at < bytes.length; at += 65_537) yield bytes.subarray(at, at + 65_537);
    },
  });
  const file = await openSamples('a.csv', 'train', open, {});
  const codes = new LabelCodes('a.csv');
  const { blocks, count: found, codes: labels } = await collect(file, codes, file.problems());
  expect(blocks.length).toBeGreaterThan(1);
  expect(found).toBe(count);
  expect(codes.texts).toEqual(['class 0', 'class 1', 'class 2']);
  let row = 0;
  for (const block of blocks) {
    for (let at = 0; at < block.length; at += 50, row++) {
      if (
        block[at] !== (row * 7 + 5) % 101 ||
        block[at + 49] !== (row * 7 + 54) % 101 ||
        labels[row] !== row % 3
      ) {
        expect.fail(`row ${row}`);
      }
    }
  }
  expect(row).toBe(count);
});
