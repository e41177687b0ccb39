import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openFile } from '../../lib/base/file-source.ts';
import { type DataCommandOptions, describeData, partSources } from '../../lib/cli/data.ts';
import { readFiles } from '../../lib/data/samples/task-files.ts';
import { filesTaskSchema } from '../../lib/runspec/files.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';
import { csv, filesInMemory, filesTask } from '../data/memory.ts';
import { fixture } from '../data/reading.ts';

const table = csv(
  Array.from({ length: 30 }, (_, row) => [row, 1, row % 10 === 3 ? '' : row / 2, 'xyz'[row % 3] ?? '']),
  ['row', 'one', 'half', 'kind'],
);

const describing = async (
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Partial<DataCommandOptions> = {},
) => (await describeData(Object.keys(files), { json: false, ...options }, filesInMemory(files))).text;

describe('tombola data', () => {
  test('tells rows, features, classes, ranges, missing values, and what to run', async () => {
    const text = await describing({ 'a.csv': table });
    expect(text).toContain("training: a.csv (CSV, separated by ',', with a header): 30 samples");
    expect(text).toContain('3 features, 3 classes');
    expect(text).toContain("column 4 ('kind'), the only column of text");
    expect(text).toMatch(/^x +10 +33\.3 %$/m);
    expect(text).toMatch(/^row +0 +29 +14\.5 +8\.655 *$/m);
    expect(text).toMatch(/^one +1 +1 +1 +0 +constant$/m);
    expect(text).toMatch(/^half .* 3 *$/m);
    expect(text).toContain("a.csv: 3 cells are empty (missing values): line 5, column 3 ('half')");
    expect(text).toMatch(/^ {2}npx tombola run --data a\.csv --label kind$/m);
  });

  test('leaves columns of text out, and suggests to ignore them', async () => {
    const rows = [1, 2, 3, 4].map((row) => [row, `name ${row}`, row % 2 ? 'yes' : 'no']);
    const json = await describing({ 'a.csv': csv(rows, ['p', 'who', 'label']) }, { json: true });
    const schema = z.object({
      leftOut: z.array(z.object({ name: z.string(), why: z.string() })),
      problems: z.array(z.string()),
      suggestion: z.object({ spec: z.object({ task: z.unknown(), network: z.unknown() }) }),
    });
    const { leftOut, problems, suggestion } = schema.parse(JSON.parse(json));
    expect(leftOut).toEqual([{ name: 'who', why: "it holds text, such as 'name 1'" }]);
    await expect(describing({ 'a.csv': 'p;label\n1,5;a\n2,5;b\n' })).rejects.toThrow('a decimal point');
    expect(problems).toEqual([]);
    expect(filesTaskSchema.parse(suggestion.spec.task)).toMatchObject({
      train: 'a.csv',
      label: 'label',
      ignore: ['who'],
    });
  });

  test('takes a column that only the test data have and that is ignored, as a run does', async () => {
    const rows = Array.from({ length: 12 }, (_, row) => [row, 'ab'[row % 2] ?? '']);
    const files = {
      'a.csv': csv(rows, ['p', 'label']),
      'b.csv': csv(
        rows.map(([p = 0, label = '']) => [p, 'note', label]),
        ['p', 'who', 'label'],
      ),
    };
    await expect(describing(files)).rejects.toThrow("b.csv: has 'who', which the training data a.csv");
    const text = await describing(files, { ignore: ['who'] });
    expect(text).toContain("left out: 'who' (ignored)");
    expect(text).toContain('--data a.csv --test-data b.csv --label label --ignore who');
    const task = { train: 'a.csv', test: 'b.csv', ignore: ['who'] };
    expect((await readFiles(filesTask(task), filesInMemory(files))).test.labels).toHaveLength(12);
    const mistyped = "a.csv: ignore: there is no column 'wo'";
    await expect(describing(files, { ignore: ['who', 'wo'] })).rejects.toThrow(mistyped);
    const both = filesTask({ ...task, ignore: ['who', 'wo'] });
    await expect(readFiles(both, filesInMemory(files))).rejects.toThrow(mistyped);
  });

  test('the same where the labels are in a file of their own', async () => {
    const rows = Array.from({ length: 12 }, (_, row) => [row]);
    const files = {
      'a.csv': csv(rows, ['p']),
      'b.csv': csv(
        rows.map(([p = 0]) => [p, 'note']),
        ['p', 'who'],
      ),
      'labels.csv': csv(
        rows.map(([p = 0]) => ['ab'[p % 2] ?? '']),
        ['label'],
      ),
    };
    const reading = (...ignore: string[]) => {
      const [train, test] = ['a.csv', 'b.csv'].map((x) => ({ x, y: 'labels.csv' }));
      return readFiles(filesTask({ train, test, ignore }), filesInMemory(files));
    };
    expect((await reading('who')).test).toMatchObject({ features: 1 });
    await expect(reading('who', 'wo')).rejects.toThrow("a.csv: ignore: there is no column 'wo'");
  });

  test('counts the samples of each group, and suggests the group', async () => {
    const rows = (count: number) =>
      Array.from({ length: count }, (_, row) => [
        row,
        row % 4 === 0 ? 'm' : 'f',
        row % 3 === 0 ? 'yes' : 'no',
      ]);
    const head = ['age', 'sex', 'hired'];
    const files = { 'a.csv': csv(rows(24), head), 'b.csv': csv(rows(8), head) };
    const text = await describing(files, { label: 'hired', group: 'sex' });
    expect(text).toContain("groups: a.csv: column 2 ('sex')");
    expect(text).toMatch(/^m +6 +25\.0 % +66\.7 % +33\.3 % +2 +25\.0 % +50\.0 % +50\.0 %$/m);
    expect(text).toContain('--data a.csv --test-data b.csv --label hired --group sex');
    expect(text).not.toContain('left out');
    const json: unknown = JSON.parse(await describing(files, { label: 'hired', group: '1', json: true }));
    expect(json).toMatchObject({
      groups: { names: ['f', 'm'] },
      parts: [
        {
          groupCounts: [
            [12, 6],
            [4, 2],
          ],
        },
        {
          groupCounts: [
            [4, 2],
            [1, 1],
          ],
        },
      ],
      suggestion: { spec: { task: { group: 'sex' } } },
    });
  });

  test('tells of groups that a run would refuse', async () => {
    const rows = Array.from({ length: 30 }, (_, row) => [
      row,
      row % 2 ? 'f' : '',
      row,
      row % 3 ? 'yes' : 'no',
    ]);
    const table = csv(rows, ['age', 'sex', 'id', 'hired']);
    expect(await describing({ 'a.csv': table }, { label: 'hired', group: 'sex' })).toContain(
      "Problems:\n  a.csv: column 2 ('sex'): 15 of 30 samples have no group: line 2, column 2 ('sex'); line 4, column 2 ('sex');",
    );
    expect(await describing({ 'a.csv': table }, { label: 'hired', group: 'id', ignore: ['sex'] })).toContain(
      "a.csv: column 3 ('id'): found 30 different values",
    );
  });

  test('counts the samples of the test data that are training data too', async () => {
    const rows = [
      [1, 2, 'a'],
      [3, 4, 'b'],
      [5, 6, 'a'],
    ];
    const more = [
      [1, 2, 'a'],
      [7, 8, 'b'],
      [5, 6, 'b'],
      [1, 2, 'a'],
    ];
    const text = await describing({
      'a.csv': csv(rows, ['p', 'q', 'label']),
      'b.csv': csv(more, ['p', 'q', 'label']),
    });
    expect(text).toMatch(/test: b\.csv .*: 4 samples; 3 of them are in the training data too/);
    expect(text).toContain('--data a.csv --test-data b.csv --label label');
  });

  test('tells of columns that number the samples, and of classes too small to split', async () => {
    const rows = Array.from({ length: 12 }, (_, row) => [
      row,
      row,
      row,
      row === 7 ? 'c' : ('ab'[row % 2] ?? ''),
    ]);
    const head = ['patient_id', 'idle', 'acid', 'label'];
    const alone = await describing({ 'a.csv': csv(rows, head) });
    expect(alone.match(/'.*' may be/g)).toEqual(["'patient_id' may be"]);
    expect(alone).toContain("a.csv: too few samples of class 'c' (1) to split");
    const beside = await describing({ 'a.csv': csv(rows, head), 'b.csv': csv(rows, head) });
    expect(beside).not.toContain('too few samples');
  });

  test('describes images in archives and in pairs of files', async () => {
    const archive = await describeData([fixture('keras.npz')], { json: false }, openFile);
    expect(archive.text).toContain('30 features (images of 1 × 5 × 6), 3 classes');
    expect(archive.usable).toBe(true);
    expect(archive.text).toContain('… 10 more features, from');
    const pair = await describeData(
      [fixture('images-idx3-ubyte.gz'), fixture('labels-idx1-ubyte')],
      { json: false },
      openFile,
    );
    expect(pair.text).toContain('"x": ');
    expect(pair.text).toContain('"method": "min-max"');
  });

  test('proposes the network that a run takes by itself, and for images another one as well', async () => {
    const idx = (sizes: readonly number[]) =>
      Buffer.from([0, 0, 8, sizes.length, ...sizes.flatMap((size) => [0, 0, 0, size]), ...pixels(sizes)]);
    const pixels = (sizes: readonly number[]) =>
      Array.from({ length: sizes.reduce((product, size) => product * size, 1) }, (_, at) => at % 3);
    const images = { 'x-idx3-ubyte': idx([6, 8, 8]), 'y-idx1-ubyte': idx([6]) };
    const schema = z.object({
      suggestion: z.object({ spec: z.object({ task: z.unknown(), network: z.unknown() }) }),
    });
    for (const files of [{ 'a.csv': table }, images]) {
      const { task, network } = schema.parse(JSON.parse(await describing(files, { json: true }))).suggestion
        .spec;
      expect(parseSpec({ task, network })).toEqual(parseSpec({ task }));
    }
    const hint = 'A convolutional network may do better on images, and takes longer: --network conv-2';
    expect(await describing(images)).toContain(hint);
    expect(await describing({ 'a.csv': table })).not.toContain('convolutional');
  });

  test('tells of labels that are no classes', async () => {
    const rows = Array.from({ length: 200 }, (_, row) => [row % 7, row / 3]);
    const text = await describing({ 'a.csv': csv(rows, ['p', 'price']) });
    expect(text).toContain("column 2 ('price'): 200 different numbers, fractions such as");
    expect(text).not.toContain('npx tombola');
  });

  test('suggests the label column of an array', async () => {
    const { text } = await describeData([fixture('table.npy')], { json: false, label: '-1' }, openFile);
    expect(text).toContain('column 4 (index 3), as you said');
    expect(text).toContain('"label": 3');
  });

  test('describes a target of very many values too', async () => {
    const rows = Array.from({ length: 70_000 }, (_, row) => [row % 7, row]);
    const text = await describing({ 'a.csv': csv(rows, ['p', 'price']) });
    expect(text).toContain('70,000 samples');
    expect(text).toContain('more than 65535 different labels');
  });

  test('pairs files of one array, and no others', () => {
    const both = partSources(['x.npy', 'y.csv', 'v-idx3-ubyte', 'w-idx1-ubyte.gz']);
    expect(both).toEqual([
      { part: 'train', source: { x: 'x.npy', y: 'y.csv' } },
      { part: 'test', source: { x: 'v-idx3-ubyte', y: 'w-idx1-ubyte.gz' } },
    ]);
    expect(partSources(['x.npy'], '-1')).toEqual([{ part: 'train', source: 'x.npy' }]);
    expect(() => partSources(['x.npy'])).toThrow('give the file of its labels after it');
    expect(() => partSources(['a.csv', 'b.csv', 'c.csv', 'd.csv'])).toThrow('found 4 files');
  });
});
