/** The steps that the graphs take, against training in double precision with gradients by finite differences. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adamRates, backpropStep, flatten, unflatten } from '../../lib/algorithms/backprop/step.ts';
import { edgePopupStep, keptCount } from '../../lib/algorithms/edge-popup/step.ts';
import type { StepDefinition, Vectors } from '../../lib/algorithms/parts/training-method.ts';
import { random } from '../../lib/base/random.ts';
import type { ScaledData } from '../../lib/evaluation/evaluator.ts';
import { denseLayers } from '../../lib/network/architecture.ts';
import { INITIALIZER_NAMES, INITIALIZERS } from '../../lib/network/initializer.ts';
import { EpochSession } from '../../lib/training/epoch-session.ts';
import { batchesOf, type ReferenceRun, trainByAdam, trainScores } from './reference.ts';

interface Task {
  readonly widths: readonly number[];
  readonly network: ReturnType<typeof unflatten>;
  readonly data: ScaledData;
  readonly order: readonly number[];
  readonly batch: number;
}

/** Small random networks of one to three dense layers, data, an order of some of it, and a batch size. */
const tasks = fc
  .record({
    widths: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 }),
    classes: fc.integer({ min: 2, max: 4 }),
    initializer: fc.constantFrom(...INITIALIZER_NAMES),
    seed: fc.integer({ min: 0, max: 1_000_000 }),
    samples: fc.integer({ min: 1, max: 11 }),
    batch: fc.integer({ min: 1, max: 12 }),
  })
  .map(({ widths, classes, initializer, seed, samples, batch }): Task => {
    const all = [...widths.slice(0, -1), classes];
    const stream = random(seed, 'noise');
    const features = all[0] ?? 0;
    const draws = (length: number) => Float32Array.from({ length }, () => 2 * stream.uniform() - 1);
    const network = INITIALIZERS[initializer](all, seed);
    return {
      widths: all,
      // Biases of 0 would put sums at ReLU's kink.
      network: { ...network, biases: network.biases.map(({ length }) => draws(length)) },
      data: {
        features,
        x: draws(samples * features),
        labels: Uint16Array.from({ length: samples }, () => stream.below(classes)),
      },
      order: Array.from({ length: samples }, () => stream.below(samples)),
      batch,
    };
  });

async function train(
  task: Task,
  definition: StepDefinition,
  state: Vectors,
  rates: (steps: number) => Vectors,
) {
  const { features, x, labels } = task.data;
  const data = { features, x, labels: Int32Array.from(labels) };
  const session = await EpochSession.create(task.widths, data, task.batch, definition);
  try {
    const order = Int32Array.from(task.order);
    return await session.train(state, order, rates(session.stepsOf(order.length)));
  } finally {
    await session.release();
  }
}

/** Every vector within single precision of the reference's, and the figures with it. */
function expectSame(found: Awaited<ReturnType<typeof train>>, wanted: ReferenceRun, tolerance: number): void {
  expect(found.correct).toBe(wanted.correct);
  expect(Math.abs(found.loss - wanted.loss)).toBeLessThan(1e-4 * (1 + wanted.loss));
  for (const [name, values] of Object.entries(wanted.state)) {
    for (const [index, value] of values.entries()) {
      const difference = Math.abs((found.state[name]?.[index] ?? Number.NaN) - value);
      expect(difference, `${name}[${index}]`).toBeLessThan(tolerance * (1 + Math.abs(value)));
    }
  }
}

const zeros = ({ length }: { length: number }) => new Float32Array(length);
const scoresOf = (task: Task, values: (uniform: number) => number) => {
  const stream = random(task.order.length, 'scores');
  return flatten({ ...task.network, biases: [] }).map(() => values(stream.uniform()));
};
const keptPerLayer = (task: Task, keep: number) =>
  denseLayers(task.widths).map(({ inputs, outputs }) => keptCount(inputs * outputs, keep));

function edgePopup(task: Task, keep: number, scores: Float32Array, sgd: Parameters<typeof trainScores>[6]) {
  const definition = edgePopupStep(task.network, keep, sgd);
  const rates = (steps: number) => ({ learningRate: new Float32Array(steps).fill(sgd.learningRate) });
  return {
    found: train(task, definition, { scores, momentum: zeros(scores) }, rates),
    wanted: trainScores(
      task.widths,
      flatten(task.network),
      scores,
      keptPerLayer(task, keep),
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
        const found = await train(once, backpropStep(task.widths, still), state, (steps) =>
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
          backpropStep(task.widths, { ...adam, epsilon: 1e-3 }),
          state,
          (steps) => adamRates(adam, 0, steps),
        );
        expectSame(found, wanted, 1e-4);
      }),
      { numRuns: 40 },
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
    expect(unflatten([3, 4, 2], flatten(network))).toEqual(network);
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
    [80, 1 - 0.7375, 21],
  ])('of %i weights keeps a share of %d: %i', (weights, keep, kept) => {
    expect(keptCount(weights, keep)).toBe(kept);
  });
});
