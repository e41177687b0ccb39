/** The rules by which umda, cga and nes learn, and the mutants of mu-plus-lambda, against examples worked by hand. */
import { describe, expect, test } from 'vitest';
import { isEnd, type Moment } from '../../lib/algorithms/algorithm.ts';
import { projected } from '../../lib/algorithms/nes.ts';
import { type AlgorithmName, algorithmNamed } from '../../lib/algorithms/registry.ts';
import { at } from '../../lib/base/at.ts';
import { genomeAt, unpack } from '../../lib/search/genome.ts';
import { checksum } from '../../lib/store/store.ts';
import { complete } from '../runspec/complete.ts';

const BITS = 40;
const problem = { bits: BITS, samples: 100, viable: () => true };

function startOf(algorithm: AlgorithmName, own: object, population: number): Moment {
  const spec = complete({
    task: { dataset: 'moons', train: 100, test: 20 },
    network: { layers: [2, 10, 2] },
    algorithm,
    search: { population },
    stop: { minGenerations: 0, maxGenerations: 60, targetAccuracy: null },
    ...own,
  });
  return algorithmNamed(algorithm).start(spec, problem);
}

/** How many of the first ten weights a mask keeps: the more, the better. */
const worth = (mask: Uint8Array) => mask.slice(0, 10).reduce((sum, bit) => sum + bit, 0);

function masksOf({ ask }: Moment): Uint8Array[] {
  if (ask.work !== 'score') throw new Error('it asks for no scores');
  const { masks, sources } = ask.brood;
  return Array.from(sources, (source) => unpack(genomeAt(masks, source), BITS));
}

function nextOf({ ask }: Moment): Moment {
  if (ask.work !== 'score') throw new Error('it asks for no scores');
  const { masks } = ask.brood;
  const scores = Array.from({ length: masks.count }, (_, index) => ({
    correct: worth(unpack(genomeAt(masks, index), BITS)),
    loss: Number.NaN,
    macroAverage: Number.NaN,
  }));
  const { next } = ask.tell(scores);
  if (isEnd(next)) throw new Error('it is over');
  return next;
}

/** Best first: by worth, then by zeros, then by age. */
function ranked(masks: readonly Uint8Array[]): Uint8Array[] {
  const kept = (mask: Uint8Array) => mask.reduce((sum, bit) => sum + bit, 0);
  return masks.toSorted((a, b) => worth(b) - worth(a) || kept(a) - kept(b));
}

const vectorOf = ({ memory }: Moment, name: string) => [...(memory.vectors[name] ?? [])];
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));

describe('umda', () => {
  test('counts the shares of ones in the best masks, within margins of 1/n', () => {
    const start = startOf('umda', { umda: { selected: 0.2 } }, 20);
    const best = ranked(masksOf(start)).slice(0, 4);
    const shares = Array.from({ length: BITS }, (_, bit) => mean(best.map((mask) => at(mask, bit))));
    const expected = shares.map((share) => Math.min(1 - 1 / BITS, Math.max(1 / BITS, share)));
    expect(vectorOf(nextOf(start), 'probabilities')).toEqual(expected);
  });
});

describe('cga', () => {
  test('moves a step towards the better of each pair where the two differ, and leaves a mask without a partner', () => {
    const start = startOf('cga', { cga: { size: 50 } }, 5);
    const masks = masksOf(start);
    const pairs = [masks.slice(0, 2), masks.slice(2, 4)].map(ranked);
    const expected = Array.from({ length: BITS }, (_, bit) => {
      const steps = pairs.map(([winner = [], loser = []]) => at(winner, bit) - at(loser, bit));
      return 0.5 + (at(steps, 0) + at(steps, 1)) / 50;
    });
    const learned = vectorOf(nextOf(start), 'probabilities');
    for (const [bit, probability] of learned.entries())
      expect(probability).toBeCloseTo(at(expected, bit), 12);
    expect(new Set(learned.map((probability) => probability.toFixed(2)))).toContain('0.52');
  });

  test.each([
    // √40 · ln 40 = 23.3
    [8, 1 / 24],
    [30, 1 / 30],
  ])('with %i masks a generation takes steps of %d', (population, step) => {
    const start = startOf('cga', {}, population);
    const changes = vectorOf(nextOf(start), 'probabilities').map((probability) =>
      Math.abs(probability - 0.5),
    );
    const least = Math.min(...changes.filter((change) => change > 1e-9));
    expect(least).toBeCloseTo(step, 12);
  });
});

