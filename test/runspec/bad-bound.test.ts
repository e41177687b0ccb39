import { expect, test } from 'vitest';
import { InvalidSpec } from '../../lib/base/errors.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';

test.each([
  [
    'an unknown strategy',
    { search: { start: { strategy: 'bound' } } },
    'search.start.strategy: found "bound", expected one of random, dense, adaptive-bound, static-bound, learned',
  ],
  [
    'a bound without a strategy that has one',
    { search: { start: { bound: 0.7 } } },
    'search.start.strategy: found nothing, expected one of random, dense, adaptive-bound, static-bound, learned',
  ],
  [
    'more reasonable tries than given',
    { search: { start: { strategy: 'adaptive-bound', tries: { reasonable: 10, given: 10 } } } },
    'search.start.tries.reasonable: found 10, expected less than the 10 tries given',
  ],
  [
    'no budget',
    { algorithm: 'random-search', stop: { maxEvaluations: 0 } },
    'stop.maxEvaluations: found 0, expected at least 1',
  ],
])('%s is refused', (_, spec, message) => {
  expect(() => parseSpec(spec)).toThrow(new InvalidSpec([message]));
});

test('another strategy takes nothing from the one that it replaces', () => {
  const tries = { reasonable: 1, given: 2 };
  const bounded = parseSpec({ search: { start: { strategy: 'adaptive-bound', bound: 0.8, tries } } });
  expect(bounded.search.start).toEqual({ strategy: 'adaptive-bound', bound: 0.8, tries });
  expect(parseSpec({ search: { start: { strategy: 'static-bound' } } }).search.start).toEqual({
    strategy: 'static-bound',
    bound: 0.7,
    tries: 100_000,
  });
});

test('a complete spec holds what the bound depends on, and is its own complete spec', () => {
  const start = { strategy: 'adaptive-bound' };
  const spec = parseSpec({ preset: 'moons-b', search: { start } });
  expect(spec.search.start).toEqual({ ...start, bound: 0.85, tries: { reasonable: 80, given: 100 } });
  expect(parseSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
});

test('a learned start is refused where the algorithm would ignore it', () => {
  const search = { start: { strategy: 'learned', prior: 'p.json' } };
  expect(() => parseSpec({ algorithm: 'pbil', search })).toThrow(
    'search.start.strategy: found "learned" with "algorithm": "pbil", which draws its masks in another way; choose sltn-ga, annealing, local-search or memetic, or leave search.start out',
  );
  expect(parseSpec({ algorithm: 'local-search', search }).search.start).toEqual(search.start);
});

test('so is a sparsity of random masks, which has to leave something', () => {
  const start = { strategy: 'random', sparsity: 0.9 };
  expect(() => parseSpec({ algorithm: 'nes', search: { start } })).toThrow(
    'search.start.sparsity: found 0.9 with "algorithm": "nes", which draws its masks in another way; choose sltn-ga, annealing, local-search or memetic, or leave search.start out',
  );
  expect(parseSpec({ algorithm: 'annealing', search: { start } }).search.start).toEqual(start);
  expect(() => parseSpec({ search: { start: { ...start, sparsity: 1 } } })).toThrow(
    'search.start.sparsity: found 1, expected less than 1',
  );
});
