/** lcs: its steps against finite differences, its shares and order by hand, and a whole training. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lcsStep, orderBySize, risingRate, sharesOf } from '../../lib/algorithms/backprop/lcs.ts';
import { flatten } from '../../lib/algorithms/backprop/step.ts';
import { keptCounts } from '../../lib/algorithms/gates/largest.ts';
import { train as trainMoons } from './moons.ts';
import { batchesOf, trainLargest } from './reference.ts';
import { expectSame, tasks, train } from './tasks.ts';

test("takes PyTorch's SGD steps with the largest weights of each layer, as many as each step keeps", async () => {
  const drawn = fc.array(fc.constantFrom(0.1, 0.35, 0.6, 1), { minLength: 12, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(tasks, drawn, async (task, shares) => {
      const { widths, batch, order } = task;
      const batches = batchesOf(order, batch);
      const kept = batches.map((_, step) => keptCounts(widths, 'layer', shares[step] ?? 1));
      const start = flatten(task.network);
      const sgd = { learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 };
      const wanted = trainLargest(widths, start, kept, task.data, batches, sgd);
      fc.pre(wanted.kink > 1e-3);
      const state = { parameters: start, momentum: new Float32Array(start.length) };
      const found = await train(task, lcsStep(widths, sgd), state, (steps) => ({
        learningRate: new Float32Array(steps).fill(sgd.learningRate),
        ...Object.fromEntries(
          widths
            .slice(1)
            .map((_, layer) => [`kept.${layer}`, Float32Array.from(kept, (counts) => counts[layer] ?? 0)]),
        ),
      }));
      expectSame(found, wanted, 1e-4);
    }),
    { numRuns: 40 },
  );
});

test('keeps all weights while it warms up, then shares from the least to 1', () => {
  const spec = { least: 0.2, warmUp: 0.5, epochs: 5 };
  const all = [0, 1, 2, 3, 4].flatMap((epoch) => [...sharesOf(spec, 7, epoch, 3)]);
  expect(all.slice(0, 8)).toEqual(Array(8).fill(1));
  const drawn = all.slice(8);
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0.2);
  expect(Math.max(...drawn)).toBeLessThan(1);
  expect(new Set(drawn).size).toBe(7);
  expect([...sharesOf(spec, 8, 4, 3)]).not.toEqual(all.slice(12));
});

test('the learning rate rises for five epochs, then falls as half a cosine', () => {
  const rates = [0, 3, 4, 5, 10, 15].map((epoch) => risingRate(0.5, 15, epoch));
  expect(rates).toEqual([0.1, 0.4, 0.5, 0.5, 0.25, 0].map((rate) => expect.closeTo(rate, 12)));
});

test('the order takes the same share of each layer, its largest weights first', () => {
  // Layers of 4 and of 2 weights.
  const weights = Float32Array.of(1, -4, 3, 2, 0.5, -0.6);
  expect([...orderBySize([2, 2, 1], weights)]).toEqual([1, 5, 2, 3, 4, 0]);
});

test('every share of what it learns of the moons is a ticket, the same bits wherever it is cut', async () => {
  const section = { epochs: 40, batchSize: 32, keep: 0.3 };
  const whole = await trainMoons('lcs', section);
  expect(whole.rows.at(-1)).toMatchObject({ keep: 0.3, sparsity: expect.closeTo(0.7, 2) });
  expect(whole.rows.at(-1)?.trainAccuracy).toBeGreaterThan(0.9);
  expect(await trainMoons('lcs', section, [1, 33])).toEqual(whole);
});
