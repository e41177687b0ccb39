/** The features that a flip in the stages changes, and what they change in the first dense layer. */
import { BLOCK, entries, scaleOf, sumsOf, weightAt, weightTo } from './network';
import { onGrid } from './numbers';
import { addProducts } from './products';
import { freshOf, movedOf, pooledOf, stages, valueOf } from './stage-table';
import { firstMoved, lastMoved } from './stages';

const ROW: usize = BLOCK << 2;

/** Turns the new values that moved into changes, in place. */
export function takeOld(block: i32, bytes: usize): void {
  const last = stages - 1;
  const pooled = pooledOf(last);
  for (let channel = firstMoved; channel < lastMoved; channel++) {
    for (let position = 0; position < pooled; position++) {
      const row = channel * pooled + position;
      if (load<u8>(movedOf(last) + <usize>row) == 0) continue;
      const fresh = freshOf(last, channel) + <usize>position * ROW;
      const old = valueOf(last, row, block);
      for (let n: usize = 0; n < bytes; n += 16) {
        v128.store(fresh + n, f32x4.sub(v128.load(fresh + n), v128.load(old + n)));
      }
    }
  }
}

/** The change of a sum of the first layer: its weights times the changes of the features that moved. */
export function addMoved(k: i32, into: usize, bytes: usize): void {
  const last = stages - 1;
  const pooled = pooledOf(last);
  const from = freshOf(last, 0);
  let entry = entries;
  for (let channel = firstMoved; channel < lastMoved; channel++) {
    for (let position = 0; position < pooled; position++) {
      const row = channel * pooled + position;
      if (load<u8>(movedOf(last) + <usize>row) == 0) continue;
      const value = weightTo(0, k, row);
      if (value == 0) continue;
      store<u32>(entry, <u32>(freshOf(last, channel) - from) + <u32>position * <u32>ROW);
      store<f32>(entry, value, 4);
      entry += 8;
    }
  }
  addProducts(entries, entry, from, into, bytes);
}

/** Puts the features that moved into a sum of the first layer. */
export function replaceFeatures(k: i32, block: i32, bytes: usize): void {
  const last = stages - 1;
  const pooled = pooledOf(last);
  const sums = sumsOf(0, k, block * BLOCK);
  for (let channel = firstMoved; channel < lastMoved; channel++) {
    for (let position = 0; position < pooled; position++) {
      const row = channel * pooled + position;
      const weight = load<f32>(weightAt(0, k, row));
      if (weight == 0 || load<u8>(movedOf(last) + <usize>row) == 0) continue;
      const scaled = f32x4.splat(weight * scaleOf(0));
      const fresh = freshOf(last, channel) + <usize>position * ROW;
      const old = valueOf(last, row, block);
      for (let n: usize = 0; n < bytes; n += 16) {
        const change = i32x4.sub(onGrid(v128.load(fresh + n), scaled), onGrid(v128.load(old + n), scaled));
        v128.store(sums + n, i32x4.add(v128.load(sums + n), change));
      }
    }
  }
}
