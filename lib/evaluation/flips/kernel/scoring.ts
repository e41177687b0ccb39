/** How a flip changes the cost: its losses, from the changes of the logits, and its predictions. */
import {
  begin,
  changeBlock,
  changeOf,
  reach,
  ROW,
  rowAddress,
  rows,
  spread,
} from './changes';
import { changePicked, gatherLogits, pickedCount, pickNext } from './gathering';
import { at, exp2, LN2, laneSum, log2Of, LOG2E, offGrid } from './numbers';
import {
  BLOCK,
  classes,
  depth,
  isGathered,
  labels,
  lossBefore,
  losses,
  pickedLabels,
  pickedLogits,
  pickedLosses,
  sizeOf,
  stride,
  sumsOf,
  unitOf,
  wantsLoss,
  wantsPredictions,
  wrongBefore,
} from './network';
import { beginPredictions, changePredictions, wrongChange } from './predictions';
import { before } from './readout';

/** Changes of logits by more than this are computed from the logits, not from the shares. */
const FAR: f32 = 40;
/** So is a sum of shares below it: too little of it is left in float32. */
const LEAST: f32 = 0.0009765625;

/** What the last flip changes. */
let lossChange: f64 = 0;

/** Logarithms of sums of shares: their mantissas' product, their exponents' sum; and a sum in units of log2. */
let product: v128 = f32x4.splat(1);
let exponents: v128 = i32x4.splat(0);
let linear: v128 = f32x4.splat(0);
let logarithms: i32 = 0;

/** Where labels, losses and logits are read: those of all samples, or of those that are gathered. */
let labelsAt: usize = 0;
let lossesAt: usize = 0;
let logitsAt: usize = 0;
let logitStep: usize = 0;

/**
 * The change of the cost, `perLoss` · losses + `perWrong` · wrong predictions, that a flip makes over the first `end` blocks.
 * Once it is certain to exceed `limit`, a lower bound above `limit`. Predictions that two logits closer than `doubt` decide
 * are left out and listed.
 */
export function consider(
  layer: i32,
  input: i32,
  output: i32,
  signed: f32,
  end: i32,
  perLoss: f64,
  perWrong: f64,
  limit: f64,
  doubt: f32,
): f64 {
  lossChange = 0;
  beginPredictions();
  if (!begin(layer, input, output, signed)) return doubt < 0 ? 0 : unchanged(end, doubt);
  const bounded = limit < Infinity;
  if (isGathered(layer)) return considerPicked(end, perLoss, limit);
  labelsAt = labels;
  lossesAt = losses;
  logitsAt = sumsOf(depth - 1, 0, 0);
  logitStep = <usize>stride << 2;
  let cost: f64 = 0;
  for (let block = 0; block < end; block++) {
    const start = block * BLOCK;
    const size = sizeOf(block);
    const range = changeBlock(start, size);
    if (range > 0) {
      // A change that is not a number has no range either; it is no change that a search should make.
      if (wantsLoss) lossChange += changeLosses(start, size, range);
      if (wantsPredictions) changePredictions(start, size, doubt);
      cost = perLoss * lossChange + perWrong * <f64>wrongChange;
    } else if (doubt >= 0) changePredictions(start, size, doubt);
    if (!bounded) continue;
    // At best the rest loses all its loss, and all its predictions become right.
    let least = cost;
    if (perLoss > 0) least -= perLoss * (before(lossBefore, end) - before(lossBefore, block + 1));
    if (perWrong > 0) least -= perWrong * (before(wrongBefore, end) - before(wrongBefore, block + 1));
    if (least > limit) return least;
  }
  return cost;
}

/** The same on the samples that the flip changes alone. */
function considerPicked(end: i32, perLoss: f64, limit: f64): f64 {
  labelsAt = pickedLabels;
  lossesAt = pickedLosses;
  logitsAt = pickedLogits;
  logitStep = ROW;
  const last = min(end * BLOCK, stride);
  const all = before(lossBefore, end);
  for (let next = 0; next < last; ) {
    next = pickNext(next, last);
    const size = pickedCount();
    if (size == 0) break;
    const range = changePicked();
    if (range > FAR) gatherLogits();
    if (range > 0) lossChange += changeLosses(0, size, range);
    // At best the samples that are left lose all their loss.
    const least = perLoss * (lossChange - (all - before(lossBefore, next / BLOCK)));
    if (next < last && least > limit) return least;
  }
  return perLoss * lossChange;
}

function unchanged(end: i32, doubt: f32): f64 {
  for (let block = 0; block < end; block++) {
    const start = block * BLOCK;
    const size = sizeOf(block);
    changeBlock(start, size);
    changePredictions(start, size, doubt);
  }
  return 0;
}

