/** Training by local targets: its steps against plain loops in double precision, and a whole training. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adamRates, flatten } from '../../lib/algorithms/backprop/step.ts';
import { drawnFeedback, recLraStep, sourcesOf } from '../../lib/algorithms/rec-lra/rec-lra.ts';
import { denseLayers } from '../../lib/network/architecture.ts';
import { train as trainMoons } from './moons.ts';
import { batchesOf, trainByAdam } from './reference.ts';
import { expectSame, type Task, tasks, train } from './tasks.ts';

const ADAM = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-4 };
const BETA = 0.7;

/** The slopes of one batch; all weights, then all biases. `near`: collects distances from kinks. */
function slopesOf(
  { widths, data }: Task,
  feedback: readonly Float32Array[],
  parameters: Float64Array,
  rows: readonly number[],
  near: (distance: number) => void,
): Float64Array {
  const layers = denseLayers(widths);
  const bits = layers.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
  const slopes = new Float64Array(parameters.length);
  for (const row of rows) {
    const values = [[...data.x.subarray(row * data.features, (row + 1) * data.features)]];
    const sums: number[][] = [];
    let bias = bits;
    for (const [index, { inputs, outputs, offset }] of layers.entries()) {
      const own = Array.from({ length: outputs }, (_, unit) => {
        let sum = parameters[bias + unit] ?? 0;
        for (let input = 0; input < inputs; input++)
          sum += (parameters[offset + unit * inputs + input] ?? 0) * (values[index]?.[input] ?? 0);
        return sum;
      });
      bias += outputs;
      sums.push(own);
      values.push(index === layers.length - 1 ? own : own.map((sum) => Math.max(0, sum)));
    }
    const logits = sums.at(-1) ?? [];
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    const errors: number[][] = [];
    errors[layers.length - 1] = logits.map(
      (logit, at) => Math.exp(logit) / total - Number(at === data.labels[row]),
    );
    for (let layer = layers.length - 2; layer >= 0; layer--) {
      const above = errors[sourcesOf(widths)[layer] ?? 0] ?? [];
      errors[layer] = (sums[layer] ?? []).map((sum, unit, { length }) => {
        const reached = above.reduce(
          (all, error, from) => all + error * (feedback[layer]?.[from * length + unit] ?? 0),
          0,
        );
        near(Math.abs(sum - BETA * reached));
        return Math.max(0, sum) - Math.max(0, sum - BETA * reached);
      });
    }
    let at = bits;
    for (const [layer, { inputs, outputs, offset }] of layers.entries()) {
      for (let unit = 0; unit < outputs; unit++) {
        const error = (errors[layer]?.[unit] ?? 0) / rows.length;
        for (let input = 0; input < inputs; input++) {
          const place = offset + unit * inputs + input;
          slopes[place] = (slopes[place] ?? 0) + error * (values[layer]?.[input] ?? 0);
        }
        slopes[at] = (slopes[at] ?? 0) + error;
        at++;
      }
    }
  }
  return slopes;
}

describe('rec-lra', () => {
  test('learns by the distance of each layer from its target', async () => {
    await fc.assert(
      fc.asyncProperty(tasks, async (task) => {
        const { widths, network, order, batch, data } = task;
        const feedback = drawnFeedback(widths, 1);
        const start = flatten(network);
        let nearest = Number.POSITIVE_INFINITY;
        const near = (distance: number) => {
          nearest = Math.min(nearest, distance);
        };
        const slopes = (parameters: Float64Array, rows: readonly number[]) =>
          slopesOf(task, feedback, parameters, rows, near);
        const wanted = trainByAdam(widths, start, data, batchesOf(order, batch), ADAM, { slopes });
        fc.pre(Math.min(wanted.kink, nearest) > 1e-3);
        const none = () => new Float32Array(start.length);
        const state = { parameters: start, firstMoment: none(), secondMoment: none() };
        const definition = recLraStep(network, { ...ADAM, beta: BETA }, feedback);
        expectSame(await train(task, definition, state, (steps) => adamRates(ADAM, 0, steps)), wanted, 1e-3);
      }),
      { numRuns: 15 },
    );
  });

  test("every second hidden layer hears of the output's error", () => {
    expect(sourcesOf([4, 3, 2])).toEqual([1]);
    expect(sourcesOf([4, 3, 3, 2])).toEqual([1, 2]);
    expect(sourcesOf([4, 3, 3, 3, 3, 2])).toEqual([1, 4, 3, 4]);
  });

  test('an error comes down by connections of variance 1 / units of its source', () => {
    // The first hidden layer hears of the second, of 400 units, the second of the output's 2.
    const feedback = drawnFeedback([4, 30, 400, 2], 1);
    for (const [layer, units] of [400, 2].entries()) {
      const own = [...(feedback[layer] ?? [])];
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length;
      expect(own).toHaveLength(units * (layer === 0 ? 30 : 400));
      // Four standard errors.
      expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(units * own.length));
      expect(Math.abs(variance * units - 1)).toBeLessThan(4 * Math.sqrt(2 / own.length));
    }
  });

  test('learns the moons, and is the same bits wherever it is cut', async () => {
    const section = { epochs: 20, batchSize: 32, learningRate: 0.02 };
    const { rows, best } = await trainMoons('rec-lra', section);
    expect(rows[best?.row ?? -1]?.validationAccuracy).toBeGreaterThan(0.95);
    expect(await trainMoons('rec-lra', section, [1, 7, 8])).toEqual(await trainMoons('rec-lra', section));
  });
});
