/** How the values of images become features: where channels are in the file, and where they are to be. */
import { describe, expect, test } from 'vitest';
import { describeFiles } from '../../lib/data/samples/description.ts';
import { readTable } from '../../lib/data/samples/network-data.ts';
import { readFiles } from '../../lib/data/samples/task-files.ts';
import { filesInMemory, filesTask, npy } from './memory.ts';

/** Value of a pixel: row, column and channel as digits. */
const at = (row: number, column: number, channel: number) => 100 * row + 10 * column + channel;
/** Two rows, five columns, three channels, as a file or a network orders them. */
const [H, W, C] = [2, 5, 3];
const range = (size: number) => [...Array(size).keys()];
const LAST = range(H).flatMap((y) => range(W).flatMap((x) => range(C).map((c) => at(y, x, c))));
const FIRST = range(C).flatMap((c) => range(H).flatMap((y) => range(W).map((x) => at(y, x, c))));

function file(sample: readonly number[], sizes: readonly number[], fortran = false): Uint8Array {
  const all = [...sample, ...sample.map((value) => value + 500)];
  const order = fortran ? fortranOf(all, [2, ...sizes]) : all;
  return npy(Buffer.from(Float32Array.from(order).buffer), '<f4', `2, ${sizes.join(', ')}`, fortran);
}

/** The values, first index fastest. */
function fortranOf(values: readonly number[], [size = 1, ...rest]: readonly number[]): number[] {
  if (rest.length === 0) return [...values];
  const width = values.length / size;
  const parts = range(size).map((index) => fortranOf(values.slice(index * width, (index + 1) * width), rest));
  return range(width).flatMap((index) => parts.map((part) => part[index] ?? 0));
}

const labels = npy(Uint8Array.of(0, 1), '|u1', '2,');
const open = (x: Uint8Array, other: Uint8Array = x) =>
  filesInMemory({ 'x.npy': x, 'other.npy': other, 'y.npy': labels });
const source = { x: 'x.npy', y: 'y.npy' };
const task = filesTask({ train: source, test: { x: 'other.npy', y: 'y.npy' }, scaling: { method: 'none' } });

async function firstOf(
  x: Uint8Array,
  options: { image?: readonly number[]; input?: readonly number[]; other?: Uint8Array } = {},
) {
  const { image, input, other } = options;
  const {
    train,
    test: tested,
    image: found,
  } = await readFiles({ ...task, ...filesTask({ ...task, image }) }, open(x, other), input);
  return {
    values: [...train.x.subarray(0, H * W * C)],
    test: [...tested.x.subarray(0, H * W * C)],
    image: found,
  };
}

