/**
 * Flips on the samples that they change alone: these are picked, a block of them at a time, and what is read of them is
 * gathered into rows. In a large network on sparse data a flip changes few samples.
 */
import {
  changeLogits,
  input,
  layer,
  output,
  ROW,
  rowAddress,
  rows,
  spread,
  weight,
} from './changes';
import { active, activeUnit, activeWeight } from './listing';
import {
  BLOCK,
  classes,
  depth,
  featuresOf,
  first,
  firstClass,
  labels,
  losses,
  outputsOf,
  picked,
  pickedLabels,
  pickedLogits,
  pickedLosses,
  pickedShares,
  scaleOf,
  shares,
  stride,
  sumsOf,
  unit,
  unitOf,
  weightAt,
} from './network';
import { at, laneMax, offGrid, onGrid, relu } from './numbers';
import { addLosses, readFour } from './readout';

/** Samples that are picked; in `unit` their changes, or their old activations and, a row further, their new ones. */
let count: i32 = 0;
let hasLogits: bool = false;

/** For each set of four lanes the bytes that move its lanes to the front. */
const TO_FRONT = memory.data(256, 16);
for (let set: usize = 0; set < 16; set++) {
  let to = TO_FRONT + (set << 4);
  for (let lane: usize = 0; lane < 4; lane++) {
    if (!(set & (1 << lane))) continue;
    for (let byte: usize = 0; byte < 4; byte++) store<u8>(to++, <u8>((lane << 2) + byte));
  }
}

// @ts-ignore: decorator
@inline
function toFront(set: i32): v128 {
  return v128.load(TO_FRONT + (<usize>set << 4));
}

/** Four picked samples of a row; `n`: the place of the first of them, in bytes. */
// @ts-ignore: decorator
@inline
function gather(row: usize, n: usize): v128 {
  const places = picked + n;
  let four = v128.load32_zero(row + load<u32>(places));
  four = v128.load32_lane(row + load<u32>(places, 4), four, 1);
  four = v128.load32_lane(row + load<u32>(places, 8), four, 2);
  return v128.load32_lane(row + load<u32>(places, 12), four, 3);
}

// @ts-ignore: decorator
@inline
function scatter(row: usize, n: usize, four: v128): void {
  const places = picked + n;
  v128.store32_lane(row + load<u32>(places), four, 0);
  v128.store32_lane(row + load<u32>(places, 4), four, 1);
  v128.store32_lane(row + load<u32>(places, 8), four, 2);
  v128.store32_lane(row + load<u32>(places, 12), four, 3);
}

// @ts-ignore: decorator
@inline
function pick(set: i32, n: i32): void {
  const places = i32x4.add(i32x4.splat(n << 2), i32x4(0, 4, 8, 12));
  v128.store(at(picked, count), v128.swizzle(places, toFront(set)));
}

/**
 * Picks the samples from `next` on that the flip changes, as many as there is room for; pads them to eights. Gives where to
 * go on.
 */
export function pickNext(next: i32, last: i32): i32 {
  count = 0;
  hasLogits = false;
  const by = f32x4.splat(weight);
  const sums = sumsOf(layer, output, 0);
  const grid = f32x4.splat(unitOf(layer));
  const values = layer == 0 ? featuresOf(input, 0) : sumsOf(layer - 1, input, 0);
  const gridBefore = f32x4.splat(layer == 0 ? 1 : unitOf(layer - 1));
  let n = next;
  for (; n < last && count <= BLOCK - 4; n += 4) {
    let value = v128.load(at(values, n));
    if (!v128.any_true(value)) continue;
    if (layer > 0) value = relu(offGrid(value, gridBefore));
    const sum = offGrid(v128.load(at(sums, n)), grid);
    const change = f32x4.sub(relu(f32x4.add(sum, f32x4.mul(value, by))), relu(sum));
    const set = i32x4.bitmask(f32x4.ne(change, f32x4.splat(0)));
    if (!set) continue;
    pick(set, n);
    v128.store(at(unit, count), v128.swizzle(change, toFront(set)));
    count += popcnt(set);
  }
  const size = pickedCount();
  for (let place = count; place < size; place++) {
    store<u32>(at(picked, place), 0);
    store<f32>(at(unit, place), 0);
  }
  return n;
}

