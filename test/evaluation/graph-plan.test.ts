import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GraphDouble } from '../../lib/evaluation/double/graph.ts';
import {
  calibrationMasks,
  calibrationPlaces,
  deviationOf,
  tolerance,
} from '../../lib/evaluation/graph/calibration.ts';
import { channelBlock } from '../../lib/evaluation/graph/channel-blocks.ts';
import { cutSamples, widestNode } from '../../lib/evaluation/graph/plan.ts';
import { convnet } from '../../lib/network/convnets.ts';
import { graphOfLayers } from '../../lib/network/layers-graph.ts';
import { erf, gelu, softplus } from '../../lib/network/special-functions.ts';

test('runs cover all samples in nearly equal parts', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5_000 }),
      fc.integer({ min: 1, max: 1_000_000 }),
      (samples, bytes) => {
        const ranges = cutSamples(samples, bytes);
        let next = 0;
        for (const range of ranges) {
          expect(range.start).toBe(next);
          expect(range.samples).toBeGreaterThan(0);
          expect(range.samples).toBeLessThanOrEqual(ranges[0]?.samples ?? 0);
          next += range.samples;
        }
        expect(next).toBe(samples);
      },
    ),
  );
});

// [samples, bytes that a sample takes between two nodes, samples of each run]
test.each([
  [1_000, 22_000, [128, 128, 128, 128, 128, 128, 128, 104]],
  [1_347, 4_000, [464, 464, 419]],
  [100, 1_000_000, [100]],
  [5_000, 10, [1_008, 1_008, 1_008, 1_008, 968]],
])('%i samples of %i bytes: runs of %j', (samples, bytes, expected) => {
  expect(cutSamples(samples, bytes).map((range) => range.samples)).toEqual(expected);
});

test('the widest node of LeNet-5 is the first ReLU', () => {
  const graph = convnet('lenet-5', [1, 28, 28], 10);
  expect(widestNode(graph, graph.nodes)).toBe(4 * 2 * 6 * 28 * 28);
});

test('a block has as many channels as a register holds numbers, or there are none', async () => {
  expect([1, 8, 16]).toContain(await channelBlock());
});

test('the tolerance is a multiple of what was measured, and not less than one rounding', () => {
  expect(tolerance(1e-6, 100)).toBeCloseTo(64e-6, 12);
  expect(tolerance(0, 100)).toBe(10 * 2 ** -24);
});

test('what single precision makes of the logits is measured; what is not finite though it should be is told', () => {
  const layers = { widths: [1, 2], weights: [Float32Array.of(1, -2)], biases: [Float32Array.of(0, 4)] };
  const double = new GraphDouble(graphOfLayers(layers), Float32Array.of(1, 2));
  const kept = Uint8Array.of(1, 1);
  // Logits 1, 2 and 2, 0.
  expect(deviationOf(double, kept, [0, 1], Float32Array.of(1, 2.25, 2, 0))).toEqual({
    error: 0.125,
    broken: false,
  });
  expect(deviationOf(double, kept, [1], Float32Array.of(Number.NaN, 0))).toMatchObject({ broken: true });
  expect(deviationOf(double, Uint8Array.of(0, 0), [0], Float32Array.of(0, 4))).toEqual({
    error: 0,
    broken: false,
  });
});

test('it is measured on samples spread over all, fewer in large networks, and on masks of several kinds', () => {
  expect(calibrationPlaces(5, 10)).toEqual([0, 1, 2, 3, 4]);
  expect(calibrationPlaces(1_000, 5e6)).toEqual([0, 250, 500, 750]);
  expect(calibrationPlaces(1_000, 1e8)).toEqual([0, 500]);
  expect(calibrationPlaces(1_000, 1e9)).toEqual([0]);
  const graph = graphOfLayers({
    widths: [20, 50],
    weights: [Float32Array.from({ length: 1_000 }, (_, index) => (index % 2 === 0 ? 1 : -1))],
    biases: [new Float32Array(50)],
  });
  const mask = new Uint8Array(1_000);
  const kept: number[] = [];
  for (const _ of calibrationMasks(graph, 1_000, mask)) kept.push(mask.reduce((sum, bit) => sum + bit, 0));
  expect(kept[0]).toBe(1_000);
  for (const [index, expected] of [100, 500, 500, 750].entries()) {
    expect(Math.abs((kept[index + 1] ?? 0) - expected)).toBeLessThan(60);
  }
  expect([...calibrationMasks(graph, 1e9, mask)]).toHaveLength(3);
});

// Values of Abramowitz and Stegun 1964, table 7.1, and the error function's limits.
test.each([
  [0, 0],
  [0.5, 0.5204998778],
  [1, 0.8427007929],
  [2, 0.995322265],
  [-1, -0.8427007929],
  [7, 1],
  [Number.NEGATIVE_INFINITY, -1],
])('erf(%d) = %d', (x, expected) => {
  expect(erf(x)).toBeCloseTo(expected, 9);
});

test('gelu and softplus at their ends', () => {
  expect(gelu(10, 'none')).toBe(10);
  expect(gelu(-40, 'none')).toBeCloseTo(0, 12);
  expect(softplus(1_000)).toBe(1_000);
  expect(softplus(-1_000)).toBe(0);
  expect(erf(Number.NaN)).toBeNaN();
});
