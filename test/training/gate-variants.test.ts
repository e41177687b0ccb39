import { describe, expect, test } from 'vitest';
import { binaryGates, binaryWeights } from '../../lib/algorithms/gates/biprop.ts';
import { redrawn } from '../../lib/algorithms/gates/iterand.ts';
import { keptCounts, largestGates } from '../../lib/algorithms/gates/largest.ts';
import { coatedGates, coatedWeights } from '../../lib/algorithms/gates/multicoated.ts';
import { random } from '../../lib/base/random.ts';
import { countWeights, denseLayers } from '../../lib/network/architecture.ts';
import { compareGates, signed } from './gate-comparison.ts';
import { train as trainMoons } from './moons.ts';
import { largest } from './reference.ts';

describe('variants that change weights', () => {
  const popped = (widths: readonly number[], scores: Float64Array, keep: number) => {
    const counts = keptCounts(widths, 'layer', keep);
    const layers = denseLayers(widths).map(({ inputs, outputs, offset }, index) =>
      largest([...scores.subarray(offset, offset + inputs * outputs)], counts[index] ?? 0),
    );
    return { mask: layers.flatMap(({ gates }) => gates), gap: Math.min(...layers.map(({ gap }) => gap)) };
  };

  test('biprop keeps signs, times the mean of the kept sizes of their layer', async () => {
    await compareGates((task) => {
      const { widths, network } = task;
      const alphasOf = (mask: readonly number[]) =>
        denseLayers(widths).flatMap(({ inputs, outputs, offset }, index) => {
          const kept = [...(network.weights[index] ?? [])].filter((_, at) => mask[offset + at] === 1);
          const mean = kept.reduce((sum, weight) => sum + Math.abs(weight), 0) / kept.length;
          return Array<number>(inputs * outputs).fill(mean);
        });
      return {
        network: { ...network, weights: network.weights.map((layer) => layer.map(Math.sign)) },
        gates: binaryGates(network, 0.4),
        start: { scores: signed(task, countWeights(widths)) },
        rule: {
          open(scores) {
            const { mask, gap } = popped(widths, scores, 0.4);
            const alphas = alphasOf(mask);
            return { gates: Float64Array.from(mask, (bit, at) => bit * (alphas[at] ?? 0)), gap };
          },
          slope(scores, ofGates) {
            const alphas = alphasOf(popped(widths, scores, 0.4).mask);
            return ofGates.map((slope, at) => slope * (alphas[at] ?? 0) * Math.sign(scores[at] ?? 0));
          },
        },
      };
    });
  });

  test('multicoated multiplies weights by the coats that keep them', async () => {
    const keep = [0.7, 0.4, 0.2];
    await compareGates(({ widths, ...task }) => ({
      gates: coatedGates(widths, keep),
      start: { scores: signed({ widths, ...task }, countWeights(widths)) },
      rule: {
        open(scores) {
          const coats = keep.map((share) => popped(widths, scores, share));
          return {
            gates: scores.map((_, at) => coats.reduce((sum, { mask }) => sum + (mask[at] ?? 0), 0)),
            gap: Math.min(...coats.map(({ gap }) => gap)),
          };
        },
        slope: (scores, ofGates) => ofGates.map((slope, at) => slope * Math.sign(scores[at] ?? 0)),
      },
    }));
  });

  test('iterand trains over the weights of its state', async () => {
    await compareGates((task) => {
      const { widths, network } = task;
      const weights = network.weights.map((layer) => layer.map((weight) => 0.5 - weight));
      return {
        meant: { ...network, weights },
        gates: { ...largestGates(widths, 'layer', 0.4), fixed: { weights: countWeights(widths) } },
        start: {
          scores: signed(task, countWeights(widths)),
          weights: Float32Array.from(weights.flatMap((layer) => [...layer])),
        },
        rule: {
          open(scores) {
            const { mask, gap } = popped(widths, scores, 0.4);
            return { gates: Float64Array.from(mask), gap };
          },
          slope: (scores, ofGates) => ofGates.map((slope, at) => slope * Math.sign(scores[at] ?? 0)),
        },
      };
    });
  });

  test.each([
    ['biprop', { keep: 0.3 }],
    ['iterand', { keep: 0.3, every: 2, rate: 0.5 }],
    ['multicoated', { keep: [0.3, 0.2] }],
  ] as const)('%s learns the moons, and is the same bits wherever it is cut', async (algorithm, own) => {
    const section = { epochs: 12, batchSize: 16, validationShare: 0.1, ...own };
    const whole = await trainMoons(algorithm, section);
    expect(whole.rows[whole.best?.row ?? -1]?.validationAccuracy).toBeGreaterThan(0.8);
    expect(whole.rows.at(-1)?.sparsity).toBeCloseTo(0.7, 12);
    expect(await trainMoons(algorithm, section, [1, 4, 5])).toEqual(whole);
  });

  test('the weights of their tickets, by hand', () => {
    const network = {
      widths: [2, 2],
      weights: [Float32Array.of(1, -3, 0.5, -0.25)],
      biases: [new Float32Array(2)],
    };
    expect(binaryWeights(network, Uint8Array.of(1, 1, 0, 0))).toEqual([Float32Array.of(2, -2, 2, -2)]);
    const scores = Float32Array.of(0.9, -0.1, 0.5, -0.6);
    expect(coatedWeights(network, scores, [0.75, 0.25])).toEqual([Float32Array.of(2, -3, 0.5, -0.25)]);
    // All that is pruned is drawn anew, from the weights of the layer; what is kept stays.
    const next = redrawn(
      network,
      Float32Array.of(7, 8, 9, 6),
      Uint8Array.of(1, 0, 1, 0),
      1,
      random(1, 'redraw'),
    );
    expect([next[0], next[2]]).toEqual([7, 9]);
    for (const place of [1, 3]) expect([1, -3, 0.5, -0.25]).toContain(next[place]);
  });
});
