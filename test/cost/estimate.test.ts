import { describe, expect, test } from 'vitest';
import { expectedOffspring } from '../../lib/algorithms/parts/breeding.ts';
import { generationsOf } from '../../lib/algorithms/parts/stopping.ts';
import { LOW } from '../../lib/cost/assumptions.ts';
import { estimateByMemory, estimateCost } from '../../lib/cost/estimate.ts';
import { speedOf, vcpusOf } from '../../lib/cost/prices.ts';
import { NO_USAGE, priceOf, usageSchema } from '../../lib/cost/usage.ts';
import { trainSamples } from '../../lib/runspec/shape.ts';
import { complete } from '../runspec/complete.ts';

test("the paper's rates breed 53 offspring a generation", () => {
  expect(expectedOffspring(complete({}).search)).toBeCloseTo(53, 9);
});

const RULES = {
  minGenerations: 100,
  maxGenerations: 300,
  stagnation: 50,
  targetAccuracy: 1,
  maxEvaluations: null,
};

test.each([
  ['a target may be met at once', {}, 100],
  ['stagnation takes its time', { targetAccuracy: null, stagnation: 120 }, 120],
  ['but not before the least', { targetAccuracy: null }, 100],
  ['without either it runs to the end', { targetAccuracy: null, stagnation: null }, 300],
  ['the cap wins', { minGenerations: 500 }, 300],
])('generations: %s', (_name, rules, shortest) => {
  expect(generationsOf({ ...RULES, ...rules })).toEqual({ shortest, longest: 300 });
});

test.each([
  [512, 1, 1],
  [1_769, 1, 1],
  [3_538, 2, 2],
  [7_076, 4, 4],
  [10_240, 6, 5.789],
])('%i MB: %i vCPUs, %f times as fast', (memory, vcpus, speed) => {
  expect(vcpusOf(memory)).toBe(vcpus);
  expect(speedOf(memory)).toBeCloseTo(speed, 3);
});

describe('prices', () => {
  const usage = {
    ...NO_USAGE,
    transitions: 1_000_000,
    express: { executions: 1_000_000, gbSeconds: 3_600 },
    functions: {
      ...NO_USAGE.functions,
      evaluate: { requests: 600_000, milliseconds: 1, gbSeconds: 600_000 },
      select: { requests: 400_000, milliseconds: 1, gbSeconds: 400_000 },
    },
    s3: { puts: 500_000, lists: 500_000, gets: 1_000_000 },
  };

  test('a million of each', () => {
    const { stepFunctions, lambda, s3, total } = priceOf(usage, 'x86_64');
    expect(stepFunctions).toBeCloseTo(25 + 1 + 0.06, 9);
    expect(lambda).toBeCloseTo(0.2 + 16.6667, 9);
    expect(s3).toBeCloseTo(5 + 0.4, 9);
    expect(total).toBeCloseTo(stepFunctions + lambda + s3, 9);
  });

  test('arm64 takes a fifth off the GB-seconds', () => {
    expect(priceOf(usage, 'arm64').lambda).toBeCloseTo(0.2 + 13.3334, 9);
  });

  test('nothing costs nothing', () => {
    expect(priceOf(NO_USAGE, 'x86_64').total).toBe(0);
  });
});

