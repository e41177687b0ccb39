import { describe, expect, test } from 'vitest';
import { isEnd, type Problem } from '../../../lib/algorithms/algorithm.ts';
import { directions, directionsFor, niched } from '../../../lib/algorithms/nsga/niching.ts';
import { nsga } from '../../../lib/algorithms/nsga/nsga.ts';
import type { HistoryRow } from '../../../lib/algorithms/parts/history-row.ts';
import { parseSpec } from '../../../lib/runspec/parser.ts';
import { countOnes, genomeAt, unpack } from '../../../lib/search/genome.ts';
import type { Individual } from '../../../lib/search/individual.ts';
import { checksum } from '../../../lib/store/store.ts';
import { complete } from '../../runspec/complete.ts';

const BITS = 12;
const plain: Problem = { bits: BITS, samples: BITS, viable: () => true };

const specOf = (own: object, generations: number, population = 40) =>
  complete({
    task: { dataset: 'moons', train: 100, test: 20 },
    network: { layers: [2, 3, 2] },
    algorithm: 'nsga',
    search: { population },
    stop: { minGenerations: 0, maxGenerations: generations },
    nsga: own,
  });

/** Runs it to its end; `correct`: the fitness of a mask. */
function run(own: object, generations: number, correct: (mask: Uint8Array) => number, problem = plain) {
  const rows: HistoryRow[] = [];
  let survivors: readonly Individual[] = [];
  let next = nsga.start(specOf(own, generations), problem) as ReturnType<typeof nsga.start>;
  for (;;) {
    const { ask } = next;
    if (ask.work !== 'score') throw new Error('it asks for no scores');
    const { masks } = ask.brood;
    const told = ask.tell(
      Array.from({ length: masks.count }, (_, index) => ({
        correct: correct(unpack(genomeAt(masks, index), problem.bits)),
        loss: Number.NaN,
        macroAverage: Number.NaN,
      })),
    );
    if (told.complete) {
      rows.push(told.complete.row);
      survivors = told.complete.survivors;
    }
    if (isEnd(told.next)) return { rows, survivors };
    next = told.next;
  }
}

/** Ones in front of the first zero. */
const leadingOnes = (mask: Uint8Array) => (mask.includes(0) ? mask.indexOf(0) : mask.length);

describe('two objectives', () => {
  test('end with the whole front of leading ones and zeros, as pymoo does', () => {
    const { survivors, rows } = run({}, 60, leadingOnes);
    const front = new Set(survivors.map(({ score, zeros }) => `${score.correct} ${zeros}`));
    // Leading ones cost as many zeros, so each count of them is on the front with all others zero.
    for (let ones = 0; ones <= BITS; ones++) expect(front).toContain(`${ones} ${BITS - ones}`);
    const volumes = rows.map(({ hypervolume = Number.NaN }) => hypervolume);
    expect(volumes.every((volume, index) => index === 0 || volume >= (volumes[index - 1] ?? 0) - 1e-12)).toBe(
      true,
    );
    // Σ of steps of 1/12 by 1/12 below the diagonal.
    expect(volumes.at(-1)).toBeCloseTo((BITS * (BITS - 1)) / 2 / BITS ** 2, 12);
  });

  test('survivors come best first by fitness, no mask twice', () => {
    const { survivors } = run({}, 10, leadingOnes);
    const fitness = survivors.map(({ score }) => score.correct);
    expect(fitness).toEqual(fitness.toSorted((a, b) => b - a));
    expect(new Set(survivors.map(({ genome }) => String(genome))).size).toBe(survivors.length);
  });

  test('the stream of random numbers stays', () => {
    const { survivors } = run({}, 10, leadingOnes);
    expect(checksum(Buffer.concat(survivors.map(({ genome }) => genome)))).toBe(
      'a392b31a16d3347dc66e663bd8acb227109fb1a7543da5fe2c3d5c4cf8de783d',
    );
  });
});

describe('three objectives', () => {
  test('spread along directions, with the sizes of the network', () => {
    const sizes = {
      whole: { units: 5, multiplyAdds: 12 },
      of: (genome: Uint8Array) => ({ units: countOnes(genome) % 5, multiplyAdds: countOnes(genome) }),
    };
    const own = { objectives: ['fitness', 'sparsity', 'units'] };
    const { survivors, rows } = run(own, 15, leadingOnes, { ...plain, sizes });
    expect(survivors).toHaveLength(40);
    expect(rows.at(-1)?.hypervolume).toBeGreaterThan(rows[0]?.hypervolume ?? 1);
    expect(() => run(own, 1, leadingOnes)).toThrow('sizes of the network are missing');
  });

  test('directions are those of Das and Dennis', () => {
    expect(directions(3, 12)).toHaveLength(91);
    expect(directions(2, 2)).toEqual([
      [0, 1],
      [0.5, 0.5],
      [1, 0],
    ]);
    expect(directionsFor(3, 100)).toHaveLength(91);
  });

  test('of a front that does not fit, the directions with the fewest points come first', () => {
    // As distances to the best: along an axis each, or nearly so.
    const points = [
      [0, 1, 1],
      [0.02, 0.98, 1],
      [1, 0, 1],
      [1, 1, 0],
      [1, 0.97, 0.04],
    ];
    const axes = directions(3, 1);
    expect(niched(points, [0], [1, 2, 3, 4], 2, axes).sort()).toEqual([2, 3]);
    expect(niched(points, [], [0, 1, 2, 3, 4], 3, axes).sort()).toEqual([0, 2, 3]);
  });
});

test('it takes two or three different objectives', () => {
  const problem = (objectives: string[]) => () =>
    parseSpec({ preset: 'moons-a', algorithm: 'nsga', nsga: { objectives } });
  expect(problem(['fitness'])).toThrow('nsga.objectives');
  expect(problem(['fitness', 'fitness'])).toThrow('expected different objectives');
  expect(problem(['fitness', 'speed'])).toThrow('nsga.objectives[1]');
});

test('cross-entropy is no objective beside a figure that is computed without it', () => {
  const { search, ...spec } = specOf({ objectives: ['fitness', 'loss'] }, 1);
  expect(nsga.problems({ ...spec, search }, [])).toEqual([]);
  for (const objective of ['macro-f1', 'own'] as const)
    expect(nsga.problems({ ...spec, search: { ...search, objective } }, [])).toEqual([
      expect.stringMatching(/^nsga\.objectives: found "loss" with "search\.objective"/),
    ]);
});
