import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IDENTITY, type Samples } from '../../lib/data/dataset.ts';
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
import { drawMasks, drawSamples, evaluatorCases } from './cases.ts';
import { referenceScore } from './forward.ts';
import { IMPLEMENTATIONS } from './implementations.ts';

describe.each(IMPLEMENTATIONS)('evaluator: $name', ({ widths: anyWidths, fits, create }) => {
  /** One evaluation by a fresh evaluator; with losses where the implementation has them. */
  async function evaluate(
    network: Network,
    samples: Samples,
    masks: PackedMasks,
    { scaling = IDENTITY, loss = fits(network.widths, true) } = {},
  ) {
    const evaluator = await create(network, samples, scaling, { loss });
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
    scaling = IDENTITY,
  ): Promise<void> {
    const scores = await evaluate(network, samples, masks, { scaling });
    for (const [index, row] of rows.entries()) {
      const expected = referenceScore(network, row, samples, scaling);
      const correct = scores.correct[index] ?? Number.NaN;
      expect(correct).toBeGreaterThanOrEqual(expected.correct);
      expect(correct).toBeLessThanOrEqual(expected.correct + expected.undecided);
      if (!fits(network.widths, true)) continue;
      const loss = scores.loss[index] ?? Number.NaN;
      expect(Math.abs(loss - expected.loss)).toBeLessThanOrEqual(1e-5 * expected.loss);
    }
  }

  test('equals an independent forward pass in double precision', async () => {
    await fc.assert(
      fc.asyncProperty(
        evaluatorCases(anyWidths),
        fc.record({ scale: fc.constantFrom(1, 0.25, 2), offset: fc.constantFrom(0, -0.5) }),
        async ({ network, samples, seed }, scaling) => {
          await expectReference(network, samples, drawMasks(seed, network), scaling);
        },
      ),
      { numRuns: 60 },
    );
  });

  const LARGE: readonly (readonly [number[], number])[] = [
    [[2, 20, 2], 3_000],
    [[2, 50, 50, 2], 700],
    [[64, 75, 10], 600],
    [[8, 33, 2], 1_500],
    // No hidden layer: nothing but classes.
    [[2, 2], 90],
    [[5, 3], 90],
  ];
  test.each(LARGE.filter(([widths]) => fits(widths, false)))(
    'equals it on network %j over several tiles',
    async (widths, count) => {
      const network = uniformNetwork(widths, 0);
      const samples = drawSamples(5, count, widths[0] ?? 0, widths.at(-1) ?? 0);
      await expectReference(network, samples, drawMasks(5, network, 3));
    },
  );

  test('counts single samples', async () => {
    const network = uniformNetwork([2, 9, 2], 6);
    for (let seed = 0; seed < 20; seed++) {
      const samples = drawSamples(seed, 1, 2, 2);
      const { rows, masks } = drawMasks(seed, network);
      const { correct } = await evaluate(network, samples, masks, { loss: false });
      expect([...correct]).toEqual(
        rows.map((row) => referenceScore(network, row, samples, IDENTITY).correct),
      );
    }
  });

  describe('a tie goes to the lowest class', () => {
    /** Two hidden neurons that always emit 1, whatever the input. */
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
      if (!fits(network.widths, false)) return;
      const samples = drawSamples(1, 400, 2, biases.length);
      const count = samples.labels.filter((label) => label === predicted).length;
      const bits = 4 + 2 * biases.length;
      const masks = packGenomes([pack(Array(bits).fill(0)), pack(Array(bits).fill(1))], bits);
      const { correct, loss } = await evaluate(network, samples, masks);
      expect([...correct]).toEqual([count, count]);
      if (!fits(network.widths, true)) return;
      const normalizer = Math.log(biases.reduce((sum, bias) => sum + Math.exp(bias), 0));
      const expected = [...samples.labels].reduce((sum, label) => sum + normalizer - (biases[label] ?? 0), 0);
      for (const found of loss) expect(Math.abs(found / expected - 1)).toBeLessThan(1e-5);
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
  describe.each(WIDTHS.filter(([widths]) => fits(widths, false)))(
    'on network %j, %i samples',
    (widths, count) => {
      const network = uniformNetwork(widths, 3);
      const samples = drawSamples(2, count, widths[0] ?? 0, widths.at(-1) ?? 0);
      const { masks } = drawMasks(8, network, 12);
      const loss = fits(widths, true);

      test("a mask's score depends neither on the masks beside it, nor on their number, nor on its place", async () => {
        const evaluator = await create(network, samples, IDENTITY, { loss });
        const together = await evaluator.evaluate(masks);
        const indices = Array.from({ length: masks.count }, (_, index) => index);
        for (const size of [1, 2, 5, 16, 17, 64, 65]) {
          for (let start = 0; start < masks.count; start += size) {
            const end = Math.min(masks.count, start + size);
            const part = await evaluator.evaluate(sliceMasks(masks, start, end));
            expect(part.correct).toEqual(together.correct.slice(start, end));
            expect(part.loss).toEqual(together.loss.slice(start, end));
          }
        }
        const shuffled = indices.toSorted((a, b) => ((a * 7) % 11) - ((b * 7) % 11));
        const genomes = shuffled.map((index) => genomeAt(masks, index));
        const mixed = await evaluator.evaluate(packGenomes(genomes, masks.bits));
        expect([...mixed.loss]).toEqual(shuffled.map((index) => together.loss[index]));
        expect([...mixed.correct]).toEqual(shuffled.map((index) => together.correct[index]));
        await evaluator.release();
        expect(await evaluate(network, samples, masks, { loss })).toEqual(together);
      });

      test('the threads of the session change nothing', async () => {
        const one = await evaluate(network, samples, masks, { loss });
        for (const threads of [2, 3, 8]) {
          const evaluator = await create(network, samples, IDENTITY, { loss, threads });
          expect(await evaluator.evaluate(masks)).toEqual(one);
          await evaluator.release();
        }
      });

      test('without loss the counts are the same and the losses are NaN', async () => {
        const accuracyOnly = await evaluate(network, samples, masks, { loss: false });
        const both = await evaluate(network, samples, masks, { loss });
        expect(accuracyOnly.correct).toEqual(both.correct);
        expect(accuracyOnly.loss.every(Number.isNaN)).toBe(true);
        expect(both.loss.every(Number.isFinite)).toBe(loss);
      });
    },
  );

  test('the masks are only read', async () => {
    const network = uniformNetwork([2, 5, 2], 1);
    const { masks } = drawMasks(1, network);
    const before = masks.bytes.slice();
    await evaluate(network, drawSamples(1, 40, 2, 2), masks);
    expect(masks.bytes).toEqual(before);
  });

  test('no masks, no scores; masks of another length are refused', async () => {
    const network = uniformNetwork([2, 5, 2], 1);
    const evaluator = await create(network, drawSamples(1, 40, 2, 2), IDENTITY, { loss: false });
    expect(await evaluator.evaluate(emptyMasks(0, 20))).toEqual({
      correct: new Uint32Array(),
      loss: new Float64Array(),
    });
    await expect(evaluator.evaluate(emptyMasks(1, 19))).rejects.toThrow(
      new RangeError('masks of 19 bits for a network of 20 weights'),
    );
    await evaluator.release();
  });
});

test('a loss that is not finite is NaN', async () => {
  const general = IMPLEMENTATIONS.find(({ name }) => name === 'general');
  const network: Network = {
    widths: [1, 2],
    weights: [Float32Array.of(3e38, -3e38)],
    biases: [Float32Array.of(0, 0)],
  };
  const samples = { features: 1, x: Float32Array.of(1, 2, 3), labels: Uint16Array.of(1, 1, 1) };
  const evaluator = await general?.create(network, samples, IDENTITY, { loss: true });
  const scores = await evaluator?.evaluate(packGenomes([pack([1, 1]), pack([0, 0])], 2));
  expect(scores?.loss[0]).toBeNaN();
  expect(scores?.loss[1]).toBeCloseTo(3 * Math.LN2, 5);
  await evaluator?.release();
});
