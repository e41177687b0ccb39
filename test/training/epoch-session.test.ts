/** The steps that the graphs take, against training in double precision with gradients by finite differences. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adamRates, backpropStep, flatten, unflatten } from '../../lib/algorithms/backprop/step.ts';
import { gatedStep } from '../../lib/algorithms/gates/gates.ts';
import { keptCount, largestGates } from '../../lib/algorithms/gates/largest.ts';
import { random } from '../../lib/base/random.ts';
import { denseLayers } from '../../lib/network/architecture.ts';
import { INITIALIZERS } from '../../lib/network/initializer.ts';
import { batchesOf, popup, trainByAdam, trainGates } from './reference.ts';
import { expectSame, type Task, tasks, train } from './tasks.ts';

const zeros = ({ length }: { length: number }) => new Float32Array(length);
const scoresOf = (task: Task, values: (uniform: number) => number) => {
  const stream = random(task.order.length, 'scores');
  return flatten({ ...task.network, biases: [] }).map(() => values(stream.uniform()));
};
const keptPerLayer = (task: Task, keep: number) =>
  denseLayers(task.widths).map(({ inputs, outputs }) => keptCount(inputs * outputs, keep));

function edgePopup(task: Task, keep: number, scores: Float32Array, sgd: Parameters<typeof trainGates>[6]) {
  const definition = gatedStep(task.network, largestGates(task.widths, 'layer', keep), sgd);
  const rates = (steps: number) => ({ learningRate: new Float32Array(steps).fill(sgd.learningRate) });
  return {
    found: train(task, definition, { scores, momentum: zeros(scores) }, rates),
    wanted: trainGates(
      task.widths,
      flatten(task.network),
      scores,
      popup(task.widths, keptPerLayer(task, keep)),
      task.data,
      batchesOf(task.order, task.batch),
      sgd,
    ),
  };
}

describe('backpropagation', () => {
  const adam = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

  test('has the gradients that finite differences show', async () => {
    await fc.assert(
      fc.asyncProperty(tasks, async (task) => {
        const still = { ...adam, learningRate: 1e-12, beta1: 0 };
        const once = { ...task, batch: task.order.length };
        const start = flatten(task.network);
        const wanted = trainByAdam(task.widths, start, task.data, [task.order], still);
        fc.pre(wanted.kink > 1e-3);
        const state = { parameters: start, firstMoment: zeros(start), secondMoment: zeros(start) };
        const found = await train(once, backpropStep(task.network, still), state, (steps) =>
          adamRates(still, 0, steps),
        );
        // With beta1 0, the first moment is the gradient.
        expectSame(found, wanted, 1e-5);
      }),
      { numRuns: 40 },
    );
  });

  test("takes Adam's steps, a short last batch included", async () => {
    await fc.assert(
      fc.asyncProperty(tasks, async (task) => {
        const start = flatten(task.network);
        const wanted = trainByAdam(task.widths, start, task.data, batchesOf(task.order, task.batch), {
          ...adam,
          // Near 0 a gradient's sign, and so Adam's step, is a matter of rounding.
          epsilon: 1e-3,
        });
        fc.pre(wanted.kink > 1e-3);
        const state = { parameters: start, firstMoment: zeros(start), secondMoment: zeros(start) };
        const found = await train(
          task,
          backpropStep(task.network, { ...adam, epsilon: 1e-3 }),
          state,
          (steps) => adamRates(adam, 0, steps),
        );
        expectSame(found, wanted, 1e-4);
      }),
      { numRuns: 40 },
    );
  });

  test('trains the parameters of a mask alone, towards smoothed labels', async () => {
    await fc.assert(
      fc.asyncProperty(tasks, async (task) => {
        const start = flatten(task.network);
        const stream = random(task.order.length, 'gates');
        const mask = start.map(() => (stream.uniform() < 0.6 ? 1 : 0));
        const masked = start.map((value, at) => value * (mask[at] ?? 0));
        const own = { ...adam, epsilon: 1e-3 };
        const batches = batchesOf(task.order, task.batch);
        const wanted = trainByAdam(task.widths, masked, task.data, batches, own, { mask, smoothing: 0.2 });
        fc.pre(wanted.kink > 1e-3);
        const state = { parameters: masked, firstMoment: zeros(start), secondMoment: zeros(start), mask };
        const definition = backpropStep(task.network, own, { isMasked: true, smoothing: 0.2 });
        const found = await train(task, definition, state, (steps) => adamRates(own, 0, steps));
        expectSame(found, wanted, 1e-4);
        expect(found.state.parameters?.filter((value, at) => mask[at] === 0 && value !== 0)).toHaveLength(0);
      }),
      { numRuns: 20 },
    );
  });

  test('goes on with the step count where an epoch ends', () => {
    const all = adamRates(adam, 0, 7);
    const rest = adamRates(adam, 3, 4);
    expect(rest.stepSize).toEqual(all.stepSize.slice(3));
    expect(rest.correction).toEqual(all.correction.slice(3));
  });

  test('flattens a network and back', () => {
    const network = INITIALIZERS.uniform([3, 4, 2], 1);
    const { weights, biases } = network;
    expect(unflatten(network, flatten(network))).toEqual({ weights, biases });
  });
});

describe('edge-popup', () => {
  const keeps = fc.constantFrom(0.1, 0.3, 0.5, 0.75, 1);

  test('has the gradient of each masked weight times the weight, kept or not, in the direction of |score|', async () => {
    await fc.assert(
      fc.asyncProperty(tasks, keeps, async (task, keep) => {
        const once = { ...task, batch: task.order.length };
        const still = { learningRate: 0, momentum: 0, weightDecay: 0 };
        const { found, wanted } = edgePopup(
          once,
          keep,
          scoresOf(task, (u) => 2 * u - 1),
          still,
        );
        fc.pre(wanted.kink > 1e-3);
        // Without momentum, the velocity is the gradient.
        expectSame(await found, wanted, 1e-5);
      }),
      { numRuns: 40 },
    );
  });

  test("takes PyTorch's SGD steps, a short last batch included", async () => {
    await fc.assert(
      fc.asyncProperty(tasks, keeps, async (task, keep) => {
        const sgd = { learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 };
        const { found, wanted } = edgePopup(
          task,
          keep,
          scoresOf(task, (u) => 2 * u - 1),
          sgd,
        );
        fc.pre(wanted.kink > 1e-3);
        expectSame(await found, wanted, 1e-4);
      }),
      { numRuns: 40 },
    );
  });

  test('keeps the first of equal scores, exactly as many as asked for', async () => {
    await fc.assert(
      fc.asyncProperty(tasks, keeps, async (task, keep) => {
        const once = { ...task, batch: task.order.length };
        const tied = scoresOf(task, (u) => (u < 0.3 ? -0.5 : u < 0.6 ? 0.5 : 0.25));
        const still = { learningRate: 0, momentum: 0, weightDecay: 0 };
        const { found, wanted } = edgePopup(once, keep, tied, still);
        fc.pre(wanted.kink > 1e-3);
        expectSame(await found, wanted, 1e-5);
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    [10, 0.5, 5],
    [10, 0.9, 9],
    [10, 0.7, 7],
    [7, 0.5, 4],
    [10, 1, 10],
    [4, 0.01, 1],
    [10, 1e-12, 1],
    [10, 0, 0],
    [80, 1 - 0.7375, 21],
  ])('of %i weights keeps a share of %d: %i', (weights, keep, kept) => {
    expect(keptCount(weights, keep)).toBe(kept);
  });
});
