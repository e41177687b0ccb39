import { expect, it } from 'vitest';
import { convnet } from '../../lib/network/convnets.ts';
import { flippedLayers, multiplyAddsOfFlip, WORK_OF_CLASS } from '../../lib/network/flip-work.ts';
import { uniformNetwork } from '../../lib/network/initializer.ts';
import { graphOfLayers } from '../../lib/network/layers-graph.ts';

const CLASSES = 10 * WORK_OF_CLASS;

it('gives what a flip in each layer of LeNet-5 takes, in multiply-adds and beside a flip of a dense layer', () => {
  const dense = 1 + 84 + 84 * 10 + CLASSES;
  // At 28 · 28 positions, then 16 channels' 25 taps at 10 · 10, then all dense layers.
  const one = 784 + 16 * 25 * 100 + 400 * 120 + 120 * 84 + 84 * 10 + CLASSES;
  // At 10 · 10, then the 25 pooled positions of a channel into 120 units.
  const two = 100 + 25 * 120 + 120 * 84 + 84 * 10 + CLASSES;
  expect(flippedLayers(convnet('lenet-5', [1, 28, 28], 10))).toEqual([
    { first: 0, end: 150, work: one, times: one / dense },
    { first: 150, end: 2_550, work: two, times: two / dense },
    { first: 2_550, end: 50_550, work: dense, times: 1 },
    { first: 50_550, end: 60_630, work: 1 + 10 + CLASSES, times: 1 },
    { first: 60_630, end: 61_470, work: 1 + CLASSES, times: 1 },
  ]);
});

it('compares convolutions with nothing where no layer is dense', () => {
  const graph = convnet('lenet-5', [1, 28, 28], 10);
  const first = graph.nodes.findIndex(({ op }) => op === 'Conv');
  expect(flippedLayers({ ...graph, nodes: graph.nodes.slice(0, first + 1) })).toEqual([
    { first: 0, end: 150, work: 784 + CLASSES, times: 1 },
  ]);
});

it('lists weights that two layers share once, with what a flip changes from the first of them on', () => {
  const graph = graphOfLayers(uniformNetwork([4, 4, 4, 2], 1));
  const [one, two, ...others] = graph.prunable;
  if (!one || !two) throw new Error('three layers');
  const nodes = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((name) => (name === two.name ? one.name : name)),
  }));
  const classes = 2 * WORK_OF_CLASS;
  expect(flippedLayers({ ...graph, nodes, prunable: [one, ...others] })).toEqual([
    { first: 0, end: 16, work: 1 + 4 + 8 + classes, times: 1 },
    { first: 32, end: 40, work: 1 + classes, times: 1 },
  ]);
});

it('averages over the flips that are considered: slow ones in one of so many of the first pass, in two of the second', () => {
  const layers = [
    { first: 0, end: 12, work: 100, times: 4 },
    { first: 12, end: 20, work: 25, times: 1 },
  ];
  const over = (passes: number, everyBit = 0) => multiplyAddsOfFlip(layers, { passes, everyBit });
  expect(over(0.5)).toBeCloseTo((3 * 100 + 8 * 25) / 11);
  expect(over(1)).toBeCloseTo((3 * 100 + 8 * 25) / 11);
  expect(over(2)).toBeCloseTo((9 * 100 + 16 * 25) / 25);
  expect(over(2.5)).toBeCloseTo((13.5 * 100 + 20 * 25) / 33.5);
  expect(over(1_000)).toBeCloseTo((12 * 100 + 8 * 25) / 20, 0);
  expect(over(1, 1)).toBeCloseTo((12 * 100 + 8 * 25) / 20);
  expect(over(1, 0.5)).toBeCloseTo((over(1) + over(1, 1)) / 2);
});
