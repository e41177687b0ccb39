/** What every algorithm of the table must do, whatever it is. */
import { describe, expect, test } from 'vitest';
import { isEnd, type Kept, type Moment, type Problem, type Told } from '../../lib/algorithms/algorithm.ts';
import {
  ALGORITHM_NAMES,
  type AlgorithmName,
  type AnyAlgorithm,
  algorithmNamed,
  DEFAULT_ALGORITHM,
  findAlgorithm,
  SECTIONS,
} from '../../lib/algorithms/registry.ts';
import { at } from '../../lib/base/at.ts';
import { decodeBrood, decodeMemory, encodeBrood, encodeMemory } from '../../lib/runs/individuals.ts';
import { specHash } from '../../lib/runspec/identity.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';
import type { RunSpec } from '../../lib/runspec/schema.ts';
import { merge } from '../../lib/runspec/written-spec.ts';
import { countOnes, genomeAt, pack, unpack } from '../../lib/search/genome.ts';
import { decodeImproving } from '../../lib/search/improving-checkpoint.ts';
import type { Score } from '../../lib/search/individual.ts';
import type { Position } from '../../lib/search/position.ts';
import { improveAll } from '../../lib/steps/improvements.ts';
import { complete } from '../runspec/complete.ts';

const BITS = 48;
const SAMPLES = 200;
const problem: Problem = { bits: BITS, samples: SAMPLES, viable: (genome) => countOnes(genome) > 3 };

/** Short enough for a test. */
function lengthOf(name: AlgorithmName): object {
  const { improves, section } = algorithmNamed(name);
  if (improves && section) return { [section.key]: { flips: 2_000 } };
  return { stop: { minGenerations: 0, maxGenerations: 12, targetAccuracy: null } };
}

const specOf = (algorithm: AlgorithmName, more: object = {}): RunSpec =>
  complete({
    algorithm,
    task: { dataset: 'moons', train: SAMPLES, test: 80 },
    network: { layers: [2, 12, 2] },
    search: { population: 12, recombination: { mates: 5 } },
    ...lengthOf(algorithm),
    ...more,
  });

const BOUND = { strategy: 'adaptive-bound', bound: 0.6, tries: { reasonable: 40, given: 50 } };
const cases: [string, RunSpec][] = [
  ...ALGORITHM_NAMES.map((name): [string, RunSpec] => [name, specOf(name)]),
  ['sltn-ga with a bound', specOf('sltn-ga', { search: { population: 12, start: BOUND } })],
];
const searches = cases.filter(([, spec]) => startOf(spec).ask.work === 'score');

function startOf(spec: RunSpec, solved = problem): Moment {
  return algorithmNamed(spec.algorithm).start(spec, solved);
}

/** Any function of the mask will do. */
function scoreOf(genome: Uint8Array): Score {
  const harm = unpack(genome, BITS).reduce((sum, kept, bit) => sum + kept * (1 + (bit % 3)), 0);
  return { correct: SAMPLES - harm, loss: harm / 7, macroAverage: Number.NaN };
}

/** The moment as another process finds it. */
function throughStore(algorithm: AnyAlgorithm, spec: RunSpec, moment: Moment): Moment {
  const { ask, memory, ...place } = moment;
  const brood =
    ask.work === 'score' ? decodeBrood(encodeBrood(ask.brood), problem.bits, 'offspring') : undefined;
  const tensors = decodeMemory(encodeMemory(memory, problem.bits), problem.bits, 'memory');
  const facts: unknown = JSON.parse(JSON.stringify(memory.facts));
  const kept: Kept = { ...place, brood, memory: { ...tensors, facts } };
  return algorithm.resume(spec, problem, kept);
}

