import { expect, it } from 'vitest';
import { convnet } from '../../lib/network/convnets.ts';
import { flippedLayers, multiplyAddsOfFlip, WORK_OF_CLASS } from '../../lib/network/flip-work.ts';

const CLASSES = 10 * WORK_OF_CLASS;

it('gives what a flip in each layer of LeNet-5 takes, and how often a search considers it', () => {
  const layers = flippedLayers(convnet('lenet-5', [1, 28, 28], 10));
  const behind = 400 * 120 + 120 * 84 + 84 * 10;
  expect(layers).toEqual([
    // At 28 · 28 positions, then 16 channels' 25 taps at 10 · 10, then all dense layers.
    { first: 0, end: 150, work: 784 + 16 * 25 * 100 + behind + CLASSES, period: 82 },
    // At 10 · 10, then the 25 pooled positions of a channel into 120 units.
    { first: 150, end: 2_550, work: 100 + 25 * 120 + 120 * 84 + 84 * 10 + CLASSES, period: 12 },
    { first: 2_550, end: 50_550, work: 1 + 84 + 84 * 10 + CLASSES, period: 1 },
    { first: 50_550, end: 60_630, work: 1 + 10 + CLASSES, period: 1 },
    { first: 60_630, end: 61_470, work: 1 + CLASSES, period: 1 },
  ]);
});

it('considers all weights alike where flips of convolutions take little', () => {
  const periods = flippedLayers(convnet('conv-small', [1, 8, 8], 10)).map(({ period }) => period);
  expect(periods).toEqual([11, 1, 1]);
});

it('averages over the flips that are considered', () => {
  const graph = convnet('lenet-5', [1, 28, 28], 10);
  const [one, two, three, four, five] = flippedLayers(graph);
  const considered = 150 / 82 + 2_400 / 12 + 48_000 + 10_080 + 840;
  const work =
    ((one?.work ?? 0) * 150) / 82 +
    ((two?.work ?? 0) * 2_400) / 12 +
    (three?.work ?? 0) * 48_000 +
    (four?.work ?? 0) * 10_080 +
    (five?.work ?? 0) * 840;
  expect(multiplyAddsOfFlip(graph)).toBeCloseTo(work / considered, 6);
});
