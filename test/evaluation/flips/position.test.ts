import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomGenome } from '../../../lib/algorithms/parts/operators.ts';
import { random } from '../../../lib/base/random.ts';
import { shuffled } from '../../../lib/base/shuffle.ts';
import { IDENTITY } from '../../../lib/data/dataset.ts';
import { ExactPosition } from '../../../lib/evaluation/flips/exact.ts';
import { LayersPosition, type PositionOptions } from '../../../lib/evaluation/flips/layers.ts';
import { BLOCK, checkPosition } from '../../../lib/evaluation/flips/layout.ts';
import { estimateFlips, openPosition } from '../../../lib/evaluation/flips/positions.ts';
import { uniformNetwork } from '../../../lib/network/initializer.ts';
import { pack, unpack } from '../../../lib/search/genome.ts';
import { isMacroAverage, OBJECTIVES, type Objective } from '../../../lib/search/individual.ts';
import type { Position } from '../../../lib/search/position.ts';
import { drawMasks, drawSamples } from '../cases.ts';
import {
  bitsOf,
  convolutionCases,
  layersCases,
  POSITION_CASES,
  type PositionCase,
  referenceOf,
} from './positions.ts';

/** Of a sum of losses: float32's relative error, and the grid's. */
const tolerance = (loss: number, samples: number) => 1e-4 * (loss + samples);

function open({ network, data }: PositionCase, genome: Uint8Array, options: PositionOptions): Position {
  const position = openPosition(network, data, IDENTITY, genome, options);
  if (!position) throw new Error('no position');
  return position;
}

function start(test: PositionCase, objective: Objective) {
  const bits = bitsOf(test.network);
  const genome = randomGenome(random(test.seed, 'start'), bits);
  return { position: open(test, genome, { objective }), mask: unpack(genome, bits), bits };
}

const everything = (position: Position, bits: number) => ({
  cost: position.cost,
  score: position.score(),
  kept: position.kept,
  genome: position.genome(),
  changes: Array.from({ length: Math.min(bits, 40) }, (_, bit) => position.change(bit)),
});

const KINDS = OBJECTIVES.flatMap((objective) =>
  Object.entries(POSITION_CASES).map(([kind, cases]) => ({ objective, kind, cases })),
);

describe.each(KINDS)('a position for $objective on $kind', ({ objective, cases }) => {
  const runs = { numRuns: cases === layersCases ? 100 : 25 };

  it('finds what flips change, as the whole network in double precision does', () => {
    fc.assert(
      fc.property(cases, (test) => {
        const { position, mask } = start(test, objective);
        const samples = test.data.labels.length;
        let before = referenceOf(test, mask, objective);
        for (const bit of test.flips) {
          const change = position.change(bit);
          mask[bit] = (mask[bit] ?? 0) ^ 1;
          const after = referenceOf(test, mask, objective);
          const error = tolerance(before.loss + after.loss, samples);
          if (objective === 'cross-entropy') {
            expect(Math.abs(change - (after.cost - before.cost)) * samples).toBeLessThan(error);
          } else if (Math.min(before.lead, after.lead) > 1e-3) {
            expect(change).toBeCloseTo(after.cost - before.cost, 5);
          }
          position.flip(bit);
          const score = position.score();
          if (Number.isFinite(score.loss)) expect(Math.abs(score.loss - after.loss)).toBeLessThan(error);
          if (after.lead > 1e-3 && objective !== 'cross-entropy') expect(score.correct).toBe(after.correct);
          before = after;
        }
      }),
      runs,
    );
  });

  it('is a function of the mask, however it was reached', () => {
    fc.assert(
      fc.property(cases, (test) => {
        const { position, mask, bits } = start(test, objective);
        const fresh = everything(position, bits);
        for (const bit of test.flips) position.flip(bit);
        const there = everything(position, bits);
        for (const bit of test.flips) mask[bit] = (mask[bit] ?? 0) ^ 1;
        const other = open(test, pack(mask), { objective });
        expect(everything(other, bits)).toEqual(there);
        for (const bit of test.flips) position.flip(bit);
        expect(everything(position, bits)).toEqual(fresh);
        position.moveTo(pack(mask));
        expect(everything(position, bits)).toEqual(there);
        // All bits of a unit, and a mask that has little to do with this one.
        const unit = Array.from({ length: Math.min(bits, 9) }, (_, input) => input);
        position.flipAll(unit.toReversed());
        for (const bit of unit) mask[bit] = (mask[bit] ?? 0) ^ 1;
        expect(position.genome()).toEqual(pack(mask));
        const changed = open(test, pack(mask), { objective });
        expect(everything(position, bits)).toEqual(everything(changed, bits));
        const elsewhere = randomGenome(random(test.seed, 'noise'), bits);
        position.moveTo(elsewhere);
        const moved = open(test, elsewhere, { objective });
        expect(everything(position, bits)).toEqual(everything(moved, bits));
      }),
      runs,
    );
  });

  it('changes nothing when it is asked', () => {
    fc.assert(
      fc.property(cases, (test) => {
        const { position, bits } = start(test, objective);
        const before = everything(position, bits);
        const several = [...new Set(test.flips)];
        const change = position.changeOf(several);
        expect(everything(position, bits)).toEqual(before);
        position.flipAll(several);
        if (several.length > 1) expect(position.cost - before.cost).toBe(change);
      }),
      runs,
    );
  });

  it('stops early only above the limit', () => {
    fc.assert(
      fc.property(cases, fc.double({ min: -0.5, max: 0.5, noNaN: true }), (test, limit) => {
        const { position } = start(test, objective);
        for (const bit of test.flips) {
          const change = position.change(bit);
          const limited = position.change(bit, limit);
          if (change <= limit) expect(limited).toBe(change);
          else expect(limited).toBeGreaterThan(limit);
        }
      }),
      runs,
    );
  });
});