/** A stand-in for the incremental evaluator, with figures of its own. */
class OnesPosition implements Position {
  readonly build = 'ones';
  readonly bits = BITS;
  readonly samples = SAMPLES;
  readonly firstQuick = 0;
  readonly slow = [];
  readonly bytes = BITS;
  #mask: Uint8Array = new Uint8Array(BITS);
  get kept(): number {
    return this.#mask.reduce((sum, bit) => sum + bit, 0);
  }
  get cost(): number {
    return 1 - this.score().correct / SAMPLES;
  }
  has(bit: number): boolean {
    return this.#mask[bit] === 1;
  }
  genome(): Uint8Array {
    return pack(this.#mask);
  }
  score(): Score {
    return scoreOf(this.genome());
  }
  change(bit: number): number {
    return this.changeOf([bit]);
  }
  changeOf(bits: ArrayLike<number>): number {
    const before = this.cost;
    this.flipAll(bits);
    const change = this.cost - before;
    this.flipAll(bits);
    return change;
  }
  flip(bit: number): void {
    this.flipAll([bit]);
  }
  flipAll(bits: ArrayLike<number>): void {
    for (const bit of Array.from(bits)) this.#mask[bit] = this.has(bit) ? 0 : 1;
  }
  moveTo(genome: Uint8Array): void {
    this.#mask = unpack(genome, BITS);
  }
}

/** Does what is asked for, and tells. */
function work(ask: Moment['ask']): Told {
  if (ask.work === 'train') throw new Error('it asks for no masks');
  if (ask.work === 'score') {
    const { masks } = ask.brood;
    return ask.tell(Array.from({ length: masks.count }, (_, index) => scoreOf(genomeAt(masks, index))));
  }
  const { genomes, states } = improveAll(() => new OnesPosition(), ask, {
    spec: { seed: 3 },
    manifest: { bits: BITS },
  });
  return ask.tell(
    states.map((bytes, index) => {
      const genome = at(genomes, index);
      return { genome, score: scoreOf(genome), state: decodeImproving(bytes, BITS, 'checkpoint') };
    }),
  );
}

/** A whole search in memory: nothing but ask and tell. */
function search(spec: RunSpec, between: (moment: Moment) => Moment = (moment) => moment, solved = problem) {
  const rows = [];
  let moment = startOf(spec, solved);
  for (let round = 0; round < 200; round++) {
    const { complete, next } = work(between(moment).ask);
    if (complete) rows.push(complete.row);
    if (isEnd(next)) return { rows, over: next.over, survivors: complete?.survivors ?? [] };
    moment = next;
  }
  throw new Error('it never ends');
}

describe.each(searches)('%s', (_, spec) => {
  const algorithm = algorithmNamed(spec.algorithm);

  test('runs in a loop without a store, and improves', () => {
    const { rows, over, survivors } = search(spec);
    expect(rows.map(({ generation }) => generation)).toEqual(rows.map((__, index) => index));
    expect(over).toMatch(/^(max-generations|stagnation|max-flips)$/);
    expect(rows.at(-1)?.bestAccuracy).toBeGreaterThan(rows[0]?.bestAccuracy ?? 1);
    const ids = survivors.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('is the same when every moment goes through the store', () => {
    expect(search(spec, (moment) => throughStore(algorithm, spec, moment))).toEqual(search(spec));
  });

  test('keeps no weight that may not be kept', () => {
    const allowed = pack(Array.from({ length: BITS }, (__, bit) => Number(bit % 3 > 0)));
    const kept = new Set<number>();
    const look = (genome: Uint8Array) =>
      unpack(genome, BITS).forEach((one, bit) => {
        if (one === 1) kept.add(bit);
      });
    const { survivors } = search(
      spec,
      (moment) => {
        if (moment.ask.work === 'score') {
          const { masks } = moment.ask.brood;
          for (let index = 0; index < masks.count; index++) look(genomeAt(masks, index));
        }
        return moment;
      },
      { ...problem, allowed },
    );
    for (const { genome } of survivors) look(genome);
    expect(algorithm.restricts).toBe(true);
    expect([...kept].filter((bit) => bit % 3 === 0)).toEqual([]);
    expect(kept.size).toBeGreaterThan(BITS / 2);
  });

  test('refuses a memory that is not its own', () => {
    const { ask: _ask, memory, ...place } = startOf(spec);
    const kept = { ...place, brood: undefined, memory: { ...memory, facts: { foreign: true } } };
    expect(() => algorithm.resume(spec, problem, kept)).toThrow();
  });

  test.skipIf(algorithm.improves)('scores no mask twice', () => {
    const seen = new Set<string>();
    search(spec, (moment) => {
      if (moment.ask.work !== 'score') return moment;
      const { masks } = moment.ask.brood;
      const own = Array.from({ length: masks.count }, (__, index) =>
        Buffer.from(genomeAt(masks, index)).toString('hex'),
      );
      expect(new Set(own).size).toBe(own.length);
      for (const mask of own) seen.add(mask);
      return moment;
    });
    expect(seen.size).toBeGreaterThan(12);
  });
});

describe.each(ALGORITHM_NAMES)('%s', (name) => {
  const algorithm = algorithmNamed(name);

  test('has words, and a course that does not grow shorter with doubt', () => {
    expect(algorithm.summary).toMatch(/^[a-z][^.]+$/);
    const [least, most] = (['shortest', 'longest'] as const).map((length) =>
      algorithm.course(specOf(name), { search: length, triesShare: 0.5 }, problem),
    );
    if (least?.work === 'improve' && most?.work === 'improve') {
      expect(least).toEqual(most);
    } else if (least?.work === 'score' && most?.work === 'score') {
      expect(least.evaluations).toBeLessThanOrEqual(most.evaluations);
    } else if (least?.work === 'train' && most?.work === 'train') {
      expect(least.epochs).toBeLessThanOrEqual(most.epochs);
    } else throw new Error('its course changes with doubt');
  });

  test('is known by the sections that it heeds, and by no others', () => {
    const spec = specOf(name);
    for (const section of SECTIONS) {
      const changed = { ...spec, [section]: { changed: true } };
      expect(specHash(changed) !== specHash(spec), section).toBe(algorithm.heeds.includes(section));
    }
  });

  test('takes over what it can match', () => {
    const taken = algorithm.match?.take({ evaluations: 77, sparsity: 0.25, ticket: 'a.safetensors' });
    if (taken) expect(parseSpec(merge(specOf(name), taken)).algorithm).toBe(name);
  });
});

test('names from outside are looked up, not trusted', () => {
  expect(findAlgorithm(DEFAULT_ALGORITHM)).toBe(algorithmNamed(DEFAULT_ALGORITHM));
  expect([findAlgorithm('toString'), findAlgorithm('no-such'), findAlgorithm(undefined)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
