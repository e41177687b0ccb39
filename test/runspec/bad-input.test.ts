/** Everything that a spec can be refused for: the class and the exact message. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidSpec } from '../../lib/base/errors.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';
import { taskSchema } from '../../lib/runspec/task.ts';
import { CASES } from './bad-specs.ts';

describe('a spec is refused', () => {
  test.each(CASES)('%s', (_, spec, message) => {
    expect(() => parseSpec(spec)).toThrow(new InvalidSpec(message.split('\n')));
  });

  test('long values are cut short', () => {
    const layers = Array(30).fill(2);
    expect(() => parseSpec({ network: { layers } })).toThrow(
      new InvalidSpec([
        `network.layers: found ${JSON.stringify(layers).slice(0, 57)}…, expected at most 20 entries`,
      ]),
    );
  });

  test('whatever is put in its place, a value is accepted or named', () => {
    const paths = [
      'seed',
      'task',
      'network',
      'search',
      'stop',
      'pruning',
      'budget',
      'evaluation',
      'keepGenerations',
      'preset',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        try {
          parseSpec({ [path]: value });
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidSpec);
          if (error instanceof InvalidSpec) {
            for (const problem of error.problems) expect(problem).toContain(': ');
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

test('the tasks of the schema are those that messages name', () => {
  const names = taskSchema.options.map(({ shape }) => shape.dataset.value);
  expect(names).toEqual(['moons', 'circles', 'blobs', 'two-groups', 'digits', 'rings', 'teacher', 'files']);
});
