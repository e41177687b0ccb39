/** Changes the sums: all of them from the masked weights, or those that a flip changes. */
import { at, offGrid, onGrid, relu } from './numbers';
import {
  BLOCK,
  biasOf,
  blocks,
  depth,
  featuresOf,
  first,
  flips,
  inputsOf,
  isGathered,
  outputsOf,
  scaleOf,
  second,
  sizeOf,
  sumsOf,
  unit,
  unitOf,
  weightAt,
} from './network';
import { replaceFeatures } from './features';
import { flipPicked } from './gathering';
import { addUp, readBlock } from './readout';
import { stages } from './stage-table';
import { flipStages, keepMoved, keepWeight, rebuildStages } from './stages';

const ROW: usize = BLOCK << 2;

/** Computes everything from the masked weights. */
export function rebuild(): void {
  for (let block = 0; block < blocks; block++) {
    const start = block * BLOCK;
    const bytes = <usize>sizeOf(block) << 2;
    rebuildStages(block);
    for (let layer = 0; layer < depth; layer++) rebuildLayer(layer, start, bytes);
    readBlock(block);
  }
  addUp();
}

function rebuildLayer(layer: i32, start: i32, bytes: usize): void {
  for (let k = 0; layer > 0 && k < inputsOf(layer); k++) {
    activationsOf(layer - 1, k, first + <usize>k * ROW, start, bytes);
  }
  for (let k = 0; k < outputsOf(layer); k++) rebuildUnit(layer, k, start, bytes);
}

function rebuildUnit(layer: i32, k: i32, start: i32, bytes: usize): void {
  const sums = sumsOf(layer, k, start);
  const scale = scaleOf(layer);
  const bias = i32x4.splat(<i32>nearest<f32>(biasOf(layer, k) * scale));
  for (let n: usize = 0; n < bytes; n += 16) v128.store(sums + n, bias);
  const inputs = inputsOf(layer);
  const weights = weightAt(layer, k, 0);
  for (let i = 0; i < inputs; i++) {
    const weight = load<f32>(at(weights, i));
    if (weight == 0) continue;
    const scaled = f32x4.splat(weight * scale);
    const from = layer == 0 ? featuresOf(i, start) : first + <usize>i * ROW;
    for (let n: usize = 0; n < bytes; n += 16) {
      v128.store(sums + n, i32x4.add(v128.load(sums + n), onGrid(v128.load(from + n), scaled)));
    }
  }
}

/** An entry of `flips`: layer, input, output, what is added (f32), what the masked weight is afterwards (f32). */
const ENTRY: usize = 20;

// @ts-ignore: decorator
@inline
function entryAt(index: i32): usize {
  return flips + <usize>index * ENTRY;
}

/**
 * Flips the weights that are listed at `flips`, in the order of their layers and, within, of the units that they lead to.
 * Until all blocks are done, the weights after a unit are the old ones, and flips of these add what the new ones change.
 */
export function flipAll(count: i32): void {
  const begin = flipInStages(count);
  const layer = load<i32>(entryAt(0));
  if (count == 1 && isGathered(layer)) {
    flipPicked(layer, load<i32>(entryAt(0), 4), load<i32>(entryAt(0), 8), load<f32>(entryAt(0), 12));
  } else flipInBlocks(begin, count);
  for (let index = begin; index < count; index++) {
    const entry = entryAt(index);
    store<f32>(weightAt(load<i32>(entry), load<i32>(entry, 8), load<i32>(entry, 4)), load<f32>(entry, 16));
  }
  addUp();
}

/** Flips those of the stages, channel by channel. Gives the index of the first one of a dense layer. */
function flipInStages(count: i32): i32 {
  let begin = 0;
  while (begin < count && load<i32>(entryAt(begin)) < 0) {
    const stage = load<i32>(entryAt(begin)) + stages;
    const channel = load<i32>(entryAt(begin), 8);
    let end = begin;
    while (end < count && load<i32>(entryAt(end)) + stages == stage && load<i32>(entryAt(end), 8) == channel) end++;
    for (let block = 0; block < blocks; block++) {
      if (!flipStages(stage, channel, entryAt(begin), end - begin, block)) continue;
      const start = block * BLOCK;
      const bytes = <usize>sizeOf(block) << 2;
      for (let k = 0; k < outputsOf(0); k++) replaceFeatures(k, block, bytes);
      keepMoved(stages - 1, block, bytes);
      for (let layer = 1; layer < depth; layer++) rebuildLayer(layer, start, bytes);
      readBlock(block);
    }
    for (; begin < end; begin++) {
      const entry = entryAt(begin);
      keepWeight(stage, load<i32>(entry, 4), channel, load<f32>(entry, 16));
    }
  }
  return begin;
}

