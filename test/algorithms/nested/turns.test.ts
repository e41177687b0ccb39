import { expect, test } from 'vitest';
import { planOf } from '../../../lib/algorithms/nested/plan.ts';
import { leavingTurns } from '../../../lib/algorithms/nested/turns.ts';
import { randomGenome } from '../../../lib/algorithms/parts/operators.ts';
import { random } from '../../../lib/base/random.ts';
import { LayersPosition } from '../../../lib/evaluation/flips/layers.ts';
import { uniformNetwork } from '../../../lib/network/initializer.ts';
import { unpack } from '../../../lib/search/genome.ts';
import { improve, startImproving } from '../../../lib/search/improving.ts';
import { evaluated } from '../../../lib/search/individual.ts';
import { drawSamples } from '../../evaluation/cases.ts';
import { complete } from '../../runspec/complete.ts';

test('each weight may leave once in a turn, also where flips are slow', () => {
  const problem = { bits: 96, samples: 50, viable: () => true };
  const { bits, samples } = problem;
  const spec = complete({ preset: 'digits-10', algorithm: 'nested', nested: { shares: [0.5] } });
  if (spec.algorithm !== 'nested') throw new Error('it is nested');
  const genome = randomGenome(random(1, 'start'), bits);
  const slow = [{ first: 0, end: 60, times: 1e6 }];
  const position = new LayersPosition(uniformNetwork([5, 12, 3], 1), drawSamples(1, samples, 5, 3), genome, {
    objective: 'cross-entropy',
    slow,
  });
  const newborn = { id: 0, genome, origin: 'start', born: 0 } as const;
  const { turns } = leavingTurns(spec, problem, planOf(spec, problem).annealed + 1, {
    nextId: 1,
    flips: 0,
    // More than any weight is worth.
    prices: [1e9],
    population: [evaluated(newborn, { correct: 0, loss: 0, macroAverage: Number.NaN }, bits)],
    from: [startImproving(position, genome)],
    stays: new Float64Array(bits),
  });
  const left = turns.map(({ task: { from, settings, flips } }) => {
    if (from instanceof Uint8Array) throw new Error('it was annealed');
    return improve(position, from, settings, (purpose, index) => random(1, purpose, index), flips).genome;
  });
  expect(left.map((mask) => [...unpack(mask, bits)])).toEqual([new Array(bits).fill(0)]);
});

test('an estimate counts the passes over the weights that a mask may take up or drop, and those where weights leave', () => {
  const spec = complete({
    preset: 'digits-10',
    algorithm: 'nested',
    nested: { shares: [0.5, 0.25], flips: 600 },
  });
  if (spec.algorithm !== 'nested') throw new Error('it is nested');
  const { passes, everyBit } = planOf(spec, { bits: 100, samples: 50 });
  // Three quarters of the weights are free for the denser mask, half of them for the sparser one.
  expect(passes).toBeCloseTo((600 / 75 + 600 / 50) / 2);
  // Twenty turns of 50 weights, half of which have left on average, beside two masks of 600 flips.
  expect(everyBit).toBeCloseTo(500 / (500 + 2 * 600));
});
