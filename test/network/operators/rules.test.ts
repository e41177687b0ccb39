import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { PlainRules, WeightedRules } from '../../../lib/network/operators/rules.ts';
import { OPERATORS, type Operation, rulesOf } from '../../../lib/network/operators/table.ts';
import { READERS } from '../../../lib/network/reading/operators.ts';

type Optional<T> = { [Rule in keyof T]-?: object extends Pick<T, Rule> ? Rule : never }[keyof T];

test('an operator with any of its rules left out does not compile', () => {
  // `tsc` fails where a rule is optional.
  const optional: readonly (Optional<PlainRules<Operation>> | Optional<WeightedRules<Operation>>)[] = [];
  const none: readonly never[] = optional;
  expect(none).toEqual([]);
});

test('the table knows every operation', () => {
  // @ts-expect-error: `tsc` fails where any text is an operator.
  const unknown: Operation['op'] = 'GridSample';
  expect(unknown in OPERATORS).toBe(false);
  expect(rulesOf({ op: 'Relu' })).toBe(OPERATORS.Relu);
});

test('the documentation lists every operator that is read', () => {
  const [, list = ''] =
    /^Operators \(sets[^:]*: (.*?)\n\n/ms.exec(readFileSync('docs/reference/networks.md', 'utf8')) ?? [];
  const listed = list.split(/[^A-Za-z]+/);
  expect([...READERS.keys()].filter((name) => !listed.includes(name))).toEqual([]);
});