/** With the padding. */
export function pickedCount(): i32 {
  return (count + 7) & ~7;
}

/** Computes what the picked samples' changes are computed from and do to the logits. Gives their largest range. */
export function changePicked(): f32 {
  const bytes = <usize>pickedCount() << 2;
  for (let n: usize = 0; n < bytes; n += 16) v128.store(pickedLabels + n, gather(labels, n));
  for (let place = count; place < pickedCount(); place++) store<i32>(at(pickedLabels, place), -1);
  for (let row = 0; row < rows; row++) {
    const from = at(shares, (load<i32>(rowAddress(row), 8) - firstClass()) * stride);
    const into = <usize>load<u32>(rowAddress(row), 12);
    for (let n: usize = 0; n < bytes; n += 16) v128.store(into + n, gather(from, n));
    for (let place = count; place < pickedCount(); place++) store<f32>(at(into, place), 0);
  }
  if (layer == depth - 3) return changeBehind(bytes);
  let largest = f32x4.splat(0);
  for (let n: usize = 0; n < bytes; n += 16) largest = f32x4.pmax(largest, f32x4.abs(v128.load(unit + n)));
  return laneMax(largest) * spread;
}

function changeBehind(bytes: usize): f32 {
  const next = layer + 1;
  const grid = f32x4.splat(unitOf(next));
  for (let i = 0; i < active; i++) {
    const sums = sumsOf(next, activeUnit(i), 0);
    const by = f32x4.splat(activeWeight(i));
    const into = first + <usize>i * ROW;
    for (let n: usize = 0; n < bytes; n += 16) {
      const sum = offGrid(gather(sums, n), grid);
      const moved = f32x4.add(sum, f32x4.mul(v128.load(unit + n), by));
      v128.store(into + n, f32x4.sub(relu(moved), relu(sum)));
    }
  }
  return changeLogits(first, bytes);
}

/** Logits and losses of the picked samples: needed where the shares are too small. */
export function gatherLogits(): void {
  if (hasLogits) return;
  hasLogits = true;
  const bytes = <usize>pickedCount() << 2;
  for (let k = 0; k < classes; k++) gatherRow(sumsOf(depth - 1, k, 0), pickedLogits + <usize>k * ROW, bytes);
  gatherRow(losses, pickedLosses, bytes);
}

function gatherRow(row: usize, into: usize, bytes: usize): void {
  for (let n: usize = 0; n < bytes; n += 16) v128.store(into + n, gather(row, n));
}

function scatterRow(from: usize, row: usize, bytes: usize): void {
  for (let n: usize = 0; n < bytes; n += 16) scatter(row, n, v128.load(from + n));
}

/** Flips a weight: `signed` is added to it. The same as `flipAll` makes of it. */
export function flipPicked(inLayer: i32, fromInput: i32, toOutput: i32, signed: f32): void {
  count = 0;
  const sums = sumsOf(inLayer, toOutput, 0);
  const grid = f32x4.splat(unitOf(inLayer));
  const scaled = f32x4.splat(signed * scaleOf(inLayer));
  const values = inLayer == 0 ? featuresOf(fromInput, 0) : sumsOf(inLayer - 1, fromInput, 0);
  const gridBefore = f32x4.splat(inLayer == 0 ? 1 : unitOf(inLayer - 1));
  for (let n = 0; n < stride; n += 4) {
    let value = v128.load(at(values, n));
    if (!v128.any_true(value)) continue;
    if (inLayer > 0) value = relu(offGrid(value, gridBefore));
    const added = onGrid(value, scaled);
    if (!v128.any_true(added)) continue;
    const sum = v128.load(at(sums, n));
    const moved = i32x4.add(sum, added);
    v128.store(at(sums, n), moved);
    const before = relu(offGrid(sum, grid));
    const after = relu(offGrid(moved, grid));
    const set = i32x4.bitmask(f32x4.ne(before, after));
    if (!set) continue;
    pick(set, n);
    v128.store(at(unit, count), v128.swizzle(before, toFront(set)));
    v128.store(at(unit, BLOCK + count), v128.swizzle(after, toFront(set)));
    count += popcnt(set);
    if (count > BLOCK - 4) carryOn(inLayer, toOutput);
  }
  carryOn(inLayer, toOutput);
  addLosses();
}

