import { expect, test } from 'vitest';
import { InvalidSpec } from '../../lib/base/errors.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';

test.each([
  ['of nothing', { dollars: 0 }, 'budget.dollars: found 0, expected more than 0'],
  ['of negative time', { minutes: -1 }, 'budget.minutes: found -1, expected more than 0'],
  ['in quotes', { dollars: '0.5' }, 'budget.dollars: found "0.5", expected a number'],
  [
    'that limits nothing',
    {},
    'budget: found {}: expected dollars, minutes or both, such as {"dollars": 0.5, "minutes": 30}',
  ],
  ['in euros', { minutes: 1, euros: 1 }, 'budget.euros: unknown key; known keys: dollars, minutes'],
  ['as a number', 5, 'budget: found 5, expected an object in braces'],
])('a budget %s is refused', (_, budget, message) => {
  expect(() => parseSpec({ budget })).toThrow(new InvalidSpec([message]));
});

test('a spec without a budget says nothing of one', () => {
  expect(Object.keys(parseSpec({}))).not.toContain('budget');
  expect(parseSpec({ budget: { minutes: 5 } }).budget).toEqual({ minutes: 5 });
});
