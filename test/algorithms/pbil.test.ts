import { describe, expect, test } from 'vitest';
import { isEnd, type Moment } from '../../lib/algorithms/algorithm.ts';
import { pbil } from '../../lib/algorithms/pbil.ts';
import { countOnes, genomeAt, pack, unpack } from '../../lib/search/genome.ts';
import { checksum } from '../../lib/store/store.ts';
import { complete } from '../runspec/complete.ts';

const BITS = 40;
const problem = { bits: BITS, samples: 100, viable: () => true };

const specOf = (own: object, population = 20) =>
  complete({
    task: { dataset: 'moons', train: 100, test: 20 },
    network: { layers: [2, 10, 2] },
    algorithm: 'pbil',
    search: { population },
    stop: { minGenerations: 0, maxGenerations: 30, targetAccuracy: null },
    pbil: own,
  });

const probabilitiesOf = ({ memory }: Moment) => [...(memory.vectors.probabilities ?? [])];

/** The next moment, where a mask is the better the more of its first ten weights it keeps. */
function nextOf(moment: Moment): Moment {
  const { ask } = moment;
  if (ask.work !== 'score') throw new Error('it asks for no scores');
  const { masks } = ask.brood;
  const scores = Array.from({ length: masks.count }, (_, index) => ({
    correct: unpack(genomeAt(masks, index), BITS).slice(0, 10).filter(Boolean).length,
    loss: Number.NaN,
    macroAverage: Number.NaN,
  }));
  const { next } = ask.tell(scores);
  if (isEnd(next)) throw new Error('it is over');
  return next;
}

/** The masks of a generation, one for each of the offspring. */
function sampled({ ask }: Moment): Uint8Array[] {
  if (ask.work !== 'score') throw new Error('it asks for no scores');
  const { masks, sources } = ask.brood;
  return Array.from(sources, (source) => unpack(genomeAt(masks, source), BITS));
}

/** The best of a generation by its first ten weights, then by zeros, then by age. */
function bestOf(masks: readonly Uint8Array[], count: number): Uint8Array[] {
  const order = masks.map((mask, age) => ({
    mask,
    age,
    correct: mask.slice(0, 10).filter(Boolean).length,
    zeros: BITS - countOnes(pack(mask)),
  }));
  order.sort((a, b) => b.correct - a.correct || b.zeros - a.zeros || a.age - b.age);
  return order.slice(0, count).map(({ mask }) => mask);
}

describe('the probabilities', () => {
  test('are fair at first, and drawn towards the best by the rate', () => {
    const start = pbil.start(specOf({ rate: 0.25, selected: 0.2, mutation: { rate: 0 } }), problem);
    expect(probabilitiesOf(start)).toEqual(Array(BITS).fill(0.5));
    const best = bestOf(sampled(start), 4);
    const expected = Array.from({ length: BITS }, (_, bit) => {
      const share = best.reduce((sum, mask) => sum + (mask[bit] ?? 0), 0) / 4;
      return 0.75 * 0.5 + 0.25 * share;
    });
    const learned = probabilitiesOf(nextOf(start));
    for (const [bit, probability] of learned.entries())
      expect(probability).toBeCloseTo(expected[bit] ?? 0, 12);
  });

  test('are those of UMDA with a rate of 1: shares of ones, within margins of 1/n', () => {
    const start = pbil.start(specOf({ rate: 1, selected: 0.1, mutation: { rate: 0 } }), problem);
    const best = bestOf(sampled(start), 2);
    const expected = Array.from({ length: BITS }, (_, bit) => {
      const share = best.reduce((sum, mask) => sum + (mask[bit] ?? 0), 0) / 2;
      return Math.min(1 - 1 / BITS, Math.max(1 / BITS, share));
    });
    expect(probabilitiesOf(nextOf(start))).toEqual(expected);
  });

  test('move up and down by the shift where they mutate', () => {
    const spec = { rate: 1, selected: 1, mutation: { rate: 1, shift: 0.02 } };
    const [still, moved] = [{ ...spec, mutation: { rate: 0 } }, spec].map((own) =>
      probabilitiesOf(nextOf(pbil.start(specOf(own, 60), problem))),
    );
    const changes = (moved ?? []).map((probability, bit) => probability - (still?.[bit] ?? 0));
    expect(changes.every((change) => Math.abs(Math.abs(change) - 0.02) < 1e-12)).toBe(true);
    expect(new Set(changes.map(Math.sign))).toEqual(new Set([1, -1]));
  });
});

test('learns which weights matter, and the stream of its masks is pinned', () => {
  let moment = pbil.start(specOf({}, 40), problem);
  for (let generation = 0; generation < 25; generation++) moment = nextOf(moment);
  const learned = probabilitiesOf(moment);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean(learned.slice(0, 10))).toBeGreaterThan(0.8);
  expect(mean(learned.slice(10))).toBeLessThan(0.6);
  const { ask } = moment;
  expect(ask.work === 'score' && checksum(ask.brood.masks.bytes).slice(0, 16)).toMatchInlineSnapshot(
    `"942173dc2d79383e"`,
  );
});
