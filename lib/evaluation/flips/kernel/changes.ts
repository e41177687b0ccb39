/**
 * By how much a flip changes the logits, computed block by block from the sums as they stand. A flip's layer is the one that
 * its weight belongs to, below 0 one of the stages before the dense layers; its unit is where the weight leads to.
 */
import { at, laneMax, LOG2E, offGrid, relu } from './numbers';
import {
  BLOCK,
  byClass,
  changes,
  classes,
  depth,
  featuresOf,
  first,
  firstClass,
  isGathered,
  lists,
  outputsOf,
  pickedShares,
  rowTable,
  second,
  shares,
  stride,
  sumsOf,
  unit,
  unitOf,
  weightAt,
} from './network';
import { addMoved, takeOld } from './features';
import { active, addListed, listLayers, listWeights } from './listing';
import { stages } from './stage-table';
import { changeStages } from './stages';

export const ROW: usize = BLOCK << 2;

export let layer: i32 = 0;
export let input: i32 = 0;
export let output: i32 = 0;
/** The weight, its sign turned if the flip drops it. */
export let weight: f32 = 0;

/**
 * The logits that change: 16 bytes for each, the address of the changes, a factor for them (times log2 e), the class, and
 * the address of its shares, of all samples or of those that are gathered.
 */
export let rows: i32 = 0;
/** The range of a sample's changes, the zero of an unchanged logit included: values at `reach` times `spread`. */
export let reach: usize = 0;
export let spread: f32 = 0;
// @ts-ignore: decorator
@inline
export function rowAddress(row: i32): usize {
  return rowTable + (<usize>row << 4);
}

/** The change of the logit of class `k` of a sample of the block. */
// @ts-ignore: decorator
@inline
export function changeOf(k: i32, n: i32): v128 {
  const entry = byClass + (<usize>k << 3);
  return f32x4.mul(v128.load(at(load<u32>(entry), n)), v128.load32_splat(entry, 4));
}

// @ts-ignore: decorator
@inline
export function changeOfOne(k: i32, n: i32): f32 {
  const entry = byClass + (<usize>k << 3);
  return load<f32>(at(load<u32>(entry), n)) * load<f32>(entry, 4);
}

function addRow(k: i32, address: usize, factor: f32): void {
  const entry = byClass + (<usize>k << 3);
  store<u32>(entry, <u32>address);
  store<f32>(entry, factor, 4);
  if (factor == 0) return;
  const row = rowAddress(rows++);
  store<u32>(row, <u32>address);
  store<f32>(row, factor * LOG2E, 4);
  store<i32>(row, k, 8);
  const share = k - firstClass();
  store<u32>(row, <u32>(isGathered(layer) ? pickedShares + <usize>share * ROW : at(shares, share * stride)), 12);
}

/** Sets the flip that `changeBlock` computes. False if it changes nothing, whatever the sample. */
export function begin(toLayer: i32, fromInput: i32, toOutput: i32, signed: f32): bool {
  layer = toLayer;
  input = fromInput;
  output = toOutput;
  weight = signed;
  rows = 0;
  reach = unit;
  for (let k = 0; k < classes; k++) addRow(k, unit, 0);
  if (layer == depth - 1) {
    if (classes == 2) addRow(1, unit, output == 1 ? 1 : -1);
    else addRow(output, unit, 1);
    spread = 1;
    return true;
  }
  if (layer >= 0 && layer == depth - 2) {
    let most: f32 = 0;
    let least: f32 = 0;
    for (let k = firstClass(); k < classes; k++) {
      let factor = load<f32>(weightAt(depth - 1, k, output));
      if (classes == 2) factor -= load<f32>(weightAt(depth - 1, 0, output));
      addRow(k, unit, factor);
      most = max(most, factor);
      least = min(least, factor);
    }
    spread = most - least;
    return rows > 0;
  }
  reach = at(unit, BLOCK);
  spread = 1;
  for (let k = firstClass(); k < classes; k++) addRow(k, changes + <usize>k * ROW, 1);
  return layer < 0 ? listLayers() : listWeights(layer, output);
}

/** Computes the changes of a block. Gives their largest range; 0 if nothing changes. */
export function changeBlock(start: i32, size: i32): f32 {
  if (layer < 0) {
    if (changeStages(layer + stages, input, output, weight, start / BLOCK)) return changeFeatures(start, size);
  } else {
    const largest = changeUnit(start, size);
    if (layer >= depth - 2) return largest * spread;
    if (largest > 0) return changeBehind(start, size);
  }
  memory.fill(reach, 0, ROW);
  memory.fill(changes, 0, <usize>classes * ROW);
  return 0;
}

