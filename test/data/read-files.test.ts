import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidSpec } from '../../lib/base/errors.ts';
import { openFile } from '../../lib/base/file-source.ts';
import { scaled } from '../../lib/data/dataset.ts';
import { stratify, TEST_SIDE, TRAIN_SIDE, VALIDATION_SIDE } from '../../lib/data/samples/split.ts';
import { readFiles } from '../../lib/data/samples/task-files.ts';
import { csv, filesInMemory, filesTask } from './memory.ts';
import { fixture } from './reading.ts';

/** 20 samples of a, 12 of b, 8 of c; the first feature is the row. */
const LETTERS = Array.from({ length: 40 }, (_, row) => (row < 20 ? 'a' : row < 32 ? 'b' : 'c'));
const table = csv(
  LETTERS.map((letter, row) => [row, row * row, letter]),
  ['row', 'square', 'letter'],
);

const read = (task: object, files: Readonly<Record<string, string | Uint8Array>> = { 'a.csv': table }) =>
  readFiles(filesTask({ train: 'a.csv', ...task }), filesInMemory(files));
/** The first feature of each sample. */
const firsts = ({ x, features }: { x: Float32Array; features: number }) =>
  Array.from({ length: x.length / features }, (_, row) => x[row * features] ?? Number.NaN);

