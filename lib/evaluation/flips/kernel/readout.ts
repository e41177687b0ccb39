/** What follows from the logits as they stand: softmax, losses, predictions. */
import { at, exp2, LN2, laneSum, log2, LOG2E, offGrid } from './numbers';
import {
  BLOCK,
  blocks,
  classes,
  depth,
  firstClass,
  labels,
  leads,
  lossBefore,
  losses,
  predicted,
  shares,
  sizeOf,
  stride,
  sumsOf,
  unitOf,
  wantsLoss,
  wantsPredictions,
  wrongBefore,
} from './network';

/** From this loss on a sample's shares are too small for float32. */
const HARD: f32 = 40;

/** Reads a block anew; `addUp` must follow. */
export function readBlock(block: i32): void {
  const start = block * BLOCK;
  const size = sizeOf(block);
  if (wantsLoss) store<f64>(ownOf(lossBefore, block), readLosses(start, size));
  if (wantsPredictions) store<f64>(ownOf(wrongBefore, block), <f64>readPredictions(start, size));
}

/** Adds the blocks up, in their order. */
export function addUp(): void {
  if (wantsLoss) addUpTable(lossBefore);
  if (wantsPredictions) addUpTable(wrongBefore);
}

/** The sum over the blocks before `block`. */
export function before(table: usize, block: i32): f64 {
  return load<f64>(table + (<usize>block << 3));
}

/** The place of a block's own sum: those stand behind the sums over blocks. */
function ownOf(table: usize, block: i32): usize {
  return table + (<usize>(blocks + 1 + block) << 3);
}

function addUpTable(table: usize): void {
  let sum: f64 = 0;
  store<f64>(table, sum);
  for (let block = 0; block < blocks; block++) {
    sum += load<f64>(ownOf(table, block));
    store<f64>(table + (<usize>(block + 1) << 3), sum);
  }
}

function readLosses(start: i32, size: i32): f64 {
  const step = <usize>stride << 2;
  let total: f64 = 0;
  for (let n = start; n < start + size; n += 4) {
    const loss = readFour(at(labels, n), sumsOf(depth - 1, 0, n), step, at(shares, n), step);
    v128.store(at(losses, n), loss);
    total += laneSum(loss);
  }
  return total;
}

/** The losses of four samples; puts their shares at `into`. `step` and `stepInto`: bytes from class to class. */
export function readFour(labelsAt: usize, logits: usize, step: usize, into: usize, stepInto: usize): v128 {
  const grid = f32x4.splat(unitOf(depth - 1));
  const from = firstClass();
  const label = v128.load(labelsAt);
  let largest = offGrid(v128.load(logits), grid);
  for (let k = 1; k < classes; k++) {
    largest = f32x4.pmax(largest, offGrid(v128.load(logits + <usize>k * step), grid));
  }
  let sum = f32x4.splat(0);
  let own = f32x4.splat(0);
  for (let k = 0; k < classes; k++) {
    const logit = offGrid(v128.load(logits + <usize>k * step), grid);
    own = v128.or(own, v128.and(logit, i32x4.eq(label, i32x4.splat(k))));
    const power = f32x4.mul(f32x4.sub(logit, largest), f32x4.splat(LOG2E));
    const share = exp2(f32x4.pmax(power, f32x4.splat(-126)));
    sum = f32x4.add(sum, share);
    if (k >= from) v128.store(into + <usize>(k - from) * stepInto, share);
  }
  const padding = i32x4.lt_s(label, i32x4.splat(0));
  const loss = v128.andnot(
    f32x4.add(f32x4.sub(largest, own), f32x4.mul(log2(sum), f32x4.splat(<f32>LN2))),
    padding,
  );
  const hard = v128.andnot(f32x4.gt(loss, f32x4.splat(HARD)), padding);
  const inverse = f32x4.div(f32x4.splat(1), sum);
  for (let k = from; k < classes; k++) {
    const place = into + <usize>(k - from) * stepInto;
    v128.store(place, v128.or(v128.andnot(f32x4.mul(v128.load(place), inverse), padding), hard));
  }
  return loss;
}

/** Adds the losses of each block up anew, as `readBlock` does; `addUp` must follow. */
export function addLosses(): void {
  for (let block = 0; block < blocks; block++) {
    let total: f64 = 0;
    const start = block * BLOCK;
    for (let n = start; n < start + sizeOf(block); n += 4) total += laneSum(v128.load(at(losses, n)));
    store<f64>(ownOf(lossBefore, block), total);
  }
}

function readPredictions(start: i32, size: i32): i32 {
  const logits = sumsOf(depth - 1, 0, start);
  const step = <usize>stride << 2;
  const grid = f32x4.splat(unitOf(depth - 1));
  let wrong = i32x4.splat(0);
  for (let n = 0; n < size; n += 4) {
    const offset = <usize>n << 2;
    const label = v128.load(at(labels, start + n));
    let largest = offGrid(v128.load(logits + offset), grid);
    let next = f32x4.splat(-Infinity);
    let best = i32x4.splat(0);
    for (let k = 1; k < classes; k++) {
      const logit = offGrid(v128.load(logits + <usize>k * step + offset), grid);
      const larger = f32x4.gt(logit, largest);
      next = v128.bitselect(largest, f32x4.pmax(next, logit), larger);
      largest = v128.bitselect(logit, largest, larger);
      best = v128.bitselect(i32x4.splat(k), best, larger);
    }
    const padding = i32x4.lt_s(label, i32x4.splat(0));
    v128.store(at(predicted, start + n), best);
    v128.store(at(leads, start + n), v128.bitselect(f32x4.splat(Infinity), f32x4.sub(largest, next), padding));
    // A comparison that holds is −1.
    wrong = i32x4.sub(wrong, v128.andnot(i32x4.ne(best, label), padding));
  }
  return (
    i32x4.extract_lane(wrong, 0) +
    i32x4.extract_lane(wrong, 1) +
    i32x4.extract_lane(wrong, 2) +
    i32x4.extract_lane(wrong, 3)
  );
}
