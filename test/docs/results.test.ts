/**
 * Pages of results: each table and number follows from the tables of the studies, or names the command that made it.
 * `npx vitest run test/docs/results.test.ts -u` writes the figures of new tables into the pages.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { withFigures, withoutSource } from './study-figures.ts';

const EXPLANATION = fileURLToPath(new URL('../../docs/explanation', import.meta.url));
const PAGES = globSync(['results.md', 'results/*.md'], { cwd: EXPLANATION }).sort();

test.each(PAGES)('%s says what its studies say', async (name) => {
  const page = readFileSync(join(EXPLANATION, name), 'utf8');
  await expect(withFigures(page)).toMatchFileSnapshot(join(EXPLANATION, name));
  expect(withoutSource(page)).toEqual([]);
});

test('a number that does not follow from its study is found', () => {
  const said = '12.3<!-- accuracy | flips-digits | digits-10 | annealing --> %';
  expect(withFigures(said)).toBe(said.replace('12.3', '96.9'));
  expect(withFigures('0.5<!-- most p | flips-digits | digits-* | backpropagation -->')).toMatch(/^0\.070<!/);
  expect(
    withFigures('0<!-- lower bound | paper-digits:GA~flips-digits:annealing | digits-2 | GA -->'),
  ).toMatch(/^[+−]\d\.\d\d<!/);
  expect(() => withFigures('0<!-- p | paper-digits~flips-digits | digits-2 | GA -->')).toThrow(/after ~/);
  expect(withFigures('9<!-- runs below 101 | flips-digits/runs | digits-10 | annealing -->')).toMatch(/^25</);
  expect(() => withFigures('1.0<!-- ahead | flips-digits | digits-10 | backpropagation -->')).toThrow(
    /opposite/,
  );
  expect(() => withFigures('1.0<!-- accuracy | flips-digits | digits-9 | annealing -->')).toThrow(/no run/);
  expect(() => withFigures('1.0<!-- accuracy | flips-digits | digits-10 | * -->')).toThrow(/4 figures/);
  expect(() => withFigures('1.0<!-- beauty | flips-digits | digits-10 | * -->')).toThrow(/no figure beauty/);
});

test('a sentence without a source is found', () => {
  expect(withoutSource('It reaches 96.9 %.\n\n- It keeps a tenth.\n- It is 3 points ahead.')).toEqual([
    'It reaches 96.9 %.',
    '- It is 3 points ahead.',
  ]);
  expect(withoutSource('It took 3.0 s. <!-- from: `npm start` -->')).toEqual([]);
});
