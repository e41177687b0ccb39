import { expect, test } from 'vitest';
import { InvalidSpec } from '../../lib/base/errors.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';

test.each([
  [
    'codewords for two classes',
    { preset: 'moons-a', search: { codes: { groups: 4, weight: 2 } } },
    `search.codes: found {"groups":4,"weight":2}, but the data set 'moons' has two classes, each of which is the rest of the other; leave them out: codewords are for three classes or more`,
  ],
  [
    'more classes than codewords',
    { preset: 'digits-10', search: { codes: { groups: 4, weight: 2 } } },
    `search.codes: found {"groups":4,"weight":2}, of which there are 6 different codewords for the 10 classes of the data set 'digits'; choose more groups, or a weight nearer to half of them`,
  ],
  [
    'a codeword of more groups than there are',
    { preset: 'digits-10', search: { codes: { groups: 4, weight: 5 } } },
    'search.codes.weight: found 5, expected at most 4, the groups',
  ],
  [
    'codewords and a planted ticket',
    { preset: 'planted-rings', search: { codes: { groups: 4, weight: 2 } } },
    'search.codes: found {"groups":4,"weight":2} with "network.planted": true, whose ticket may need weights that codewords exclude; leave one of them out',
  ],
])('%s', (_, spec, message) => {
  expect(() => parseSpec(spec)).toThrow(new InvalidSpec([message]));
});

test('trainings cannot heed codewords', () => {
  const spec = { preset: 'digits-10', algorithm: 'edge-popup', search: { codes: { groups: 10, weight: 3 } } };
  expect(() => parseSpec(spec)).toThrow(
    '"edge-popup", whose masks they do not restrict; leave them out, or choose',
  );
});
