import { expect, test } from 'vitest';
import { csvCell, csvText } from '../../lib/base/csv.ts';

test.each([
  ['=cmd|"/c calc"!A1', '\'=cmd|"/c calc"!A1'],
  ['+1+1', "'+1+1"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['＝1', "'＝1"],
  ['-', "'-"],
  ['-0.5', '-0.5'],
  ['+1e-3', '+1e-3'],
  ['a=b', 'a=b'],
  ['', ''],
])('%j is %j in a CSV table', (text, cell) => {
  expect(csvCell(text)).toBe(cell);
});

test('quotes where it must, leaves out what is not there, and makes no formulas', () => {
  expect(
    csvText(
      ['name', 'value'],
      [
        ['a, "b"\nc', 1.5],
        ['@cmd', -2],
        ['b', null],
        ['', undefined],
      ],
    ),
  ).toBe('name,value\n"a, ""b""\nc",1.5\n\'@cmd,-2\nb,\n,\n');
  expect(csvText(['name'], [])).toBe('name\n');
});
