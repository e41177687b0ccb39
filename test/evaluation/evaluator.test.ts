import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AffineScaling, IDENTITY, type Samples } from '../../lib/data/dataset.ts';
import type { Network } from '../../lib/network/architecture.ts';
import { uniformNetwork } from '../../lib/network/initializer.ts';
import {
  emptyMasks,
  genomeAt,
  type PackedMasks,
  pack,
  packGenomes,
  sliceMasks,
} from '../../lib/search/genome.ts';
import { isMacroAverage, needsLoss, OBJECTIVES, type Objective } from '../../lib/search/individual.ts';
import { drawMasks, drawSamples, evaluatorCases } from './cases.ts';
import { referenceScore } from './forward.ts';
import { IMPLEMENTATIONS } from './implementations.ts';

/** What scores hold. */
const FIGURES = ['correct', 'loss', 'macroAverage'] as const;

/** Networks over several tiles. What they answer is computed when it is first asked for, once for all. */
const LARGE = (
  [
    [[2, 20, 2], 3_000],
    [[2, 50, 50, 2], 700],
    [[64, 75, 10], 600],
    [[8, 33, 2], 1_500],
    // No hidden layer: nothing but classes.
    [[2, 2], 90],
    [[5, 3], 90],
  ] satisfies [number[], number][]
).map(([widths, count]) => {
  let drawn: ReturnType<typeof draw> | undefined;
  function draw() {
    const network = uniformNetwork(widths, 0);
    const samples = drawSamples(5, count, widths[0] ?? 0, widths.at(-1) ?? 0);
    const masks = drawMasks(5, network, 3);
    const expected = masks.rows.map((row) => referenceScore(network, row, samples, IDENTITY));
    return { network, samples, masks, expected };
  }
  return { widths, count, drawn: () => (drawn ??= draw()) };
});