function flipInBlocks(begin: i32, count: i32): void {
  if (begin == count) return;
  for (let block = 0; block < blocks; block++) {
    const start = block * BLOCK;
    const bytes = <usize>sizeOf(block) << 2;
    let changed = false;
    for (let index = begin; index < count; ) {
      const layer = load<i32>(entryAt(index));
      const output = load<i32>(entryAt(index), 8);
      const hidden = layer < depth - 1;
      if (hidden) activationsOf(layer, output, unit, start, bytes);
      let moved = false;
      while (index < count && load<i32>(entryAt(index)) == layer && load<i32>(entryAt(index), 8) == output) {
        if (flipInput(layer, load<i32>(entryAt(index), 4), output, load<f32>(entryAt(index), 12), start, bytes)) moved = true;
        index++;
      }
      if (!moved || (hidden && !isActivationNew(layer, output, start, bytes))) continue;
      if (hidden) passOn(layer, output, start, bytes);
      changed = true;
    }
    if (changed) readBlock(block);
  }
}

/** Adds to a unit's sum. False where nothing is added to any sample. */
function flipInput(layer: i32, input: i32, output: i32, signed: f32, start: i32, bytes: usize): bool {
  const sums = sumsOf(layer, output, start);
  const scaled = f32x4.splat(signed * scaleOf(layer));
  const gridBefore = f32x4.splat(layer > 0 ? unitOf(layer - 1) : 1);
  const from = layer > 0 ? sumsOf(layer - 1, input, start) : featuresOf(input, start);
  let moved = i32x4.splat(0);
  for (let n: usize = 0; n < bytes; n += 16) {
    const value = v128.load(from + n);
    const added = onGrid(layer > 0 ? relu(offGrid(value, gridBefore)) : value, scaled);
    v128.store(sums + n, i32x4.add(v128.load(sums + n), added));
    moved = v128.or(moved, added);
  }
  return v128.any_true(moved);
}

/** Whether a unit's activations differ from those at `unit`. */
function isActivationNew(layer: i32, output: i32, start: i32, bytes: usize): bool {
  const sums = sumsOf(layer, output, start);
  const grid = f32x4.splat(unitOf(layer));
  let changed = i32x4.splat(0);
  for (let n: usize = 0; n < bytes; n += 16) {
    changed = v128.or(changed, f32x4.ne(v128.load(unit + n), relu(offGrid(v128.load(sums + n), grid))));
  }
  return v128.any_true(changed);
}

/** Carries the change of a unit, whose old activations stand at `unit`, on to the logits. */
function passOn(layer: i32, output: i32, start: i32, bytes: usize): void {
  let before = first;
  let next = layer + 1;
  for (let k = 0; k < outputsOf(next); k++) {
    if (next < depth - 1) activationsOf(next, k, before + <usize>k * ROW, start, bytes);
    replace(next, k, layer, output, unit, start, bytes);
  }
  while (++next < depth) {
    const keep = before == first ? second : first;
    for (let k = 0; k < outputsOf(next); k++) {
      if (next < depth - 1) activationsOf(next, k, keep + <usize>k * ROW, start, bytes);
      for (let i = 0; i < inputsOf(next); i++) {
        replace(next, k, next - 1, i, before + <usize>i * ROW, start, bytes);
      }
    }
    before = keep;
  }
}

/** The activations of a unit as its sums stand. */
function activationsOf(layer: i32, k: i32, into: usize, start: i32, bytes: usize): void {
  const grid = f32x4.splat(unitOf(layer));
  const sums = sumsOf(layer, k, start);
  for (let n: usize = 0; n < bytes; n += 16) {
    v128.store(into + n, relu(offGrid(v128.load(sums + n), grid)));
  }
}

/** Puts the new activations of a unit into a sum in the place of the old ones at `old`. */
function replace(layer: i32, k: i32, layerBefore: i32, i: i32, old: usize, start: i32, bytes: usize): void {
  const weight = load<f32>(weightAt(layer, k, i));
  if (weight == 0) return;
  const scaled = f32x4.splat(weight * scaleOf(layer));
  const sums = sumsOf(layer, k, start);
  const from = sumsOf(layerBefore, i, start);
  const grid = f32x4.splat(unitOf(layerBefore));
  for (let n: usize = 0; n < bytes; n += 16) {
    const after = relu(offGrid(v128.load(from + n), grid));
    const before = v128.load(old + n);
    if (!v128.any_true(f32x4.ne(after, before))) continue;
    const change = i32x4.sub(onGrid(after, scaled), onGrid(before, scaled));
    v128.store(sums + n, i32x4.add(v128.load(sums + n), change));
  }
}
