/** Computes the stages, all of them or what a flip changes: see stage-table.ts. */
import { BLOCK, sizeOf } from './network';
import { at, offGrid, onGrid } from './numbers';
import {
  biasOf,
  channelsOf,
  depthOf,
  endsInRelu,
  firstInput,
  freshOf,
  hasRelu,
  keepsSums,
  movedOf,
  pairsOf,
  pooledOf,
  positionsBefore,
  positionsOf,
  scaleOf,
  scratch,
  shareOf,
  stages,
  sumsOf,
  tapsOf,
  unitOf,
  valueOf,
  weightsOf,
  windowOf,
} from './stage-table';

const ROW: usize = BLOCK << 2;

/** Computes all values of a block from the masked weights. */
export function rebuildStages(block: i32): void {
  const bytes = <usize>sizeOf(block) << 2;
  for (let stage = 0; stage < stages; stage++) {
    for (let channel = 0; channel < channelsOf(stage); channel++) {
      const sums = keepsSums(stage) ? sumsOf(stage, channel, block) : scratch;
      sumUp(stage, channel, block, sums, bytes);
      for (let position = 0; position < pooledOf(stage); position++) {
        activate(stage, position, sums, valueOf(stage, channel * pooledOf(stage) + position, block), bytes);
      }
    }
  }
}

/** The sums of a channel from values as they stand. */
function sumUp(stage: i32, channel: i32, block: i32, into: usize, bytes: usize): void {
  addBias(stage, channel, into, bytes);
  const first = firstInput(stage, channel);
  for (let input = 0; input < depthOf(stage); input++) {
    for (let tap = 0; tap < tapsOf(stage); tap++) {
      const weight = load<f32>(at(weightsOf(stage, channel), input * tapsOf(stage) + tap));
      if (weight != 0) addTap(stage, first + input, tap, weight, block, into, bytes);
    }
  }
}

function addBias(stage: i32, channel: i32, into: usize, bytes: usize): void {
  const bias = i32x4.splat(<i32>nearest<f32>(biasOf(stage, channel) * scaleOf(stage)));
  for (let position = 0; position < positionsOf(stage); position++) {
    const row = into + <usize>position * ROW;
    for (let n: usize = 0; n < bytes; n += 16) v128.store(row + n, bias);
  }
}

/** Adds what one weight makes of a channel as it stands. */
function addTap(stage: i32, input: i32, tap: i32, weight: f32, block: i32, into: usize, bytes: usize): void {
  const scaled = f32x4.splat(weight * scaleOf(stage));
  const last = pairsOf(stage, tap + 1);
  const row = input * positionsBefore(stage);
  for (let pair = pairsOf(stage, tap); pair < last; pair += 8) {
    const from = valueOf(stage - 1, row + load<i32>(pair), block);
    const to = into + <usize>load<i32>(pair, 4) * ROW;
    for (let n: usize = 0; n < bytes; n += 16) {
      v128.store(to + n, i32x4.add(v128.load(to + n), onGrid(v128.load(from + n), scaled)));
    }
  }
}

/** A position's value, after ReLU and pool, from the sums of its channel. */
function activate(stage: i32, position: i32, sums: usize, into: usize, bytes: usize): void {
  const grid = f32x4.splat(unitOf(stage));
  const begin = windowOf(stage, position);
  const end = windowOf(stage, position + 1);
  const share = shareOf(stage, position);
  const least = f32x4.splat(hasRelu(stage) ? 0 : -Infinity);
  const last = f32x4.splat(hasRelu(stage) || endsInRelu(stage) ? 0 : -Infinity);
  for (let n: usize = 0; n < bytes; n += 16) {
    let value: v128;
    if (share == 0) {
      // Neither the grid nor ReLU changes which one is the largest.
      let most = v128.load(sums + <usize>load<i32>(begin) * ROW + n);
      for (let place = begin + 4; place < end; place += 4) {
        most = i32x4.max_s(most, v128.load(sums + <usize>load<i32>(place) * ROW + n));
      }
      value = offGrid(most, grid);
    } else {
      value = f32x4.splat(0);
      for (let place = begin; place < end; place += 4) {
        const sum = offGrid(v128.load(sums + <usize>load<i32>(place) * ROW + n), grid);
        value = f32x4.add(value, f32x4.pmax(sum, least));
      }
      value = f32x4.mul(value, f32x4.splat(share));
    }
    v128.store(into + n, f32x4.pmax(value, last));
  }
}

/** Puts a channel's new values at `freshOf` and marks those that differ. True if one does. */
function refresh(stage: i32, channel: i32, sums: usize, block: i32, bytes: usize): bool {
  let any = false;
  const pooled = pooledOf(stage);
  for (let position = 0; position < pooled; position++) {
    const fresh = freshOf(stage, channel) + <usize>position * ROW;
    activate(stage, position, sums, fresh, bytes);
    const row = channel * pooled + position;
    const old = valueOf(stage, row, block);
    let differs = i32x4.splat(0);
    for (let n: usize = 0; n < bytes; n += 16) {
      differs = v128.or(differs, f32x4.ne(v128.load(fresh + n), v128.load(old + n)));
    }
    const moved = v128.any_true(differs);
    store<u8>(movedOf(stage) + <usize>row, <u8>moved);
    if (moved) any = true;
  }
  return any;
}

/** Channels of the last stage that moved: from `firstMoved` to before `lastMoved`. */
export let firstMoved: i32 = 0;
export let lastMoved: i32 = 0;

/**
 * Considers a flip: what the last stage then gives, at `freshOf`; nothing that is kept changes. `signed`: see changes.ts. False
 * if nothing moves.
 */