/** The change of the flipped unit's activation (or logit). */
function changeUnit(start: i32, size: i32): f32 {
  const by = f32x4.splat(weight);
  let largest = f32x4.splat(0);
  const last = layer == depth - 1;
  const sums = sumsOf(layer, output, start);
  const grid = f32x4.splat(unitOf(layer));
  if (layer == 0) {
    const x = featuresOf(input, start);
    for (let n: usize = 0; n < <usize>size << 2; n += 16) {
      let change = f32x4.mul(v128.load(x + n), by);
      if (!last) {
        const sum = offGrid(v128.load(sums + n), grid);
        change = f32x4.sub(relu(f32x4.add(sum, change)), relu(sum));
      }
      v128.store(unit + n, change);
      largest = f32x4.pmax(largest, f32x4.abs(change));
    }
  } else {
    const x = sumsOf(layer - 1, input, start);
    const gridBefore = f32x4.splat(unitOf(layer - 1));
    for (let n: usize = 0; n < <usize>size << 2; n += 16) {
      let change = f32x4.mul(relu(offGrid(v128.load(x + n), gridBefore)), by);
      if (!last) {
        const sum = offGrid(v128.load(sums + n), grid);
        change = f32x4.sub(relu(f32x4.add(sum, change)), relu(sum));
      }
      v128.store(unit + n, change);
      largest = f32x4.pmax(largest, f32x4.abs(change));
    }
  }
  return laneMax(largest);
}

/** From the change of a unit to those of the logits, over one hidden layer or more. */
function changeBehind(start: i32, size: i32): f32 {
  const bytes = <usize>size << 2;
  const next = layer + 1;
  let from = first;
  const grid = f32x4.splat(unitOf(next));
  for (let i = 0; i < active; i++) {
    const entry = lists + (<usize>i << 3);
    const sums = sumsOf(next, load<i32>(entry), start);
    const by = v128.load32_splat(entry, 4);
    const into = from + <usize>i * ROW;
    for (let n: usize = 0; n < bytes; n += 16) {
      const sum = offGrid(v128.load(sums + n), grid);
      const moved = f32x4.add(sum, f32x4.mul(v128.load(unit + n), by));
      v128.store(into + n, f32x4.sub(relu(moved), relu(sum)));
    }
  }
  return changeLater(layer + 2, from, start, bytes);
}

/** From the changes of a layer's activations to those of the logits, layer `index` first. */
function changeLater(index: i32, changed: usize, start: i32, bytes: usize): f32 {
  let from = changed;
  for (; index < depth - 1; index++) {
    const into = from == first ? second : first;
    for (let k = 0; k < outputsOf(index); k++) addListed(index, k, from, into + <usize>k * ROW, bytes);
    activate(index, into, start, bytes);
    from = into;
  }
  return changeLogits(from, bytes);
}

/** From the features that the stages change to the logits. */
function changeFeatures(start: i32, size: i32): f32 {
  const bytes = <usize>size << 2;
  takeOld(start / BLOCK, bytes);
  if (depth == 1) {
    for (let k = firstClass(); k < classes; k++) addMoved(k, changes + <usize>k * ROW, bytes);
    return rangeOfLogits(bytes);
  }
  for (let k = 0; k < outputsOf(0); k++) addMoved(k, first + <usize>k * ROW, bytes);
  activate(0, first, start, bytes);
  return changeLater(1, first, start, bytes);
}

/** The changes of the logits from those of the last hidden layer that lie at `from`. Gives their largest range. */
export function changeLogits(from: usize, bytes: usize): f32 {
  for (let k = firstClass(); k < classes; k++) addListed(depth - 1, k, from, changes + <usize>k * ROW, bytes);
  return rangeOfLogits(bytes);
}

/** Each sample's range of the logits' changes, at `reach`, and the largest of them. */
function rangeOfLogits(bytes: usize): f32 {
  for (let n: usize = 0; n < bytes; n += 16) {
    v128.store(at(unit, BLOCK) + n, f32x4.splat(0));
    v128.store(at(unit, 2 * BLOCK) + n, f32x4.splat(0));
  }
  for (let k = firstClass(); k < classes; k++) {
    const into = changes + <usize>k * ROW;
    for (let n: usize = 0; n < bytes; n += 16) {
      const change = v128.load(into + n);
      v128.store(at(unit, BLOCK) + n, f32x4.pmax(v128.load(at(unit, BLOCK) + n), change));
      v128.store(at(unit, 2 * BLOCK) + n, f32x4.pmin(v128.load(at(unit, 2 * BLOCK) + n), change));
    }
  }
  let largest = f32x4.splat(0);
  for (let n: usize = 0; n < bytes; n += 16) {
    const range = f32x4.sub(v128.load(at(unit, BLOCK) + n), v128.load(at(unit, 2 * BLOCK) + n));
    v128.store(at(unit, BLOCK) + n, range);
    largest = f32x4.pmax(largest, range);
  }
  return laneMax(largest);
}

/** Turns changes of sums into changes of activations, in place. */
function activate(index: i32, at0: usize, start: i32, bytes: usize): void {
  const grid = f32x4.splat(unitOf(index));
  for (let k = 0; k < outputsOf(index); k++) {
    const sums = sumsOf(index, k, start);
    const place = at0 + <usize>k * ROW;
    for (let n: usize = 0; n < bytes; n += 16) {
      const sum = offGrid(v128.load(sums + n), grid);
      v128.store(place + n, f32x4.sub(relu(f32x4.add(sum, v128.load(place + n))), relu(sum)));
    }
  }
}