/** From the old and new activations of the picked samples to their losses and shares. */
function carryOn(fromLayer: i32, output: i32): void {
  if (count == 0) return;
  // A last four that is not full repeats its last sample: whatever is scattered comes to the same.
  for (; count & 3; count++) {
    store<u32>(at(picked, count), load<u32>(at(picked, count - 1)));
    store<f32>(at(unit, count), load<f32>(at(unit, count - 1)));
    store<f32>(at(unit, BLOCK + count), load<f32>(at(unit, BLOCK + count - 1)));
  }
  const bytes = <usize>count << 2;
  for (let k = 0; k < classes; k++) gatherRow(sumsOf(depth - 1, k, 0), pickedLogits + <usize>k * ROW, bytes);
  if (fromLayer == depth - 2) replaceInLogits(output, unit, bytes);
  else replaceInUnits(fromLayer + 1, output, bytes);
  for (let k = 0; k < classes; k++) scatterRow(pickedLogits + <usize>k * ROW, sumsOf(depth - 1, k, 0), bytes);
  gatherRow(labels, pickedLabels, bytes);
  for (let n: usize = 0; n < bytes; n += 16) {
    scatter(losses, n, readFour(pickedLabels + n, pickedLogits + n, ROW, pickedShares + n, ROW));
  }
  const from = firstClass();
  for (let k = from; k < classes; k++) {
    scatterRow(pickedShares + <usize>(k - from) * ROW, at(shares, (k - from) * stride), bytes);
  }
  count = 0;
}

/** Of the last hidden layer's sums, and on to the logits. */
function replaceInUnits(next: i32, input: i32, bytes: usize): void {
  const grid = f32x4.splat(unitOf(next));
  for (let k = 0; k < outputsOf(next); k++) {
    const weight = load<f32>(weightAt(next, k, input));
    if (weight == 0) continue;
    const scaled = f32x4.splat(weight * scaleOf(next));
    const sums = sumsOf(next, k, 0);
    let changed = i32x4.splat(0);
    for (let n: usize = 0; n < bytes; n += 16) {
      const sum = gather(sums, n);
      const moved = i32x4.add(sum, replaced(unit, n, scaled));
      scatter(sums, n, moved);
      const before = relu(offGrid(sum, grid));
      const after = relu(offGrid(moved, grid));
      v128.store(first + n, before);
      v128.store(first + ROW + n, after);
      changed = v128.or(changed, f32x4.ne(before, after));
    }
    if (v128.any_true(changed)) replaceInLogits(k, first, bytes);
  }
}

function replaceInLogits(input: i32, activations: usize, bytes: usize): void {
  const last = depth - 1;
  for (let k = 0; k < classes; k++) {
    const weight = load<f32>(weightAt(last, k, input));
    if (weight == 0) continue;
    const scaled = f32x4.splat(weight * scaleOf(last));
    const into = pickedLogits + <usize>k * ROW;
    for (let n: usize = 0; n < bytes; n += 16) {
      v128.store(into + n, i32x4.add(v128.load(into + n), replaced(activations, n, scaled)));
    }
  }
}

/** What the new activations, a row behind the old ones, add to a sum. */
// @ts-ignore: decorator
@inline
function replaced(activations: usize, n: usize, scaled: v128): v128 {
  return i32x4.sub(
    onGrid(v128.load(activations + ROW + n), scaled),
    onGrid(v128.load(activations + n), scaled),
  );
}