describe('the samples of a position', () => {
  it('may come in any order, and a part of them is the first ones', () => {
    fc.assert(
      fc.property(fc.oneof(layersCases, convolutionCases), fc.nat(1_000), (test, shuffle) => {
        const { network, data, seed } = test;
        const count = data.labels.length;
        const order = shuffled(
          random(shuffle, 'noise'),
          Array.from({ length: count }, (_, index) => index),
        );
        const genome = randomGenome(random(seed, 'start'), bitsOf(network));
        const objective = 'cross-entropy';
        const whole = open(test, genome, { objective, order });
        const first = order.slice(0, BLOCK);
        const part = {
          features: data.features,
          x: Float32Array.from(
            first.flatMap((sample) => [
              ...data.x.subarray(sample * data.features, (sample + 1) * data.features),
            ]),
          ),
          labels: Uint16Array.from(first, (sample) => data.labels[sample] ?? 0),
        };
        const alone = open({ ...test, data: part }, genome, { objective });
        for (const bit of test.flips) {
          const looked = whole.change(bit, Number.POSITIVE_INFINITY, 1);
          expect(looked).toBeCloseTo(alone.change(bit), 3);
        }
        const plain = open(test, genome, { objective });
        expect(whole.cost).toBeCloseTo(plain.cost, 4);
      }),
    );
  });
});

describe('an exact position', () => {
  it.each(['accuracy', 'balanced-accuracy', 'macro-f1'] as const)(
    'counts for %s as double precision does',
    (objective) => {
      fc.assert(
        fc.property(layersCases, (test) => {
          const { network, data, seed } = test;
          for (const row of drawMasks(seed, network).rows) {
            const mask = Uint8Array.from(row);
            const position = new ExactPosition(
              { network, stages: [] },
              data,
              pack(mask),
              isMacroAverage(objective) ? objective : undefined,
            );
            for (const bit of test.flips) {
              mask[bit] = (mask[bit] ?? 0) ^ 1;
              const { correct, macroAverage } = referenceOf(test, mask, objective);
              expect(position.figureIf(bit)).toBe(objective === 'accuracy' ? correct : macroAverage);
              position.flip(bit);
              expect(position.figure()).toBe(objective === 'accuracy' ? correct : macroAverage);
            }
          }
        }),
        { numRuns: 30 },
      );
    },
  );
});

describe('the memory of a position', () => {
  it('is known before', () => {
    fc.assert(
      fc.property(fc.oneof(layersCases, convolutionCases), (test) => {
        for (const objective of OBJECTIVES) {
          const { position } = start(test, objective);
          const estimate = estimateFlips(test.network, test.data.labels.length, objective) ?? 0;
          expect(position.bytes).toBeLessThanOrEqual(estimate + 2 ** 17);
          expect(position.bytes).toBeGreaterThan(estimate / 2);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is refused where it does not fit, with the estimate', () => {
    expect(() => checkPosition([784, 4096, 4096, 10], 200_000, 'accuracy')).toThrow(
      /network \[784, 4096, 4096, 10\] on 200000 samples: .* takes \d+ MiB of memory, and at most 4095 MiB is available/,
    );
    const data = drawSamples(1, 1000, 2, 2);
    const network = uniformNetwork([2, 20, 2], 1);
    const genome = randomGenome(random(1, 'start'), 80);
    expect(
      () => new LayersPosition(network, data, genome, { objective: 'accuracy', available: 1e4 }),
    ).toThrow(/MiB/);
  });
});
