/** How a flip changes predictions, from the changes of the logits; and counts of them by class. */
import { changeOfOne, reach, spread } from './changes';
import {
  classes,
  depth,
  doubts,
  labels,
  leads,
  predicted,
  stride,
  sumsOf,
  tallies,
  unitOf,
} from './network';
import { at } from './numbers';

/** What the last flip changes, and how many predictions are in doubt. */
export let wrongChange: i32 = 0;
let doubtful: i32 = 0;

export function beginPredictions(): void {
  wrongChange = 0;
  doubtful = 0;
  memory.fill(tallies, 0, <usize>classes << 3);
}

export function countDoubts(): i32 {
  return doubtful;
}

/** Predictions can change only where the changes' range is the lead or more. */
export function changePredictions(start: i32, size: i32, doubt: f32): void {
  const by = f32x4.splat(spread);
  const margin = f32x4.splat(max<f32>(doubt, 0));
  for (let n = 0; n < size; n += 8) {
    const range = f32x4.add(f32x4.mul(f32x4.abs(v128.load(at(reach, n))), by), margin);
    const range2 = f32x4.add(f32x4.mul(f32x4.abs(v128.load(at(reach, n), 16)), by), margin);
    const lead = v128.load(at(leads, start + n));
    const lead2 = v128.load(at(leads, start + n), 16);
    const settled = f32x4.gt(lead, range);
    const settled2 = f32x4.gt(lead2, range2);
    if (i32x4.all_true(v128.and(settled, settled2))) continue;
    const open = ~(i32x4.bitmask(settled) | (i32x4.bitmask(settled2) << 4)) & 0xff;
    for (let lane = 0; lane < 8; lane++) if (open & (1 << lane)) predict(start, n + lane, doubt);
  }
}

function predict(start: i32, n: i32, doubt: f32): void {
  const grid = unitOf(depth - 1);
  const sample = start + n;
  const sums = sumsOf(depth - 1, 0, sample);
  const step = <usize>stride << 2;
  let largest: f32 = -Infinity;
  let next: f32 = -Infinity;
  let best = 0;
  for (let k = 0; k < classes; k++) {
    const logit = <f32>load<i32>(sums + <usize>k * step) * grid + changeOfOne(k, n);
    if (logit > largest) {
      next = largest;
      largest = logit;
      best = k;
    } else if (logit > next) next = logit;
  }
  const label = load<i32>(at(labels, sample));
  const old = load<i32>(at(predicted, sample));
  const doubted = doubt >= 0 && !(largest - next > doubt);
  if (doubted) {
    store<i32>(at(doubts, doubtful++), sample);
    best = -1;
  }
  if (best == old) return;
  if (old == label) {
    wrongChange++;
    count(label, -1);
  }
  countPredicted(old, -1);
  if (best < 0) return;
  if (best == label) {
    wrongChange--;
    count(label, 1);
  }
  countPredicted(best, 1);
}

/** Counts true positives and predictions by class, as they stand. */
export function tally(): void {
  memory.fill(tallies, 0, <usize>classes << 3);
  for (let sample = 0; sample < stride; sample++) {
    const label = load<i32>(at(labels, sample));
    if (label < 0) continue;
    const prediction = load<i32>(at(predicted, sample));
    if (prediction == label) count(label, 1);
    countPredicted(prediction, 1);
  }
}

// @ts-ignore: decorator
@inline
function count(k: i32, by: i32): void {
  const place = at(tallies, k);
  store<i32>(place, load<i32>(place) + by);
}
// @ts-ignore: decorator
@inline
function countPredicted(k: i32, by: i32): void {
  count(classes + k, by);
}
