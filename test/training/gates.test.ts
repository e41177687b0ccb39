/** The steps of the other gates against training in double precision with finite differences, and their rules by hand. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gatedStep } from '../../lib/algorithms/gates/gates.ts';
import { roundedGates } from '../../lib/algorithms/gates/gem-miner.ts';
import {
  doubledGates,
  doubledMask,
  keptCounts,
  keptRates,
  largestGates,
  largestMask,
} from '../../lib/algorithms/gates/largest.ts';
import { noisyGates } from '../../lib/algorithms/gates/stochastic-gates.ts';
import { drawnGates } from '../../lib/algorithms/gates/supermask.ts';
import { algorithmNamed } from '../../lib/algorithms/registry.ts';
import { countWeights, denseLayers } from '../../lib/network/architecture.ts';
import { INITIALIZERS } from '../../lib/network/initializer.ts';
import { unpack } from '../../lib/search/genome.ts';
import { complete } from '../runspec/complete.ts';
import { compareGates, drawn, SGD, signed } from './gate-comparison.ts';
import { type GateRule, gradientOf, largest } from './reference.ts';
import { tasks, train } from './tasks.ts';

describe('edge-popup', () => {
  const factorsOf = (widths: readonly number[]) =>
    denseLayers(widths).flatMap(({ inputs, outputs }) => Array(inputs * outputs).fill(Math.sqrt(inputs)));

  test('in the whole network ranks scores times √fan-in', async () => {
    await compareGates((task) => {
      const { widths } = task;
      const factors = factorsOf(widths);
      const count = keptCounts(widths, 'network', 0.3)[0] ?? 0;
      return {
        gates: largestGates(widths, 'network', 0.3),
        start: { scores: signed(task, countWeights(widths)) },
        rule: {
          open(scores) {
            const ranks = Array.from(scores, (score, at) => score * Number(factors[at]));
            const { gates, gap } = largest(ranks, count);
            return { gates: Float64Array.from(gates), gap };
          },
          slope: (scores, ofGates) => ofGates.map((slope, at) => slope * Math.sign(scores[at] ?? 0)),
        },
      };
    });
  });

  test.each(['layer', 'network'] as const)(
    'by %s keeps as many as its rates tell, and the mask is the same',
    async (scope) => {
      const task = fc.sample(tasks, { numRuns: 1, seed: 5 })[0];
      if (!task) throw new Error('there is no task');
      const { widths } = task;
      const scores = signed(task, countWeights(widths));
      const still = { learningRate: 0, momentum: 0, weightDecay: 0 };
      const counts = keptCounts(widths, scope, 0.4);
      const runs = [undefined, 0.4].map((keep) => {
        const told = keptRates(widths, scope).map((name, index) => [name, counts[index] ?? 0] as const);
        return train(
          task,
          gatedStep(task.network, largestGates(widths, scope, keep), still),
          { scores, momentum: new Float32Array(scores.length) },
          (steps) =>
            Object.fromEntries(
              [['learningRate', 0] as const, ...(keep === undefined ? told : [])].map(([name, rate]) => [
                name,
                new Float32Array(steps).fill(rate),
              ]),
            ),
        );
      });
      const [told, fixed] = await Promise.all(runs);
      expect(told).toEqual(fixed);
      expect(largestMask(widths, scores, scope, 0.4).reduce((sum, bit) => sum + bit, 0)).toBe(
        counts.reduce((sum, count) => sum + count, 0),
      );
    },
  );

  test('in the whole network, layers keep different shares', () => {
    // √4 · 0.5 = 1 beats √1 · 0.9, and 0.3 · 2 = 0.6 does not.
    const scores = Float32Array.of(0.5, -0.3, 0.5, 0.1, 0.9, 0.2);
    expect([...largestMask([4, 1, 2], scores, 'network', 0.5)]).toEqual([1, 0, 1, 0, 1, 0]);
    expect([...largestMask([4, 1, 2], scores, 'layer', 0.5)]).toEqual([1, 0, 1, 0, 1, 0]);
    expect([...largestMask([4, 1, 2], scores, 'network', 0.2)]).toEqual([1, 0, 1, 0, 0, 0]);
  });
});

describe('double scoring', () => {
  const ruleOf = (widths: readonly number[]): GateRule => {
    const bits = countWeights(widths);
    return {
      open(scores) {
        const gates = new Float64Array(bits);
        let least = Number.POSITIVE_INFINITY;
        for (const { inputs, outputs, offset } of denseLayers(widths)) {
          const size = inputs * outputs;
          const own = [...scores.slice(offset, offset + size)];
          const decoys = [...scores.slice(bits + offset, bits + offset + size)];
          const { gates: both, gap } = largest([...own, ...decoys], size);
          gates.set(both.slice(0, size), offset);
          least = Math.min(least, gap);
        }
        return { gates, gap: least };
      },
      slope: (scores, ofGates) =>
        scores.map((score, at) => (at < bits ? (ofGates[at] ?? 0) * Math.sign(score) : 0)),
    };
  };

  test('lets weights compete with decoys, which learn nothing but their decay', async () => {
    await compareGates((task) => ({
      gates: doubledGates(task.widths),
      start: { scores: signed(task, 2 * countWeights(task.widths)) },
      rule: ruleOf(task.widths),
    }));
  });

  test('keeps the weights above the median of both', () => {
    // One layer of 3: 0.9 and −0.8 are among the 3 largest of 6, 0.1 is not.
    const scores = Float32Array.of(0.9, -0.8, 0.1, 0.2, -0.5, 0.3);
    expect([...doubledMask([3, 1], scores)]).toEqual([1, 1, 0]);
    expect([
      ...doubledMask(
        [3, 1],
        scores.map((_, at) => (at < 3 ? 1 : -1)),
      ),
    ]).toEqual([1, 1, 1]);
    expect([
      ...doubledMask(
        [3, 1],
        scores.map((_, at) => (at < 3 ? 0.1 : 1)),
      ),
    ]).toEqual([0, 0, 0]);
  });
});

describe('supermask', () => {
  const sigmoid = (score: number) => 1 / (1 + Math.exp(-score));

  /** Open gates as factors: 1, or as many as make up for those that are shut in their layer. */
  const rescaled = (widths: readonly number[], gates: Float64Array) => {
    const factors = gates.slice();
    for (const { inputs, outputs, offset } of denseLayers(widths)) {
      const own = factors.subarray(offset, offset + inputs * outputs);
      const kept = Math.max(
        1,
        own.reduce((sum, gate) => sum + gate, 0),
      );
      for (const [at, gate] of own.entries()) own[at] = (gate * own.length) / kept;
    }
    return factors;
  };

  test.each([false, true])(
    'draws each gate with its probability, and learns straight through the draw (rescaled: %s)',
    async (isRescaled) => {
      await compareGates((task) => {
        const { widths } = task;
        const bits = countWeights(widths);
        const uniformOf = (step: number) => drawn(task, bits, 'gates', step);
        const factorsOf = (gates: Float64Array) => (isRescaled ? rescaled(widths, gates) : gates);
        const drawnBy = (scores: Float64Array, step: number) => {
          const uniform = uniformOf(step);
          return scores.map((score, at) => Number((uniform[at] ?? 0) < sigmoid(score)));
        };
        return {
          gates: drawnGates(widths, isRescaled),
          noiseOf: (step) => ({ uniform: uniformOf(step) }),
          start: { scores: signed(task, bits) },
          sgd: { learningRate: isRescaled ? 1 : 5, momentum: 0.9, weightDecay: 0 },
          rule: {
            open(scores, step) {
              const uniform = uniformOf(step);
              const distances = scores.map((score, at) => Math.abs((uniform[at] ?? 0) - sigmoid(score)));
              const gates = drawnBy(scores, step);
              // Where one weight is kept, the factor has a kink.
              const isSingle = denseLayers(widths).some(({ inputs, outputs, offset }) => {
                const own = gates.subarray(offset, offset + inputs * outputs);
                return own.reduce((sum, gate) => sum + gate, 0) === 1;
              });
              return {
                gates: factorsOf(gates),
                gap: isRescaled && isSingle ? 0 : Math.min(...distances),
              };
            },
            slope(scores, ofGates, step) {
              const gates = drawnBy(scores, step);
              const loss = (at: Float64Array) =>
                factorsOf(at).reduce((sum, factor, index) => sum + factor * (ofGates[index] ?? 0), 0);
              return gradientOf(loss, gates).map((slope, at) => {
                const probability = sigmoid(scores[at] ?? 0);
                return slope * probability * (1 - probability);
              });
            },
          },
        };
      });
    },
  );

  test('takes the mask of a threshold, or one that is drawn, another for every epoch', () => {
    const ticketOf = (ticket: string, epoch: number, score: number) => {
      const spec = complete({ algorithm: 'supermask', supermask: { ticket } });
      const { ask } = algorithmNamed('supermask').start(spec, { bits: 400, samples: 1, viable: () => true });
      if (ask.work !== 'train') throw new Error('it does not train');
      const network = INITIALIZERS.uniform([2, 100, 2], 1);
      const result = { scores: new Float32Array(400).fill(score) };
      return [...unpack(ask.method(network).outcome({ course: 0, epoch }, result).ticket().genome, 400)];
    };
    const share = (mask: readonly number[]) => mask.reduce((sum, bit) => sum + bit, 0) / mask.length;
    const logit = Math.log(0.3 / 0.7);
    expect(share(ticketOf('threshold', 0, logit))).toBe(0);
    expect(share(ticketOf('threshold', 0, -logit))).toBe(1);
    const masks = [0, 1, 0].map((epoch) => ticketOf('drawn', epoch, logit));
    for (const mask of masks) expect(Math.abs(share(mask) - 0.3)).toBeLessThan(5 * Math.sqrt(0.21 / 400));
    expect(masks[0]).toEqual(masks[2]);
    expect(masks[0]).not.toEqual(masks[1]);
  });
});

