/**
 * Convolutions in front of the dense layers: a chain of stages, each a convolution, perhaps ReLU, perhaps a pool. Their values
 * lie block by block, a row of BLOCK samples for each channel and position; those of the last stage are the features of the
 * dense layers and lie where these are read. As everywhere, sums are integers on a grid: see network.ts.
 */
import { BLOCK, featuresOf } from './network';
import { at } from './numbers';

const ROW: usize = BLOCK << 2;
/** Bytes of a stage's entry in the table; see layout.ts. */
const ENTRY: usize = 96;

/** How many there are. A flip of a stage's weight belongs to layer `stage − stages`. */
export let stages: i32 = 0;
let table: usize = 0;
/** Rows that the first stage reads. */
let source: usize = 0;
/** Room for the sums of one channel. */
export let scratch: usize = 0;

export function configureStages(plan: usize): void {
  stages = load<i32>(plan);
  table = load<u32>(plan, 4);
  source = load<u32>(plan, 8);
  scratch = load<u32>(plan, 12);
}

// @ts-ignore: decorator
@inline
function entryOf(stage: i32): usize {
  return table + <usize>stage * ENTRY;
}
// @ts-ignore: decorator
@inline
export function inputsOf(stage: i32): i32 {
  return load<i32>(entryOf(stage));
}
// @ts-ignore: decorator
@inline
export function channelsOf(stage: i32): i32 {
  return load<i32>(entryOf(stage), 4);
}
/** Channels that flow into one of the stage's. */
// @ts-ignore: decorator
@inline
export function depthOf(stage: i32): i32 {
  return load<i32>(entryOf(stage), 8);
}
// @ts-ignore: decorator
@inline
export function tapsOf(stage: i32): i32 {
  return load<i32>(entryOf(stage), 12);
}
// @ts-ignore: decorator
@inline
export function positionsBefore(stage: i32): i32 {
  return load<i32>(entryOf(stage), 16);
}
/** Positions of a channel's sums. */
// @ts-ignore: decorator
@inline
export function positionsOf(stage: i32): i32 {
  return load<i32>(entryOf(stage), 20);
}
/** Positions after the pool. */
// @ts-ignore: decorator
@inline
export function pooledOf(stage: i32): i32 {
  return load<i32>(entryOf(stage), 24);
}
// @ts-ignore: decorator
@inline
export function scaleOf(stage: i32): f32 {
  return load<f32>(entryOf(stage), 28);
}
// @ts-ignore: decorator
@inline
export function unitOf(stage: i32): f32 {
  return load<f32>(entryOf(stage), 32);
}
/** The sums of a channel in a block. */
// @ts-ignore: decorator
@inline
export function sumsOf(stage: i32, channel: i32, block: i32): usize {
  const row = (block * channelsOf(stage) + channel) * positionsOf(stage);
  return <usize>load<u32>(entryOf(stage), 36) + <usize>row * ROW;
}
/** Whether the sums of a stage are kept; else they are computed anew where they are asked for. */
// @ts-ignore: decorator
@inline
export function keepsSums(stage: i32): bool {
  return load<u32>(entryOf(stage), 36) != 0;
}
/** A row of what the stage gives. */
// @ts-ignore: decorator
@inline
export function valueOf(stage: i32, row: i32, block: i32): usize {
  if (stage == stages - 1) return featuresOf(row, block * BLOCK);
  if (stage < 0) return source + <usize>(block * inputsOf(0) * positionsBefore(0) + row) * ROW;
  return <usize>load<u32>(entryOf(stage), 40) + <usize>(block * channelsOf(stage) * pooledOf(stage) + row) * ROW;
}
/** The same after a flip. */
// @ts-ignore: decorator
@inline
export function freshOf(stage: i32, channel: i32): usize {
  return <usize>load<u32>(entryOf(stage), 44) + <usize>channel * <usize>load<u32>(entryOf(stage), 48);
}
/** Whether a row of it differs: a byte each. */
// @ts-ignore: decorator
@inline
export function movedOf(stage: i32): usize {
  return load<u32>(entryOf(stage), 52);
}
// @ts-ignore: decorator
@inline
export function weightsOf(stage: i32, channel: i32): usize {
  return at(load<u32>(entryOf(stage), 56), channel * depthOf(stage) * tapsOf(stage));
}
// @ts-ignore: decorator
@inline
export function biasOf(stage: i32, channel: i32): f32 {
  return load<f32>(at(load<u32>(entryOf(stage), 60), channel));
}
/** Where the pairs of a tap begin: positions (i32 each) before and after that meet there. */
// @ts-ignore: decorator
@inline
export function pairsOf(stage: i32, tap: i32): usize {
  return load<u32>(at(load<u32>(entryOf(stage), 64), tap));
}
/** Where the positions (i32) begin that a pool's window takes. */
// @ts-ignore: decorator
@inline
export function windowOf(stage: i32, position: i32): usize {
  return load<u32>(at(load<u32>(entryOf(stage), 68), position));
}
/** One over the size of an average's window; 0: its maximum is taken. */
// @ts-ignore: decorator
@inline
export function shareOf(stage: i32, position: i32): f32 {
  return load<f32>(at(load<u32>(entryOf(stage), 72), position));
}
// @ts-ignore: decorator
@inline
export function hasRelu(stage: i32): bool {
  return load<i32>(entryOf(stage), 76) == 1;
}
/** ReLU after the pool. */
// @ts-ignore: decorator
@inline
export function endsInRelu(stage: i32): bool {
  return load<i32>(entryOf(stage), 76) == 2;
}
/** The first channel that flows into this one. */
// @ts-ignore: decorator
@inline
export function firstInput(stage: i32, channel: i32): i32 {
  return (channel / load<i32>(entryOf(stage), 80)) * depthOf(stage);
}