describe.each(IMPLEMENTATIONS)('evaluator: $name', ({ widths: anyWidths, fits, create }) => {
  /** The objectives that the implementation computes on a network. */
  const objectivesOn = (widths: readonly number[]) =>
    OBJECTIVES.filter((objective) => fits(widths, objective));

  /** One evaluation by a fresh evaluator. */
  async function evaluate(
    network: Network,
    samples: Samples,
    masks: PackedMasks,
    { scaling = IDENTITY, objective = 'accuracy' }: { scaling?: AffineScaling; objective?: Objective } = {},
  ) {
    const evaluator = await create(network, samples, scaling, { objective });
    try {
      return await evaluator.evaluate(masks);
    } finally {
      await evaluator.release();
    }
  }

  /** Compares every mask's score with the independent forward pass. */
  async function expectReference(
    network: Network,
    samples: Samples,
    { rows, masks }: ReturnType<typeof drawMasks>,
    objective: Objective,
    scaling = IDENTITY,
    expectedScores = rows.map((row) => referenceScore(network, row, samples, scaling)),
  ): Promise<void> {
    const scores = await evaluate(network, samples, masks, { scaling, objective });
    for (const [index, expected] of expectedScores.entries()) {
      const correct = scores.correct[index] ?? Number.NaN;
      expect(correct).toBeGreaterThanOrEqual(expected.correct);
      expect(correct).toBeLessThanOrEqual(expected.correct + expected.undecided);
      const { loss = Number.NaN, macroAverage = Number.NaN } = {
        loss: scores.loss[index],
        macroAverage: scores.macroAverage[index],
      };
      if (objective === 'cross-entropy') {
        expect(Math.abs(loss - expected.loss)).toBeLessThanOrEqual(1e-5 * expected.loss);
      } else if (isMacroAverage(objective) && expected.undecided === 0) {
        expect(correct).toBe(expected.correct);
        const figure = objective === 'macro-f1' ? expected.macroF1 : expected.balancedAccuracy;
        expect(macroAverage).toBeCloseTo(figure, 12);
      }
    }
  }

  test('equals an independent forward pass in double precision', async () => {
    await fc.assert(
      fc.asyncProperty(
        evaluatorCases(anyWidths),
        fc.record({ scale: fc.constantFrom([1], [0.25], [2]), offset: fc.constantFrom([0], [-0.5]) }),
        fc.constantFrom(...OBJECTIVES),
        async ({ network, samples, seed }, scaling, any) => {
          const objective = fits(network.widths, any) ? any : 'accuracy';
          await expectReference(network, samples, drawMasks(seed, network), objective, scaling);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each(
    LARGE.flatMap(({ widths, count, drawn }) =>
      objectivesOn(widths).map((objective) => [widths, count, objective, drawn] as const),
    ),
  )('equals it on network %j over several tiles, %i samples, by %s', async (_, _count, objective, drawn) => {
    const { network, samples, masks, expected } = drawn();
    await expectReference(network, samples, masks, objective, IDENTITY, expected);
  });

  test('counts single samples', async () => {
    const network = uniformNetwork([2, 9, 2], 6);
    for (let seed = 0; seed < 20; seed++) {
      const samples = drawSamples(seed, 1, 2, 2);
      const { rows, masks } = drawMasks(seed, network);
      const { correct } = await evaluate(network, samples, masks);
      expect([...correct]).toEqual(
        rows.map((row) => referenceScore(network, row, samples, IDENTITY).correct),
      );
    }
  });

  describe('a tie goes to the lowest class', () => {
    /** Two hidden units that always emit 1, whatever the input. */
    const tied = (biases: readonly number[]): Network => ({
      widths: [2, 2, biases.length],
      weights: [new Float32Array(4), new Float32Array(2 * biases.length).fill(0.5)],
      biases: [Float32Array.of(1, 1), Float32Array.from(biases)],
    });

    test.each([
      [[0, 0], 0],
      [[-1, -1], 0],
      [[2, 3], 1],
      [[3, 2], 0],
      [[0, 0, 0, 0], 0],
      [[-1, 2, 2, 1], 1],
      [[-5, -5, -5, -4], 3],
    ])('biases %j, whether the paths are dead or equal: class %i', async (biases, predicted) => {
      const network = tied(biases);
      const samples = drawSamples(1, 400, 2, biases.length);
      const count = samples.labels.filter((label) => label === predicted).length;
      const bits = 4 + 2 * biases.length;
      const masks = packGenomes([pack(Array(bits).fill(0)), pack(Array(bits).fill(1))], bits);
      const normalizer = Math.log(biases.reduce((sum, bias) => sum + Math.exp(bias), 0));
      const summed = [...samples.labels].reduce((sum, label) => sum + normalizer - (biases[label] ?? 0), 0);
      for (const objective of objectivesOn(network.widths)) {
        const { correct, loss, macroAverage } = await evaluate(network, samples, masks, { objective });
        expect([...correct]).toEqual([count, count]);
        if (objective === 'cross-entropy') {
          for (const found of loss) expect(Math.abs(found / summed - 1)).toBeLessThan(1e-5);
        } else if (isMacroAverage(objective)) {
          const figure = objective === 'macro-f1' ? (2 * count) / (count + 400) : 1;
          expect([...macroAverage]).toEqual([figure / biases.length, figure / biases.length]);
        }
      }
    });
  });

  const WIDTHS: readonly (readonly [number[], number])[] = [
    [[2, 20, 2], 130],
    [[2, 20, 2], 2_100],
    [[3, 7, 5, 4], 90],
    [[64, 100, 10], 60],
    [[9, 33, 2], 33],
    [[8, 5, 2], 1_030],
  ];
  const TASKS = WIDTHS.flatMap(([widths, count]) =>
    objectivesOn(widths).map((objective) => [widths, count, objective] as const),
  );
  describe.each(TASKS)('on network %j, %i samples, by %s', (widths, count, objective) => {
    const network = uniformNetwork(widths, 3);
    const samples = drawSamples(2, count, widths[0] ?? 0, widths.at(-1) ?? 0);
    const { masks } = drawMasks(8, network, 12);

    test("a mask's score depends neither on the masks beside it, nor on their number, nor on its place", async () => {
      const evaluator = await create(network, samples, IDENTITY, { objective });
      const together = await evaluator.evaluate(masks);
      const indices = Array.from({ length: masks.count }, (_, index) => index);
      for (const size of [1, 2, 5, 16, 17, 64, 65]) {
        for (let start = 0; start < masks.count; start += size) {
          const end = Math.min(masks.count, start + size);
          const part = await evaluator.evaluate(sliceMasks(masks, start, end));
          for (const key of FIGURES) expect(part[key]).toEqual(together[key].slice(start, end));
        }
      }
      const shuffled = indices.toSorted((a, b) => ((a * 7) % 11) - ((b * 7) % 11));
      const genomes = shuffled.map((index) => genomeAt(masks, index));
      const mixed = await evaluator.evaluate(packGenomes(genomes, masks.bits));
      for (const key of FIGURES) {
        expect([...mixed[key]]).toEqual(shuffled.map((index) => together[key][index]));
      }
      await evaluator.release();
      expect(await evaluate(network, samples, masks, { objective })).toEqual(together);
    });

    test('the threads of the session change nothing', async () => {
      const one = await evaluate(network, samples, masks, { objective });
      for (const threads of [2, 3, 8]) {
        const evaluator = await create(network, samples, IDENTITY, { objective, threads });
        expect(await evaluator.evaluate(masks)).toEqual(one);
        await evaluator.release();
      }
    });

    test('the counts are those by accuracy; of the other figures there is the one that is asked for', async () => {
      const byAccuracy = await evaluate(network, samples, masks);
      const scores = await evaluate(network, samples, masks, { objective });
      expect(scores.correct).toEqual(byAccuracy.correct);
      const computed = (values: Float64Array) => [...new Set(Array.from(values, Number.isFinite))];
      expect(computed(scores.loss)).toEqual([needsLoss(objective)]);
      expect(computed(scores.macroAverage)).toEqual([isMacroAverage(objective)]);
    });
  });

  test('the masks are only read', async () => {
    const network = uniformNetwork([2, 5, 2], 1);
    const { masks } = drawMasks(1, network);
    const before = masks.bytes.slice();
    await evaluate(network, drawSamples(1, 40, 2, 2), masks);
    expect(masks.bytes).toEqual(before);
  });

  test('no masks, no scores; masks of another length are refused', async () => {
    const network = uniformNetwork([2, 5, 2], 1);
    const evaluator = await create(network, drawSamples(1, 40, 2, 2), IDENTITY, { objective: 'accuracy' });
    expect(await evaluator.evaluate(emptyMasks(0, 20))).toEqual({
      correct: new Uint32Array(),
      loss: new Float64Array(),
      macroAverage: new Float64Array(),
    });
    await expect(evaluator.evaluate(emptyMasks(1, 19))).rejects.toThrow(
      new RangeError('masks of 19 bits for a network of 20 weights'),
    );
    await evaluator.release();
  });
});
