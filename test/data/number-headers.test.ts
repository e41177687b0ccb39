/** Headers of numbers: told from samples, or asked for. */
import { describe, expect, test } from 'vitest';
import type { FileOptions } from '../../lib/data/samples/sample-file.ts';
import { bad, errorOf, filesInMemory } from './memory.ts';
import { readWhole } from './reading.ts';

const read = (text: string, options: FileOptions = {}) =>
  readWhole('a.csv', options, filesInMemory({ 'a.csv': text }));

function text(header: string, rows: readonly string[]): string {
  return `${[header, ...rows].join('\n')}\n`;
}

describe('a header of numbers', () => {
  const many = Array.from({ length: 12 }, (_, row) => `${row / 2},${row},${'ab'[row % 2]}`);
  const coded = many.map((row) => row.replace('a', '0').replace('b', '1'));
  const cases: [name: string, text: string, names: string[] | null, samples: number][] = [
    ['counts from 0, with a name', text('0,1,species', many), ['0', '1'], 12],
    ['counts from 0 to the label', text('0,1,2', coded), ['0', '1'], 12],
    ['counts above a few rows', text('"0","1","label"', many.slice(0, 3)), ['0', '1'], 3],
    ['is years', text('2019,2020,risk', many), ['2019', '2020'], 12],
    ['counts to the label, over fractions', text('0.0,1.0,2.0', coded), ['0.0', '1.0'], 12],
    ['is wavelengths, with a name', text('400.5,410.5,class', many), ['400.5', '410.5'], 12],
    ['is none where its label is met again', text('0,1,a', many), null, 13],
    ['is none where all its numbers are values', text('0,1,0', coded), null, 13],
  ];

  test.each(cases)('%s', async (_, content, names, samples) => {
    const { rows, names: found } = await read(content);
    expect([found, rows.length]).toEqual([names, samples]);
  });

  test.each([
    ['wavelengths', '400.5,410.5,420.5,430.5', 4],
    ['names that pandas made different', '0,0.1,0.2', 3],
  ])('of %s is asked for', async (_, header, width) => {
    const rows = Array.from({ length: 12 }, (_, row) =>
      [row / 2, row, (row * row) % 7]
        .slice(4 - width)
        .concat(row % 2)
        .join(),
    );
    const message = await errorOf(bad('', { train: 'a.csv' }, { 'a.csv': text(header, rows) }));
    expect(message).toContain(`line 1 ('${header}') may be a header or a sample`);
    expect((await read(text(header, rows), { header: true })).rows).toHaveLength(12);
  });

  test('is asked for where it may be a sample', async () => {
    const content = text('5.1,3.5,rare', many);
    const message = await errorOf(bad('', { train: 'a.csv' }, { 'a.csv': content }));
    expect(message).toContain(
      "line 1 ('5.1,3.5,rare') may be a header or a sample: say which (--header or --no-header; in a spec header: true or header: false)",
    );
    expect((await read(content, { header: false })).rows).toHaveLength(13);
    expect((await read(content, { header: true })).rows).toHaveLength(12);
  });
});
