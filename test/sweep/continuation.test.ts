import { expect, test } from 'vitest';
import { continuesSweep, continuesSweepText } from '../../lib/sweep/continuation.ts';
import { parseSweepFields } from '../../lib/sweep/schema.ts';

const GA = { name: 'GA' };
const RANDOM = { name: 'random', spec: { algorithm: 'random-search' }, match: { evaluations: 'GA' } };
const EARLIER = {
  base: { preset: 'moons-a' },
  grid: { 'search.population': [20, 30], 'stop.maxGenerations': [5, 9] },
  algorithms: [GA, RANDOM],
  seeds: 3,
};

test.each([
  ['the same sweep', {}],
  ['more seeds', { seeds: 9 }],
  ['other seeds', { seeds: [7, 8] }],
  ['another name, reference and budget', { name: 'other', reference: 'random', budget: { minutes: 3 } }],
  [
    'values before, between and after',
    { grid: { 'search.population': [10, 20, 25, 30, 40], 'stop.maxGenerations': [5, 9] } },
  ],
  ['another order', { grid: { 'search.population': [30, 20], 'stop.maxGenerations': [9, 5] } }],
  ['another algorithm', { algorithms: [{ name: 'UMDA', spec: { algorithm: 'umda' } }, GA, RANDOM] }],
  ['a base that says what is the default', { base: { preset: 'moons-a', algorithm: 'sltn-ga' } }],
])('a sweep continues another one: %s', (_, more) => {
  expect(continuesSweep(parseSweepFields({ ...EARLIER, ...more }), parseSweepFields(EARLIER))).toBe(true);
});

test.each([
  ['a value less', { grid: { 'search.population': [20], 'stop.maxGenerations': [5, 9] } }],
  ['a field less', { grid: { 'search.population': [20, 30] } }],
  ['a field more', { grid: { ...EARLIER.grid, 'stop.minGenerations': [0] } }],
  ['an algorithm less', { algorithms: [GA] }],
  ['an algorithm of another name', { algorithms: [GA, { ...RANDOM, name: 'other' }] }],
  [
    'an algorithm with another spec',
    { algorithms: [{ ...GA, spec: { search: { mutation: { rate: 0.3 } } } }, RANDOM] },
  ],
  ['an algorithm that takes nothing over', { algorithms: [GA, { name: 'random', spec: RANDOM.spec }] }],
  ['another base', { base: { preset: 'moons-b' } }],
  ['data drawn anew', { resample: true }],
])('a sweep does not continue another one: %s', (_, other) => {
  expect(continuesSweep(parseSweepFields({ ...EARLIER, ...other }), parseSweepFields(EARLIER))).toBe(false);
});

test('what is no sweep is continued by none, and a cell that cannot run is nobody’s', () => {
  expect(continuesSweepText(JSON.stringify(EARLIER), JSON.stringify(EARLIER))).toBe(true);
  expect(continuesSweepText(JSON.stringify(EARLIER), '{"layers": [2]}')).toBe(false);
  const impossible = { ...EARLIER, grid: { 'search.population': [-1] } };
  expect(continuesSweepText(JSON.stringify(EARLIER), JSON.stringify(impossible))).toBe(false);
});
