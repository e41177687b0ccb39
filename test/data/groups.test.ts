/** Groups of samples in files: which column or array they are in, and what is refused. */
import { describe, expect, test } from 'vitest';
import type { Samples } from '../../lib/data/dataset.ts';
import { encodeSafetensors } from '../../lib/data/safetensors.ts';
import { readFiles } from '../../lib/data/samples/task-files.ts';
import { filesInMemory, filesTask } from './memory.ts';

const ROWS = Array.from({ length: 24 }, (_, row) => ({
  age: 20 + row,
  sex: row % 3 === 0 ? 'm' : 'f',
  hired: row % 2 === 0 ? 'yes' : 'no',
}));
const TABLE = `age,sex,hired\n${ROWS.map(({ age, sex, hired }) => `${age},${sex},${hired}`).join('\n')}\n`;

const read = (text: string | Uint8Array, task: object, others: Record<string, string> = {}) =>
  readFiles(
    filesTask({ train: 'a.csv', label: 'hired', ...task }),
    filesInMemory({ 'a.csv': text, ...others }),
  );

/** The group that each sample should have, by its age. */
const expected = ({ x }: Samples) => Array.from(x, (age) => ((age - 20) % 3 === 0 ? 1 : 0));

describe('a column of a table', () => {
  test.each([['sex'], [1], [-2]])('%j is the group, and no feature', async (group) => {
    const { train, test: held, validation, ...dataset } = await read(TABLE, { group, validationShare: 0.25 });
    expect(dataset.groupNames).toEqual(['f', 'm']);
    expect(dataset.found.groups).toBe(2);
    expect(dataset.featureNames).toEqual(['age']);
    expect(dataset.readAs).toContain("groups: column 2 ('sex')");
    // Every part of the split has the groups of its own samples.
    for (const part of [train, held, validation]) {
      expect([...(part?.groups ?? [])]).toEqual(expected(part ?? train));
      expect(part?.groups?.length).toBeGreaterThan(2);
    }
  });

  test('is a feature as well where the user says so', async () => {
    const numbers = TABLE.replaceAll(/,m,/g, ',1,').replaceAll(/,f,/g, ',0,');
    const { train, featureNames, groupNames } = await read(numbers, {
      group: { column: 'sex', feature: true },
    });
    expect(featureNames).toEqual(['age', 'sex']);
    expect(groupNames).toEqual(['0', '1']);
    expect([...(train.groups ?? [])]).toEqual([...train.x].filter((_, index) => index % 2 === 1));
    await expect(read(TABLE, { group: { column: 'sex', feature: true } })).rejects.toThrow(
      "'sex') holds text",
    );
  });

  test('is found by its name in test data, in any place', async () => {
    const other = 'hired,sex,age\nyes,m,23\nno,f,24\n';
    const { test: held } = await read(TABLE, { group: 1, test: 'b.csv' }, { 'b.csv': other });
    expect([...(held.groups ?? [])]).toEqual([1, 0]);
    await expect(
      read(TABLE, { group: 'sex', test: 'b.csv' }, { 'b.csv': other.replace('m', 'x') }),
    ).rejects.toThrow(
      "b.csv: column 2 ('sex'): found the group 'x', which never occurs in the training data, whose groups are 'f', 'm'; drop its rows",
    );
  });

  test.each<[string, string, object, string]>([
    [
      'one group',
      TABLE.replaceAll(',m,', ',f,'),
      { group: 'sex' },
      "a.csv: column 2 ('sex'): all samples are of the group 'f'; expected at least two groups",
    ],
    [
      'too many groups',
      TABLE.replaceAll(',m,', ',1,').replaceAll(',f,', ',0,'),
      { group: 'age' },
      "a.csv: column 1 ('age'): found 24 different values, such as '20', '21', '22', expected at most 20 groups",
    ],
    [
      'the label',
      TABLE,
      { group: 'hired' },
      "a.csv: column 3 ('hired') is both the label and the group (task.group)",
    ],
    ['no such column', TABLE, { group: 'sx' }, "a.csv: group: there is no column 'sx'"],
    [
      'a missing group',
      TABLE.replace('21,f,', '21,,'),
      { group: 'sex' },
      "a.csv: column 2 ('sex'): 1 of 24 samples have no group: line 3",
    ],
  ])('%s is refused', async (_, text, task, message) => {
    await expect(read(text, task)).rejects.toThrow(message);
  });
});

describe('arrays', () => {
  const arrays = (name: string) =>
    encodeSafetensors({
      x: { shape: [24, 1], data: Float32Array.from(ROWS, ({ age }) => age) },
      y: { shape: [24], data: Uint8Array.from(ROWS, (_, row) => row % 2) },
      [name]: { shape: [24], data: Uint8Array.from(ROWS, ({ sex }) => (sex === 'm' ? 7 : 3)) },
    });
  const readArrays = (bytes: Uint8Array, group: string) =>
    readFiles(filesTask({ train: 'a.safetensors', group }), filesInMemory({ 'a.safetensors': bytes }));

  test.each([
    ['group', 'group'],
    ['sex_train', 'sex'],
  ])('%s of a safetensors file holds the groups', async (name, group) => {
    const { train, groupNames } = await readArrays(arrays(name), group);
    expect(groupNames).toEqual(['3', '7']);
    expect([...(train.groups ?? [])]).toEqual(expected(train));
  });

  test('an array that is not there is refused', async () => {
    await expect(readArrays(arrays('group'), 'sex')).rejects.toThrow(
      "a.safetensors: task.group: has no array 'sex': found 'x'",
    );
  });
});