function changeLosses(start: i32, size: i32, range: f32): f64 {
  product = f32x4.splat(1);
  exponents = i32x4.splat(0);
  linear = f32x4.splat(0);
  logarithms = 0;
  if (range > FAR) {
    for (let n = 0; n < size; n += 4) addFromLogits(start, n);
  } else {
    for (let n = 0; n < size; n += 8) addFromShares(start, n);
  }
  // Mantissas are below 2 and a block has 32 groups of four: a product of eight of them, 2^256 at most, fits a float64.
  let whole: f64 = <f64>f32x4.extract_lane(product, 0) * <f64>f32x4.extract_lane(product, 1);
  whole *= <f64>f32x4.extract_lane(product, 2) * <f64>f32x4.extract_lane(product, 3);
  const powers =
    i32x4.extract_lane(exponents, 0) +
    i32x4.extract_lane(exponents, 1) +
    i32x4.extract_lane(exponents, 2) +
    i32x4.extract_lane(exponents, 3) -
    4 * 127 * logarithms;
  return LN2 * (log2Of(whole) + <f64>powers + laneSum(linear));
}

// @ts-ignore: decorator
@inline
function addLogarithm(sum: v128): void {
  exponents = i32x4.add(exponents, i32x4.shr_u(sum, 23));
  product = f32x4.mul(
    product,
    v128.or(v128.and(sum, i32x4.splat(0x7fffff)), i32x4.splat(0x3f800000)),
  );
  logarithms++;
}

/** Eight samples: ln Σ shareₖ · e^changeₖ less the change of the own logit. */
// @ts-ignore: decorator
@inline
function addFromShares(start: i32, n: i32): void {
  const moved = v128.or(v128.load(at(reach, n)), v128.load(at(reach, n), 16));
  if (!v128.any_true(i32x4.shl(moved, 1))) return;
  let sum = f32x4.splat(1);
  let sum2 = f32x4.splat(1);
  let own = f32x4.splat(0);
  let own2 = f32x4.splat(0);
  const label = v128.load(at(labelsAt, start + n));
  const label2 = v128.load(at(labelsAt, start + n), 16);
  const offset = <usize>n << 2;
  const shareOffset = <usize>(start + n) << 2;
  const last = rowAddress(rows);
  for (let row = rowAddress(0); row < last; row += 16) {
    const address = <usize>load<u32>(row) + offset;
    const factor = v128.load32_splat(row, 4);
    const k = v128.load32_splat(row, 8);
    const share = <usize>load<u32>(row, 12) + shareOffset;
    const power = f32x4.mul(v128.load(address), factor);
    const power2 = f32x4.mul(v128.load(address, 16), factor);
    const grown = f32x4.sub(exp2(power), f32x4.splat(1));
    const grown2 = f32x4.sub(exp2(power2), f32x4.splat(1));
    sum = f32x4.add(sum, f32x4.mul(v128.load(share), grown));
    sum2 = f32x4.add(sum2, f32x4.mul(v128.load(share, 16), grown2));
    own = v128.or(own, v128.and(power, i32x4.eq(label, k)));
    own2 = v128.or(own2, v128.and(power2, i32x4.eq(label2, k)));
  }
  // Not a number where shares are too small for float32.
  const fine = v128.and(f32x4.gt(sum, f32x4.splat(LEAST)), f32x4.gt(sum2, f32x4.splat(LEAST)));
  if (!i32x4.all_true(fine)) {
    if (logitsAt == pickedLogits) gatherLogits();
    addFromLogits(start, n);
    addFromLogits(start, n + 4);
    return;
  }
  linear = f32x4.sub(linear, f32x4.add(own, own2));
  addLogarithm(sum);
  addLogarithm(sum2);
}

/** Four samples: the loss from the new logits, less that of the old ones. */
function addFromLogits(start: i32, n: i32): void {
  const grid = f32x4.splat(unitOf(depth - 1));
  const label = v128.load(at(labelsAt, start + n));
  const logits = at(logitsAt, start + n);
  let largest = f32x4.splat(-Infinity);
  let own = f32x4.splat(0);
  for (let k = 0; k < classes; k++) {
    const logit = f32x4.add(offGrid(v128.load(logits + <usize>k * logitStep), grid), changeOf(k, n));
    largest = f32x4.pmax(largest, logit);
    own = v128.or(own, v128.and(logit, i32x4.eq(label, i32x4.splat(k))));
  }
  let sum = f32x4.splat(0);
  for (let k = 0; k < classes; k++) {
    const logit = f32x4.add(offGrid(v128.load(logits + <usize>k * logitStep), grid), changeOf(k, n));
    const power = f32x4.mul(f32x4.sub(logit, largest), f32x4.splat(LOG2E));
    sum = f32x4.add(sum, exp2(f32x4.pmax(power, f32x4.splat(-126))));
  }
  const padding = i32x4.lt_s(label, i32x4.splat(0));
  const change = f32x4.sub(f32x4.sub(largest, own), v128.load(at(lossesAt, start + n)));
  linear = f32x4.add(linear, v128.andnot(f32x4.mul(change, f32x4.splat(LOG2E)), padding));
  addLogarithm(v128.bitselect(f32x4.splat(1), sum, padding));
}