describe('channels', () => {
  const last = file(LAST, [H, W, C]);
  const first = file(FIRST, [C, H, W]);
  const cases: [
    name: string,
    file: Uint8Array,
    options: Parameters<typeof firstOf>[1],
    values: number[],
    image: number[],
  ][] = [
    ['last are brought to the front', last, {}, FIRST, [C, H, W]],
    ['last are so in Fortran order too', file(LAST, [H, W, C], true), {}, FIRST, [C, H, W]],
    ['first stay there', first, {}, FIRST, [C, H, W]],
    ['last stay for a model that takes them so', last, { input: [H, W, C] }, LAST, [H, W, C]],
    ['first are moved for such a model', first, { input: [H, W, C] }, LAST, [H, W, C]],
    [
      'first are so in Fortran order too',
      file(FIRST, [C, H, W], true),
      { input: [H, W, C] },
      LAST,
      [H, W, C],
    ],
    ['last are moved for a model that takes them first', last, { input: [C, H, W] }, FIRST, [C, H, W]],
    ['stay for a model of flat samples', last, { input: [H * W * C] }, LAST, [H, W, C]],
    ['are moved as the task says', first, { image: [H, W, C] }, LAST, [H, W, C]],
    ['of the test data follow the training data', last, { other: first }, FIRST, [C, H, W]],
    ['of the test data follow them to the back', last, { other: first, image: [H, W, C] }, LAST, [H, W, C]],
  ];

  test.each(cases)('%s', async (_, x, options, values, image) => {
    expect(await firstOf(x, options)).toEqual({ values, test: values, image });
  });

  test('that are found are found again without the model', async () => {
    const { found } = await readFiles(task, open(last), [H, W, C]);
    expect(found.image).toEqual([H, W, C]);
    const { train } = await readFiles({ ...task, found }, open(last));
    expect([...train.x.subarray(0, LAST.length)]).toEqual(LAST);
  });

  test.each([
    [
      'neither order',
      file(LAST, [W, H, C]),
      [C, H, W],
      'has samples of 5 × 2 × 3, expected 3 × 2 × 5 as the network says',
    ],
    [
      'sides that are exchanged',
      file(LAST.slice(0, 8), [4, 2]),
      [1, 2, 4],
      'has samples of 4 × 2, expected 1 × 2 × 4',
    ],
  ])('of %s are refused', async (_, x, input, message) => {
    await expect(readFiles(task, open(x), input)).rejects.toThrow(message);
  });

  test('of cubes have no other order to be named', async () => {
    const x = file(range(27), [3, 3, 3]);
    await expect(readFiles(task, open(x))).rejects.toThrow(
      'say that they come first (image: [3, 3, 3]), or bring them there (with NumPy: x.transpose(0, 3, 1, 2)) and say so',
    );
    const { train } = await readFiles({ ...task, image: [3, 3, 3] }, open(x));
    expect([...train.x.subarray(0, 27)]).toEqual(range(27));
  });

  test('of grey images are in no place', async () => {
    const x = file(range(8), [2, 4]);
    const { image, train } = await readFiles(task, open(x), [2, 4, 1]);
    expect([image, ...train.x.subarray(0, 8)]).toEqual([[1, 2, 4], ...range(8)]);
  });

  test('that may be first or last are asked for', async () => {
    const x = file(range(48), [4, 4, 3]);
    await expect(readFiles(task, open(x))).rejects.toThrow(
      'say which by the sizes of an image, channels first (image: [4, 4, 3] or image: [3, 4, 4])',
    );
    const { train } = await readFiles({ ...task, image: [3, 4, 4] }, open(x));
    expect([...train.x.subarray(0, 3)]).toEqual([0, 3, 6]);
  });

  test('are moved as a ticket takes them, and said', async () => {
    const known = { what: 'the ticket', features: LAST.length, classNames: ['0', '1'] };
    const { x } = await readTable(source, open(first), known, { image: [H, W, C] });
    expect([...x.subarray(0, LAST.length)]).toEqual(LAST);
    await expect(readTable(source, open(last), known)).rejects.toThrow(
      'has images of 3 × 2 × 5, and the ticket has 30 features without saying how an image fills them',
    );
    const { parts } = await describeFiles([{ part: 'train', source }], open(last));
    expect(parts[0]?.form).toContain('2 × 5 × 3 brought to 3 × 2 × 5: channels first');
  });
});

describe('labels in a column of an array', () => {
  test.each([false, true])('are what is written (Fortran order: %s)', async (fortran) => {
    const rows = [16777216n, 16777217n, 9007199254740993n].flatMap((label) => [
      [1n, label, 2n],
      [3n, label, 4n],
    ]);
    const cells = fortran ? range(3).flatMap((column) => rows.map((row) => row[column] ?? 0n)) : rows.flat();
    const xy = npy(Buffer.from(BigInt64Array.from(cells).buffer), '<i8', '6, 3', fortran);
    const { classNames, train } = await readFiles(
      filesTask({ train: 'xy.npy', label: 1, test: 'xy.npy' }),
      filesInMemory({ 'xy.npy': xy }),
    );
    expect(classNames).toEqual(['16777216', '16777217', '9007199254740993']);
    expect([...train.labels]).toEqual([0, 0, 1, 1, 2, 2]);
    expect([...train.x]).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4]);
  });

  test('that are missing are told as such, once', async () => {
    const xy = npy(Buffer.from(Float64Array.of(1, 0, 2, Number.NaN, 3, 1).buffer), '<f8', '3, 2');
    await expect(
      readFiles(filesTask({ train: 'xy.npy', label: -1 }), filesInMemory({ 'xy.npy': xy })),
    ).rejects.toThrow(/^xy\.npy: 1 row has no label: row 1, column 2 \(index 1\)[^\n]*$/);
  });
});