describe('nes', () => {
  test("takes Adam's step along the gradient of the ranks", () => {
    const own = { learningRate: 0.1, beta1: 0.9, beta2: 0.999 };
    const start = startOf('nes', { nes: own }, 6);
    const best = ranked(masksOf(start));
    const ranks = [0.5, 0.3, 0.1, -0.1, -0.3, -0.5];
    const gradient = Array.from({ length: BITS }, (_, bit) =>
      mean(best.map((mask, place) => at(ranks, place) * (at(mask, bit) - 0.5))),
    );
    const next = nextOf(start);
    const logits = vectorOf(next, 'logits');
    for (const [bit, slope] of gradient.entries()) {
      expect(at(vectorOf(next, 'firstMoment'), bit)).toBeCloseTo(0.1 * slope, 12);
      expect(at(vectorOf(next, 'secondMoment'), bit)).toBeCloseTo(0.001 * slope ** 2, 12);
      // The first step of Adam is the rate, in the direction of the gradient.
      expect(at(logits, bit)).toBeCloseTo((0.1 * slope) / (Math.abs(slope) + 1e-8), 6);
    }
  });

  test('samples the most probable mask, and pairs of which the one turns the numbers of the other around', () => {
    const moment = nextOf(startOf('nes', { nes: { learningRate: 1.5 } }, 7));
    const probabilities = vectorOf(moment, 'logits').map(sigmoid);
    const [mode, ...pairs] = masksOf(moment);
    expect([...(mode ?? [])]).toEqual(probabilities.map((probability) => (probability > 0.5 ? 1 : 0)));
    for (const [bit, probability] of probabilities.entries()) {
      for (const pair of [0, 2, 4]) {
        const kept = at(at(pairs, pair), bit) + at(at(pairs, pair + 1), bit);
        // u < p and 1 − u < p exclude each other below ½, and cannot both fail above it.
        if (probability < 0.499) expect(kept).toBeLessThanOrEqual(1);
        if (probability > 0.501) expect(kept).toBeGreaterThanOrEqual(1);
      }
    }
  });

  test('lowers all probabilities alike until they keep their share', () => {
    const lowered = projected(Float64Array.of(0.9, 0.5, 0.1), 1 / 3);
    // 0.9 − v + 0.5 − v + 0.001 = 1, so v = 0.2005.
    for (const [index, wanted] of [0.6995, 0.2995, 0.001].entries())
      expect(at(lowered, index)).toBeCloseTo(wanted, 9);
    const few = Float64Array.of(0.2, 0.1, 0.3);
    expect(projected(few, 0.5)).toEqual(few);
  });

  test('falls to its share over the first half of the generations', () => {
    let moment = startOf('nes', { nes: { keep: 0.2 } }, 20);
    const shares: number[] = [];
    for (let generation = 0; generation <= 30; generation++) {
      moment = nextOf(moment);
      shares.push(mean(vectorOf(moment, 'logits').map(sigmoid)));
    }
    // A half, then 0.2 + 0.3 · ½³ after a quarter of the 60 generations.
    expect(at(shares, 0)).toBeLessThanOrEqual(0.5);
    expect(at(shares, 15)).toBeLessThanOrEqual(0.2375 + 1e-9);
    expect(at(shares, 15)).toBeGreaterThan(0.22);
    expect(at(shares, 30)).toBeCloseTo(0.2, 9);
  });
});

describe('mu-plus-lambda', () => {
  test('mutates survivors only, mostly by few flips, sometimes by many', () => {
    const start = startOf('mu-plus-lambda', { muPlusLambda: { parents: 3 } }, 400);
    const next = nextOf(start);
    const parents = ranked(masksOf(start)).slice(0, 3);
    expect(next.population.map(({ genome }) => unpack(genome, BITS))).toEqual(parents);
    const distances = masksOf(next).map((mask) =>
      Math.min(...parents.map((parent) => mask.filter((bit, index) => bit !== parent[index]).length)),
    );
    const share = (flips: number) => distances.filter((one) => one === flips).length / distances.length;
    // The sum of k^−1.5 up to 20 is 2.17.
    expect(share(1)).toBeGreaterThan(0.4);
    expect(share(1)).toBeLessThan(0.52);
    expect(share(0)).toBe(0);
    expect(Math.max(...distances)).toBeGreaterThan(5);
  });
});

test.each([
  ['umda', 'c8530b6cd0b991d6'],
  ['cga', 'dce1f7f909b63055'],
  ['nes', '67ce304f5c5e72e8'],
  ['mu-plus-lambda', 'db388410069ef5d1'],
] as const)('%s learns which weights matter, and the stream of its masks is %s', (name, stream) => {
  let moment = startOf(name, {}, 40);
  for (let generation = 0; generation < 40; generation++) moment = nextOf(moment);
  expect(at(moment.population, 0).score.correct).toBeGreaterThanOrEqual(10);
  const { ask } = moment;
  expect(ask.work === 'score' && checksum(ask.brood.masks.bytes).slice(0, 16)).toBe(stream);
});