export function changeStages(stage: i32, weight: i32, channel: i32, signed: f32, block: i32): bool {
  const bytes = <usize>sizeOf(block) << 2;
  readSums(stage, channel, block, bytes);
  flipTap(stage, weight, channel, signed, block, scratch, bytes);
  return refresh(stage, channel, scratch, block, bytes) && passOn(stage, channel, block, bytes, false);
}

/**
 * Makes flips that are listed at `flips` (entries of 20 bytes, see flipping.ts) and lead to one channel. The last stage's new
 * values are at `freshOf`, its old ones stay. False if nothing of it moves.
 */
export function flipStages(stage: i32, channel: i32, flips: usize, count: i32, block: i32): bool {
  const bytes = <usize>sizeOf(block) << 2;
  let sums = scratch;
  if (keepsSums(stage)) sums = sumsOf(stage, channel, block);
  else sumUp(stage, channel, block, sums, bytes);
  for (let index = 0; index < count; index++) {
    const flip = flips + <usize>index * 20;
    flipTap(stage, load<i32>(flip, 4), channel, load<f32>(flip, 12), block, sums, bytes);
  }
  return refresh(stage, channel, sums, block, bytes) && passOn(stage, channel, block, bytes, true);
}

/** Carries the change of a channel on to the last stage. `keeps`: the sums behind it, and the values before the last ones, become the new ones. */
function passOn(stage: i32, channel: i32, block: i32, bytes: usize, keeps: bool): bool {
  firstMoved = channel;
  lastMoved = channel + 1;
  for (let next = stage + 1; next < stages; next++) {
    let any = false;
    for (let to = 0; to < channelsOf(next); to++) {
      const sums = keeps ? sumsOf(next, to, block) : scratch;
      if (isAnew(next, to)) addBias(next, to, sums, bytes);
      else if (!keeps) readSums(next, to, block, bytes);
      move(next, to, block, sums, bytes);
      if (refresh(next, to, sums, block, bytes)) any = true;
    }
    if (keeps) keepMoved(next - 1, block, bytes);
    firstMoved = 0;
    lastMoved = channelsOf(next);
    if (!any) return false;
  }
  return true;
}

/** Puts the new values that moved in the place of the old ones. */
export function keepMoved(stage: i32, block: i32, bytes: usize): void {
  const pooled = pooledOf(stage);
  for (let channel = firstMoved; channel < lastMoved; channel++) {
    for (let position = 0; position < pooled; position++) {
      const row = channel * pooled + position;
      if (load<u8>(movedOf(stage) + <usize>row) == 0) continue;
      memory.copy(valueOf(stage, row, block), freshOf(stage, channel) + <usize>position * ROW, bytes);
    }
  }
}

/** Keeps the masked weight of a stage. */
export function keepWeight(stage: i32, weight: i32, channel: i32, value: f32): void {
  store<f32>(at(weightsOf(stage, channel), weight), value);
}

/** The sums of a channel as they stand, into `scratch`. */
function readSums(stage: i32, channel: i32, block: i32, bytes: usize): void {
  if (!keepsSums(stage)) {
    sumUp(stage, channel, block, scratch, bytes);
    return;
  }
  memory.copy(scratch, sumsOf(stage, channel, block), <usize>positionsOf(stage) * ROW);
}

function flipTap(stage: i32, weight: i32, channel: i32, signed: f32, block: i32, into: usize, bytes: usize): void {
  const taps = tapsOf(stage);
  addTap(stage, firstInput(stage, channel) + weight / taps, weight % taps, signed, block, into, bytes);
}

/** Whether all inputs of a channel may have moved, more than one: then its sums are computed anew, from the bias on. */
function isAnew(stage: i32, channel: i32): bool {
  const first = firstInput(stage, channel);
  return firstMoved <= first && first + depthOf(stage) <= lastMoved && depthOf(stage) > 1;
}

/** Adds to the sums of a channel what its inputs changed by; or, where they are computed anew, all that they make. */
function move(stage: i32, channel: i32, block: i32, into: usize, bytes: usize): void {
  const anew = isAnew(stage, channel);
  const first = firstInput(stage, channel);
  const from = max(first, firstMoved);
  const last = min(first + depthOf(stage), lastMoved);
  const taps = tapsOf(stage);
  for (let input = from; input < last; input++) {
    for (let tap = 0; tap < taps; tap++) {
      const weight = load<f32>(at(weightsOf(stage, channel), (input - first) * taps + tap));
      if (weight == 0) continue;
      const scaled = f32x4.splat(weight * scaleOf(stage));
      const end = pairsOf(stage, tap + 1);
      for (let pair = pairsOf(stage, tap); pair < end; pair += 8) {
        const position = load<i32>(pair);
        const row = input * positionsBefore(stage) + position;
        const moved = load<u8>(movedOf(stage - 1) + <usize>row) != 0;
        if (!moved && !anew) continue;
        const old = valueOf(stage - 1, row, block);
        const fresh = moved ? freshOf(stage - 1, input) + <usize>position * ROW : old;
        const to = into + <usize>load<i32>(pair, 4) * ROW;
        if (anew) {
          for (let n: usize = 0; n < bytes; n += 16) {
            v128.store(to + n, i32x4.add(v128.load(to + n), onGrid(v128.load(fresh + n), scaled)));
          }
        } else {
          for (let n: usize = 0; n < bytes; n += 16) {
            const change = i32x4.sub(onGrid(v128.load(fresh + n), scaled), onGrid(v128.load(old + n), scaled));
            v128.store(to + n, i32x4.add(v128.load(to + n), change));
          }
        }
      }
    }
  }
}