test.each([0, 0.7])(
  'stochastic gates are noisy within 0 and 1, and pay %d for being open',
  async (lambda) => {
    const sigma = 0.5;
    /** Φ(to) − Φ(from) of a short way, by the trapezoidal rule. */
    const between = (from: number, to: number) => {
      const density = (z: number) => Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI);
      return ((density(from) + density(to)) / 2) * (to - from);
    };
    await compareGates((task) => {
      const bits = countWeights(task.widths);
      const normalOf = (step: number) => drawn(task, bits, 'gates', step).map((u) => 4 * u - 2);
      const free = (scores: Float64Array, step: number) => {
        const normal = normalOf(step);
        return scores.map((score, at) => score + sigma * (normal[at] ?? 0));
      };
      return {
        gates: noisyGates(task.widths, lambda, sigma),
        noiseOf: (step) => ({ normal: normalOf(step) }),
        start: { scores: signed(task, bits) },
        rule: {
          open(scores, step) {
            const gates = free(scores, step);
            const distances = gates.map((gate) => Math.min(Math.abs(gate), Math.abs(gate - 1)));
            return {
              gates: gates.map((gate) => Math.min(1, Math.max(0, gate))),
              gap: Math.min(...distances),
            };
          },
          slope: (scores, ofGates, step) =>
            free(scores, step).map((gate, at) => {
              const own = gate > 0 && gate < 1 ? (ofGates[at] ?? 0) : 0;
              const score = scores[at] ?? 0;
              const price = between((score - 1e-3) / sigma, (score + 1e-3) / sigma) / 2e-3;
              return own + (lambda === 0 ? 0 : (lambda / bits) * price);
            }),
        },
      };
    });
  },
);

test('gem-miner opens scores above ½, keeps them in 0..1 and those that are closed at 0', async () => {
  await compareGates((task) => {
    const bits = countWeights(task.widths);
    const alive = drawn(task, bits, 'gates').map((u) => (u < 0.7 ? 1 : 0));
    return {
      gates: roundedGates(task.widths, 0.01),
      start: { scores: drawn(task, bits, 'scores').map((u, at) => u * (alive[at] ?? 0)), alive },
      sgd: { ...SGD, learningRate: 1 },
      rule: {
        open: (scores) => ({
          gates: scores.map((score) => Number(score > 0.5)),
          gap: Math.min(...scores.map((score) => Math.abs(score - 0.5))),
        }),
        slope: (scores, ofGates) => ofGates.map((slope, at) => slope + 0.02 * (scores[at] ?? 0)),
        within: (score, at) => Math.min(1, Math.max(0, score)) * (alive[at] ?? 0),
      },
    };
  });
});