describe('estimate', () => {
  test.each([
    ['edge-popup', {}, [100, 100]],
    ['edge-popup', { edgePopup: { keep: [0.5, 0.3], validationShare: 0.1, epochs: 40 } }, [80, 80]],
    ['backprop', {}, [11, 100]],
    ['backprop', { backprop: { validationShare: 0 } }, [100, 100]],
  ])('%s %j: %j epochs', (algorithm, spec, epochs) => {
    const { low, high } = estimateCost(complete({ preset: 'moons-c', algorithm, ...spec }));
    expect([low.generations, high.generations]).toEqual(epochs);
    expect(low.usage.functions.evaluate.requests).toBe(0);
    expect(low.usage.functions.train.requests).toBeGreaterThan(0);
    expect(low.dollars.total).toBeLessThan(high.dollars.total);
    usageSchema.parse(high.usage);
  });

  test('random numbers for every weight, in every step, take a training longer', () => {
    const spec = (algorithm: string) => complete({ preset: 'digits-10', algorithm });
    const [drawn, plain] = [spec('stochastic-gates'), spec('gem-miner')].map((one) => estimateCost(one).low);
    const numbers = 100 * Math.ceil(trainSamples(spec('gem-miner').task) / 128) * 5_550;
    expect(60 * ((drawn?.minutes ?? 0) - (plain?.minutes ?? 0))).toBeCloseTo(numbers * LOW.draw, 6);
  });

  test.each(['moons-a', 'digits-10', 'blobs-10'])('%s: the low guess is below the high one', (preset) => {
    const { low, high } = estimateCost(complete({ preset }));
    usageSchema.parse(low.usage);
    usageSchema.parse(high.usage);
    expect(low.dollars.total).toBeGreaterThan(0);
    expect(low.dollars.total).toBeLessThan(high.dollars.total);
    expect(low.minutes).toBeLessThan(high.minutes);
    expect(low.generations).toBeLessThanOrEqual(high.generations);
  });

  test('a generation that fits one chunk costs four transitions, without leaps', () => {
    const { low } = estimateCost(complete({ evaluation: { leapSeconds: 0 } }));
    expect(low.usage.transitions).toBe(4 * (low.generations + 1) + 3);
  });

  // [preset, spec, dollars, seconds of functions, minutes, transitions], at most.
  test.each([
    ['moons-a', {}, 0.002, 15, 1, 12],
    ['digits-10', { stop: { stagnation: null, targetAccuracy: null } }, 0.03, 600, 10, 60],
  ])(
    '%s leaps: little money, little time, few states',
    (preset, more, dollars, seconds, minutes, transitions) => {
      const { high } = estimateCost(complete({ preset, ...more }));
      const { functions } = high.usage;
      const total = Object.values(functions).reduce((sum, { milliseconds }) => sum + milliseconds / 1_000, 0);
      expect(high.generations).toBe(preset === 'moons-a' ? 300 : 11_000);
      expect(high.dollars.total).toBeLessThan(dollars);
      expect(total).toBeLessThan(seconds);
      expect(high.minutes).toBeLessThan(minutes);
      expect(high.usage.transitions).toBeLessThanOrEqual(transitions);
      expect([functions.evaluate.requests, functions.select.requests]).toEqual([0, 0]);
    },
  );

  test('a wide search is distributed, and pays for its children', () => {
    const spec = complete({
      preset: 'digits-10',
      search: { population: 10_000 },
      evaluation: { maxConcurrency: 400, minChunkSeconds: 0.002 },
      stop: { minGenerations: 10, maxGenerations: 10 },
    });
    const { high } = estimateCost(spec);
    expect(high.usage.express.executions).toBeGreaterThan(11 * 300);
    expect(high.usage.transitions).toBeGreaterThan(high.usage.express.executions);
    expect(high.dollars.total).toBeGreaterThan(0.1);
  });

  test('a million weights, 1,000 individuals: 10,240 MB are at least four times as fast as 1,769 for the same chunks', () => {
    const spec = complete({
      task: { dataset: 'digits' },
      network: { layers: [64, 1_000, 930, 10] },
      search: { population: 1_000 },
      stop: { minGenerations: 50, maxGenerations: 50 },
      pruning: { enabled: false },
      evaluation: { maxConcurrency: 1 },
    });
    const [one, ...others] = estimateByMemory(spec);
    expect([one, ...others].map((estimate) => estimate?.memoryMb)).toEqual([1_769, 3_538, 7_076, 10_240]);
    for (const guess of ['low', 'high'] as const) {
      const times = others.map((estimate) => (one?.[guess].minutes ?? 0) / estimate[guess].minutes);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times.at(-1)).toBeGreaterThan(4);
    }
  });

  test('more memory costs more GB-seconds for the same time', () => {
    const spec = complete({});
    const [small, large] = [estimateCost(spec, 1_024), estimateCost(spec, 2_048)];
    const of = ({ high }: typeof small) => high.usage.functions.leap.gbSeconds;
    expect(of(large) / of(small)).toBeCloseTo(2, 9);
  });

  // Nanoseconds that a mask took for a sample, in leaps of the embedded engine on a core that others shared.
  test.each([
    ['moons-a', 3.4],
    ['blobs-2', 71],
    ['blobs-6', 94],
    ['blobs-10', 127],
    ['digits-10', 235],
  ])(
    '%s: a measured search took longer than the low guess, and less than the high one',
    (preset, measured) => {
      const stop = { minGenerations: 2_000, maxGenerations: 2_000, stagnation: null, targetAccuracy: null };
      const spec = complete({ preset, stop });
      const { low, high } = estimateCost(spec);
      const [least, most] = [low, high].map(({ usage, evaluations }) => {
        return (1e6 * usage.functions.leap.milliseconds) / evaluations / trainSamples(spec.task);
      });
      expect(measured).toBeGreaterThan(least ?? Number.NaN);
      expect(measured).toBeLessThan(most ?? Number.NaN);
    },
  );

  describe('of a run with a budget', () => {
    const stop = { stagnation: null, targetAccuracy: null };
    const of = (budget: object, more: object = {}) =>
      estimateCost(complete({ preset: 'digits-10', stop, budget, ...more }));
    const free = estimateCost(complete({ preset: 'digits-10', stop })).high;

    test('stops where the money for the search is spent, and still makes the ticket', () => {
      const { low, high } = of({ dollars: 0.008 });
      expect(low.without).toBeUndefined();
      expect(high.without).toBe(11_000);
      expect(high.generations).toBeGreaterThan(5_500);
      expect(high.generations).toBeLessThan(7_000);
      expect(high.evaluations).toBeCloseTo(50 + 53 * (high.generations + 1), -2);
      const { finalize } = high.usage.functions;
      const made = finalize.gbSeconds * 1.66667e-5 + finalize.requests * 2e-7;
      expect(high.dollars.total - made).toBeLessThanOrEqual(0.008);
      expect(high.dollars.total - made).toBeGreaterThan(0.0079);
    });

    test('or the time', () => {
      const { high } = of({ minutes: 2 });
      expect(high.minutes - high.usage.functions.finalize.milliseconds / 60_000).toBeCloseTo(2, 1);
    });

    test('is that of a run without one where it is enough, and has its first generation in any case', () => {
      expect(of({ dollars: 1, minutes: 60 }).high).toEqual(free);
      expect(of({ dollars: 1e-9 }).high).toMatchObject({ generations: 0, without: 11_000 });
      const trained = { algorithm: 'edge-popup', preset: 'moons-c' };
      expect(of({ minutes: 1e-9 }, trained).high).toMatchObject({ generations: 1, without: 100 });
    });
  });
});