describe('reading files', () => {
  test('splits each class by the same shares, and keeps the order of the file', async () => {
    const {
      train,
      test: tested,
      validation,
      classNames,
      found,
    } = await read({ testShare: 0.25, validationShare: 0.2 });
    expect(classNames).toEqual(['a', 'b', 'c']);
    expect(found).toMatchObject({ features: 2, classes: 3, train: 24, test: 10, validation: 6 });
    const of = (labels: Uint16Array) =>
      [0, 1, 2].map((label) => labels.filter((found) => found === label).length);
    expect(of(tested.labels)).toEqual([5, 3, 2]);
    expect(validation && of(validation.labels)).toEqual([3, 2, 1]);
    expect(of(train.labels)).toEqual([12, 7, 5]);
    const rows = [train, tested, ...(validation ? [validation] : [])].map(firsts);
    for (const part of rows) expect(part).toEqual(part.toSorted((a, b) => a - b));
    expect(rows.flat().toSorted((a, b) => a - b)).toEqual(LETTERS.map((_, row) => row));
    for (const part of [train, tested]) {
      for (const [index, row] of firsts(part).entries()) {
        expect(part.x[index * 2 + 1]).toBe(row * row);
        expect(classNames?.[part.labels[index] ?? 9]).toBe(LETTERS[row]);
      }
    }
  });

  test('uses a share of each class of the training data, and none of the rest', async () => {
    const shares = { testShare: 0.25, validationShare: 0.2 };
    const [all, part] = [await read(shares), await read({ ...shares, trainShare: 0.5 })];
    expect(part).toMatchObject({ test: all.test, validation: all.validation, found: { train: 13 } });
    expect([0, 1, 2].map((label) => part.train.labels.filter((one) => one === label).length)).toEqual([
      6, 4, 3,
    ]);
    const rows = firsts(part.train);
    expect(rows).toEqual(rows.toSorted((a, b) => a - b));
    expect(firsts(all.train)).toEqual(expect.arrayContaining(rows));
    // What was drawn once is drawn for ever.
    expect(rows).toEqual([2, 5, 6, 7, 8, 14, 23, 27, 29, 30, 32, 33, 38]);
    const least = await read({ test: 'a.csv', trainShare: 1e-9 });
    expect(least.found.train).toBe(3);
  });

  test('is a pure function of seed and data', async () => {
    const first = await read({ seed: 1 });
    expect(await read({ seed: 1 })).toEqual(first);
    expect(firsts((await read({ seed: 2 })).test)).not.toEqual(firsts(first.test));
    // What was drawn once is drawn for ever: published results hang on it.
    expect(firsts(first.test)).toEqual([0, 1, 4, 5, 11, 21, 23, 27, 36, 39]);
  });

  test('fits the scaling on the training data alone', async () => {
    const { train, test: tested, scaling } = await read({});
    const values = scaled(train.x, scaling);
    for (const feature of [0, 1]) {
      const column = [...values].filter((_, index) => index % 2 === feature);
      const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
      const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
      expect(mean).toBeCloseTo(0, 5);
      expect(variance).toBeCloseTo(1, 5);
    }
    expect(scaling.scale).toEqual(scaling.scale.map(Math.fround));
    const all = await read(
      { test: 'b.csv' },
      { 'a.csv': table, 'b.csv': table.replaceAll('39,1521', '1000,1000') },
    );
    const same = await read({ test: 'a.csv' });
    expect(all.scaling).toEqual(same.scaling);
    expect(tested.x).not.toContain(Number.NaN);
  });

  test.each([
    [{ method: 'none' }, { scale: [1], offset: [0] }],
    [
      { method: 'min-max', range: [0, 1] },
      { scale: [0.5, 0], offset: [-0.5, 0.5] },
    ],
    [
      { method: 'min-max', range: [-1, 1], per: 'all' },
      { scale: [0.5], offset: [-1.5] },
    ],
    [{ method: 'standard' }, { scale: [1, 0], offset: [-2, 0] }],
  ])('scaling %o', async (scaling, expected) => {
    const files = {
      'a.csv': csv([
        [1, 5, 'a'],
        [3, 5, 'b'],
      ]),
      'b.csv': csv([[2, 2, 'a']]),
    };
    expect((await read({ test: 'b.csv', scaling }, files)).scaling).toEqual(expected);
  });

  test('finds the columns of the test data by their names', async () => {
    const turned = csv(
      LETTERS.map((letter, row) => [letter, row * row, row]),
      ['letter', 'square', 'row'],
    );
    const { test: tested, train } = await read(
      { test: 'b.csv', label: 'letter' },
      { 'a.csv': table, 'b.csv': turned },
    );
    expect(tested).toEqual(train);
  });

  test('takes 1 and 1.0 for one class, in the order of numbers', async () => {
    const rows = ['10', '9', '9.0', '1', '1.0', '10'].map((label, row) => [row, label]);
    const { classNames, train } = await read({ test: 'a.csv' }, { 'a.csv': csv(rows) });
    expect(classNames).toEqual(['1', '9', '10']);
    expect([...train.labels]).toEqual([2, 1, 1, 0, 0, 2]);
  });

  test.each([
    [
      ['1.10', '1.1', '1.9'],
      ['1.1', '1.10', '1.9'],
    ],
    [
      ['01', '1', '2'],
      ['01', '1', '2'],
    ],
    [
      ['1', '1.0', '1.1'],
      ['1', '1.0', '1.1'],
    ],
    [
      ['True', 'FALSE', 'true'],
      ['false', 'true'],
    ],
    [
      ['True', 'no', 'true'],
      ['True', 'no', 'true'],
    ],
    [
      ['16777217', '16777216', '9007199254740993'],
      ['16777216', '16777217', '9007199254740993'],
    ],
    [
      ['2024-05-01', '2024-01-05', 'yes'],
      ['2024-01-05', '2024-05-01', 'yes'],
    ],
    [
      ['a', 'A', 'a.'],
      ['A', 'a', 'a.'],
    ],
  ])('takes %j for the classes %j: what is written', async (labels, names) => {
    const rows = [...labels, ...labels].map((label, row) => [row, label]);
    const { classNames, train } = await read({ test: 'a.csv', header: false }, { 'a.csv': csv(rows) });
    expect(classNames).toEqual(names);
    expect(Array.from(train.labels, (label) => names[label])).toEqual(
      rows.map(([, label]) => (names.includes(String(label)) ? label : String(label).toLowerCase())),
    );
  });

  test.each([
    [
      ['0', '1'],
      ['0.0', '1.0'],
      [0, 1],
    ],
    [
      ['0.5', '1.5'],
      ['0.50', '01.5'],
      [0, 1],
    ],
    [
      ['False', 'True'],
      ['false', 'TRUE'],
      [0, 1],
    ],
    [
      ['1.1', '1.10'],
      ['1.10', '1.1'],
      [1, 0],
    ],
  ])('knows the classes %j in test data as %j', async (labels, others, expected) => {
    const table = (names: readonly string[]) => csv([...names, ...names].map((name, row) => [row, name]));
    const files = { 'a.csv': table(labels), 'b.csv': table(others) };
    const { test: tested } = await read({ test: 'b.csv', header: false }, files);
    expect([...tested.labels]).toEqual([...expected, ...expected]);
  });

  test('does not guess which class of one value a label means', async () => {
    const table = (names: readonly string[]) => csv([...names, ...names].map((name, row) => [row, name]));
    const files = { 'a.csv': table(['1.1', '1.10']), 'b.csv': table(['1.100']) };
    await expect(read({ test: 'b.csv', header: false }, files)).rejects.toThrow('never occur');
  });

  test('takes training and test data from one archive', async () => {
    const {
      found,
      train,
      test: tested,
      image,
      scaling,
    } = await readFiles(filesTask({ train: fixture('keras.npz') }), openFile);
    expect(found).toMatchObject({ train: 6, test: 6, validation: 0, image: [1, 5, 6], features: 30 });
    expect(Object.keys(found.sha256)).toEqual(['train']);
    expect(image).toEqual([1, 5, 6]);
    expect(scaling.scale).toHaveLength(1);
    expect(train.x).not.toEqual(tested.x);
  });

  test('finds again what was found, or tells which file has changed', async () => {
    const { found } = await read({});
    expect((await read({ found })).found).toEqual(found);
    const changed = { 'a.csv': table.replace('39,1521', '39,1522') };
    await expect(read({ found }, changed)).rejects.toThrow(
      /^task\.train: a\.csv is not the file that it was/,
    );
    await expect(read({ found }, changed)).rejects.toThrow(InvalidSpec);
    await expect(read({ found, testShare: 0.5 })).rejects.toThrow(
      /task\.found\.train: found 20 .* expected 30/,
    );
  });
});

describe('stratified splits', () => {
  const labelled = fc.array(fc.nat(4), { minLength: 30, maxLength: 200 }).map((drawn) =>
    // Three of each at least.
    Uint16Array.of(...drawn, ...[0, 1, 2, 3, 4].flatMap((label) => [label, label, label])),
  );
  const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });

  test('take of each class the share, and leave none without', () => {
    fc.assert(
      fc.property(labelled, share, share, fc.nat(), (labels, test, validation, seed) => {
        const names = ['0', '1', '2', '3', '4'];
        const parts = stratify(labels, names, { test, validation, train: 1 }, seed, 'a.csv');
        for (const label of names.keys()) {
          const mine = [...parts].filter((_, row) => labels[row] === label);
          const count = (part: number) => mine.filter((found) => found === part).length;
          const tests = Math.max(1, Math.min(mine.length - 2, Math.round(mine.length * test)));
          const left = mine.length - tests;
          expect(count(TEST_SIDE)).toBe(tests);
          expect(count(VALIDATION_SIDE)).toBe(Math.max(1, Math.min(left - 1, Math.round(left * validation))));
          expect(count(TRAIN_SIDE)).toBeGreaterThan(0);
        }
      }),
    );
  });
});
