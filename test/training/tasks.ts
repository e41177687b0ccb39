/** Small random trainings, and how their steps are compared with the reference's. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { StepDefinition, Vectors } from '../../lib/algorithms/parts/training-method.ts';
import { random } from '../../lib/base/random.ts';
import type { ScaledData } from '../../lib/evaluation/evaluator.ts';
import type { Network } from '../../lib/network/architecture.ts';
import { INITIALIZER_NAMES, INITIALIZERS } from '../../lib/network/initializer.ts';
import { EpochSession } from '../../lib/training/epoch-session.ts';
import type { ReferenceRun } from './reference.ts';

export interface Task {
  readonly widths: readonly number[];
  readonly network: Network;
  readonly data: ScaledData;
  readonly order: readonly number[];
  readonly batch: number;
}

/** Small random networks of one to three dense layers, data, an order of some of it, and a batch size. */
export const tasks = fc
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

export async function train(
  task: Task,
  definition: StepDefinition,
  state: Vectors,
  rates: (steps: number) => Vectors,
  noiseOf?: (step: number) => Vectors,
) {
  const { features, x, labels } = task.data;
  const data = { features, x, labels: Int32Array.from(labels) };
  const session = await EpochSession.create(task.widths, data, task.batch, definition);
  try {
    const order = Int32Array.from(task.order);
    return await session.train(state, order, rates(session.stepsOf(order.length)), noiseOf);
  } finally {
    await session.release();
  }
}

/** Every vector within single precision of the reference's, and the figures with it. */
export function expectSame(
  found: Awaited<ReturnType<typeof train>>,
  wanted: ReferenceRun,
  tolerance: number,
): void {
  expect(found.correct).toBe(wanted.correct);
  expect(Math.abs(found.loss - wanted.loss)).toBeLessThan(1e-4 * (1 + wanted.loss));
  for (const [name, values] of Object.entries(wanted.state)) {
    for (const [index, value] of values.entries()) {
      const difference = Math.abs((found.state[name]?.[index] ?? Number.NaN) - value);
      expect(difference, `${name}[${index}]`).toBeLessThan(tolerance * (1 + Math.abs(value)));
    }
  }
}
