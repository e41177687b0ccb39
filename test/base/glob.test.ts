import { expect, test } from 'vitest';
import { expressionOf } from '../../lib/base/glob.ts';

test.each([
  ['conv*', 'conv1/weight.0', true],
  ['conv?', 'conv1', true],
  ['conv?', 'conv', false],
  ['*', '', true],
  ['a.b', 'aXb', false],
  ['w[0]{1}', 'w[0]{1}', true],
  ['w[0]', 'w0', false],
  ['conv', 'my conv', false],
])('%j on %j: %j', (pattern, name, matches) => {
  expect(expressionOf(pattern).test(name)).toBe(matches);
});
