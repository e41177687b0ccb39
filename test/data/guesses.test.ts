/** What is guessed of data files, that it is told, and where it is asked instead. */
import { describe, expect, test } from 'vitest';
import { openFile } from '../../lib/base/file-source.ts';
import { describeFiles } from '../../lib/data/samples/description.ts';
import { readFiles } from '../../lib/data/samples/task-files.ts';
import { bad, csv, errorOf, filesInMemory, filesTask } from './memory.ts';
import { fixture } from './reading.ts';

const range = (count: number) => [...Array(count).keys()];
/** As UCI's wine: the class comes first, and nothing says so. */
const wine = csv(range(90).map((row) => [1 + (row % 3), row / 7, 500 + ((row * 37) % 89)]));
const rated = csv(range(90).map((row) => [row / 7, row % 15]));
const named = csv(
  range(12).map((row) => [row, row * 2, 'ab'[row % 2] ?? '']),
  ['p', 'q', 'label'],
);

const CASES = [
  bad(
    'a measurement in the last column',
    { train: 'a.csv' },
    { 'a.csv': wine },
    "a.csv: column 3 (index 2): 89 different labels in 90 samples, such as '500'",
    'the last column, since none is called label, class or the like; name the label column with label (--label)',
  ),
  bad(
    'many fractions in the last column',
    { train: 'a.csv' },
    { 'a.csv': csv(range(90).map((row) => [row, (row % 15) / 10])) },
    '15 different labels in 90 samples',
  ),
  bad(
    'names of samples in the only column of text',
    { train: 'a.csv' },
    { 'a.csv': csv(range(9).map((row) => [row / 7, `sample ${row}`, row % 2])) },
    'column 2 (index 1): 9 different labels in 9 samples',
    'the only column of text',
  ),
  bad(
    'a class too small, in a column that nobody named',
    { train: 'a.csv' },
    { 'a.csv': csv(range(21).map((row) => [row / 7, row === 0 ? 5 : row % 2])) },
    "too few samples of class '5' (1)",
    '; the label is column 2 (index 1), the last column, since none is called label, class or the like: name another with label (--label)',
  ),
  bad(
    'test data whose columns have other names',
    { train: 'a.csv', test: 'b.csv' },
    { 'a.csv': named, 'b.csv': named.replace('p,q', 'one,two') },
    "b.csv: lacks 'p', 'q', which the training data a.csv has; if its columns are the same in the same order, give them those names, or leave its header out",
  ),
  bad(
    'a label of lists',
    { train: fixture('lists.parquet'), label: 'b' },
    {},
    "label: column 2 ('b') holds lists or structures, expected a class in each row",
  ),
  bad(
    'features of lists and days',
    { train: fixture('lists.parquet') },
    {},
    'column 2 (\'b\') holds lists or structures, expected numbers; write each element as a column of its own, or leave it out (ignore: ["b"])',
    "column 3 ('day') holds values of type DATE, expected numbers; leave it out",
  ),
];

describe('it is asked', () => {
  test.each(CASES)('for $name', async (data) => {
    const file = typeof data.files['a.csv'] === 'undefined';
    const message = file
      ? await readFiles(filesTask(data.task), openFile).catch(String)
      : await errorOf(data);
    for (const part of data.parts) expect(message).toContain(part);
  });

  test('no longer where the column is named', async () => {
    const { classNames } = await readFiles(
      filesTask({ train: 'a.csv', label: 0 }),
      filesInMemory({ 'a.csv': wine }),
    );
    expect(classNames).toEqual(['1', '2', '3']);
    const { classes } = await readFiles(
      filesTask({ train: 'a.csv', label: 1 }),
      filesInMemory({ 'a.csv': rated }),
    );
    expect(classes).toBe(15);
  });
});

describe('it is told', () => {
  test.each([
    [named, "CSV, separated by ',', with a header; label: column 3 ('label'), by its name"],
    [
      csv(range(12).map((row) => [row, row / 2, 'ab'[row % 2] ?? '', ''])),
      "CSV, separated by ',', without a header; label: column 3 (index 2), the only column of text; left out: '3' (it has no name and no values: the rows end with a delimiter)",
    ],
  ])('what was taken for what', async (text, expected) => {
    const { readAs } = await readFiles(filesTask({ train: 'a.csv' }), filesInMemory({ 'a.csv': text }));
    expect(readAs).toBe(expected);
  });

  test('by the description as well', async () => {
    const { problems } = await describeFiles(
      [{ part: 'train', source: 'a.csv' }],
      filesInMemory({ 'a.csv': rated }),
    );
    expect(problems).toEqual([]);
    const open = filesInMemory({ 'a.csv': csv(range(30).map((row) => [row, row % 11])) });
    const described = await describeFiles([{ part: 'train', source: 'a.csv' }], open);
    expect(described.problems).toEqual([
      'a.csv: column 2 (index 1): 11 different labels in 30 samples; is this the label column? name it with --label',
    ]);
  });

  test('days of Parquet are written as days', async () => {
    const task = filesTask({ train: fixture('lists.parquet'), label: 'day', ignore: ['b', 'label'] });
    expect((await readFiles(task, openFile)).classNames).toEqual(['2024-01-05', '2024-05-01']);
  });
});
