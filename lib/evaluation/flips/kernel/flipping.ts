/** Changes the sums: all of them from the masked weights, or those that a flip changes. */
import { at, offGrid, onGrid, relu } from './numbers';
import {
  BLOCK,
  biasOf,
  blocks,
  depth,
  featuresOf,
  first,
  inputsOf,
  outputsOf,
  scaleOf,
  second,
  sizeOf,
  sumsOf,
  unit,
  unitOf,
  weightAt,
} from './network';
import { addUp, readBlock } from './readout';

const ROW: usize = BLOCK << 2;

/** Computes everything from the masked weights. */
export function rebuild(): void {
  for (let block = 0; block < blocks; block++) {
    const start = block * BLOCK;
    const bytes = <usize>sizeOf(block) << 2;
    for (let layer = 0; layer < depth; layer++) {
      if (layer > 0) activations(layer - 1, start, bytes);
      for (let k = 0; k < outputsOf(layer); k++) rebuildUnit(layer, k, start, bytes);
    }
    readBlock(block);
  }
  addUp();
}

/** The activations of a layer's units, to `first`. */
function activations(layer: i32, start: i32, bytes: usize): void {
  const grid = f32x4.splat(unitOf(layer));
  for (let k = 0; k < outputsOf(layer); k++) {
    const sums = sumsOf(layer, k, start);
    const into = first + <usize>k * ROW;
    for (let n: usize = 0; n < bytes; n += 16) v128.store(into + n, relu(offGrid(v128.load(sums + n), grid)));
  }
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

/** Flips the weight from `input` to `output`: `signed` is what is added, `masked` what it is afterwards. */
export function flip(layer: i32, input: i32, output: i32, signed: f32, masked: f32): void {
  for (let block = 0; block < blocks; block++) {
    const start = block * BLOCK;
    const bytes = <usize>sizeOf(block) << 2;
    if (flipUnit(layer, input, output, signed, start, bytes)) {
      if (layer < depth - 1) passOn(layer, output, start, bytes);
      readBlock(block);
    }
  }
  store<f32>(weightAt(layer, output, input), masked);
  addUp();
}

/** Changes the unit's own sum. Its old activations stand at `unit` afterwards. False where they are the new ones. */
function flipUnit(layer: i32, input: i32, output: i32, signed: f32, start: i32, bytes: usize): bool {
  const sums = sumsOf(layer, output, start);
  const scaled = f32x4.splat(signed * scaleOf(layer));
  const grid = f32x4.splat(unitOf(layer));
  const gridBefore = layer > 0 ? f32x4.splat(unitOf(layer - 1)) : grid;
  const from = layer > 0 ? sumsOf(layer - 1, input, start) : featuresOf(input, start);
  let changed = i32x4.splat(0);
  for (let n: usize = 0; n < bytes; n += 16) {
    const value = v128.load(from + n);
    const activation = layer > 0 ? relu(offGrid(value, gridBefore)) : value;
    const old = v128.load(sums + n);
    const sum = i32x4.add(old, onGrid(activation, scaled));
    v128.store(sums + n, sum);
    if (layer < depth - 1) {
      const before = relu(offGrid(old, grid));
      v128.store(unit + n, before);
      changed = v128.or(changed, f32x4.ne(before, relu(offGrid(sum, grid))));
    } else changed = v128.or(changed, i32x4.ne(old, sum));
  }
  return v128.any_true(changed);
}

/** Carries the change of a unit, whose old activations stand at `unit`, on to the logits. */
function passOn(layer: i32, output: i32, start: i32, bytes: usize): void {
  let before = first;
  let next = layer + 1;
  for (let k = 0; k < outputsOf(next); k++) {
    if (next < depth - 1) keepOld(next, k, before, start, bytes);
    replace(next, k, layer, output, unit, start, bytes);
  }
  while (++next < depth) {
    const keep = before == first ? second : first;
    for (let k = 0; k < outputsOf(next); k++) {
      if (next < depth - 1) keepOld(next, k, keep, start, bytes);
      for (let i = 0; i < inputsOf(next); i++) {
        replace(next, k, next - 1, i, before + <usize>i * ROW, start, bytes);
      }
    }
    before = keep;
  }
}

function keepOld(layer: i32, k: i32, into: usize, start: i32, bytes: usize): void {
  const grid = f32x4.splat(unitOf(layer));
  const sums = sumsOf(layer, k, start);
  for (let n: usize = 0; n < bytes; n += 16) {
    v128.store(into + <usize>k * ROW + n, relu(offGrid(v128.load(sums + n), grid)));
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
