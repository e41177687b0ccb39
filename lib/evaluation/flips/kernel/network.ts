/**
 * The network, the data and the sums as they stand. TypeScript lays them out in the memory (layout.ts): arrays of samples,
 * `stride` of them (a multiple of 8; the last are padding), a row for each feature, unit or class.
 *
 * Every unit's sum is an integer: products are rounded to a grid, a power of two for each layer, before they are added, and
 * the grid is so fine that no sum overflows. So sums depend on the mask alone, not on the way there: a flip that is taken
 * back leaves no trace, and nothing drifts.
 */
import { at } from './numbers';

/** Samples that are computed together; their intermediate values stay in the nearest cache. */
export const BLOCK: i32 = 128;

export let stride: i32 = 0;
export let blocks: i32 = 0;
export let depth: i32 = 0;
export let classes: i32 = 0;
/** A layer takes 32 bytes: inputs, outputs, addresses of its sums, masked weights and biases, scale, unit. */
let layers: usize = 0;
export let features: usize = 0;
/** Class of each sample; −1: padding. */
export let labels: usize = 0;
/** Softmax of each class (of two classes only the second's); not a number where the loss is above 40. */
export let shares: usize = 0;
export let losses: usize = 0;
export let predicted: usize = 0;
/** By how much the largest logit leads; infinite in the padding. */
export let leads: usize = 0;
/** Losses in nats and wrong predictions (f64): the sums over the blocks before each block and over all, then each block's own. */
export let lossBefore: usize = 0;
export let wrongBefore: usize = 0;
/** Room for values of a block: `widest` rows, twice. */
export let first: usize = 0;
export let second: usize = 0;
/** Room for the changes of a block's logits, a row for each class, and for the changes of one unit. */
export let changes: usize = 0;
export let unit: usize = 0;
/** Room for lists of weights. */
export let lists: usize = 0;
/** Room for a list of one unit's weights of the first layer; there if stages precede it. */
export let entries: usize = 0;
/** Counts by class: changes of true positives, of predictions (i32 each). */
export let tallies: usize = 0;
/** Samples whose prediction is in doubt (i32). */
export let doubts: usize = 0;
/** Logits that change, 16 bytes for each; all of them by class, 8 bytes for each: see changes.ts. */
export let rowTable: usize = 0;
export let byClass: usize = 0;
/** Weights to be flipped: see flipping.ts. */
export let flips: usize = 0;
/** Of the samples that a flip changes, gathered: see gathering.ts. Their offsets in a row (u32), labels, losses, shares, logits. */
export let picked: usize = 0;
export let pickedLabels: usize = 0;
export let pickedLosses: usize = 0;
export let pickedShares: usize = 0;
export let pickedLogits: usize = 0;
export let wantsLoss: bool = false;
export let wantsPredictions: bool = false;
/** Whether flips are computed on the samples that they change alone. */
export let gathers: bool = false;

export function configure(plan: usize): void {
  stride = load<i32>(plan);
  blocks = (stride + BLOCK - 1) / BLOCK;
  depth = load<i32>(plan, 4);
  classes = load<i32>(plan, 8);
  const wants = load<i32>(plan, 12);
  wantsLoss = (wants & 1) != 0;
  wantsPredictions = (wants & 2) != 0;
  gathers = (wants & 4) != 0;
  layers = load<u32>(plan, 16);
  features = load<u32>(plan, 20);
  labels = load<u32>(plan, 24);
  shares = load<u32>(plan, 28);
  losses = load<u32>(plan, 32);
  predicted = load<u32>(plan, 36);
  leads = load<u32>(plan, 40);
  lossBefore = load<u32>(plan, 44);
  wrongBefore = load<u32>(plan, 48);
  first = load<u32>(plan, 52);
  second = load<u32>(plan, 56);
  changes = load<u32>(plan, 60);
  unit = load<u32>(plan, 64);
  lists = load<u32>(plan, 68);
  tallies = load<u32>(plan, 72);
  doubts = load<u32>(plan, 76);
  rowTable = load<u32>(plan, 80);
  byClass = load<u32>(plan, 84);
  flips = load<u32>(plan, 88);
  picked = load<u32>(plan, 92);
  pickedLabels = load<u32>(plan, 96);
  pickedLosses = load<u32>(plan, 100);
  pickedShares = load<u32>(plan, 104);
  pickedLogits = load<u32>(plan, 108);
  entries = load<u32>(plan, 112);
}

// @ts-ignore: decorator
@inline
function layer(index: i32): usize {
  return layers + (<usize>index << 5);
}
// @ts-ignore: decorator
@inline
export function inputsOf(index: i32): i32 {
  return load<i32>(layer(index));
}
// @ts-ignore: decorator
@inline
export function outputsOf(index: i32): i32 {
  return load<i32>(layer(index), 4);
}
/** The sums of a unit from sample `start` on. */
// @ts-ignore: decorator
@inline
export function sumsOf(index: i32, output: i32, start: i32): usize {
  return at(load<u32>(layer(index), 8), output * stride + start);
}
// @ts-ignore: decorator
@inline
export function weightAt(index: i32, output: i32, input: i32): usize {
  return at(load<u32>(layer(index), 12), output * inputsOf(index) + input);
}
/** A masked weight; of two classes the second's logit is the difference of both. */
// @ts-ignore: decorator
@inline
export function weightTo(index: i32, k: i32, from: i32): f32 {
  const value = load<f32>(weightAt(index, k, from));
  if (classes == 2 && index == depth - 1 && k == 1) return value - load<f32>(weightAt(index, 0, from));
  return value;
}

// @ts-ignore: decorator
@inline
export function biasOf(index: i32, output: i32): f32 {
  return load<f32>(at(load<u32>(layer(index), 16), output));
}
// @ts-ignore: decorator
@inline
export function scaleOf(index: i32): f32 {
  return load<f32>(layer(index), 20);
}
/** One over the scale. */
// @ts-ignore: decorator
@inline
export function unitOf(index: i32): f32 {
  return load<f32>(layer(index), 24);
}
// @ts-ignore: decorator
@inline
export function featuresOf(input: i32, start: i32): usize {
  return at(features, input * stride + start);
}
/** Of a weight of that layer: whether a flip is computed on the samples that it changes alone. */
// @ts-ignore: decorator
@inline
export function isGathered(index: i32): bool {
  return gathers && index >= 0 && (index == depth - 3 || index == depth - 2);
}
/** Samples of a block, padding included. */
// @ts-ignore: decorator
@inline
export function sizeOf(block: i32): i32 {
  return min(BLOCK, stride - block * BLOCK);
}
/** Of two classes only the second's logit changes, by the difference. */
// @ts-ignore: decorator
@inline
export function firstClass(): i32 {
  return classes == 2 ? 1 : 0;
}
