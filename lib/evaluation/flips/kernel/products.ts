/** Sums of rows of a block, each times a weight. */

/**
 * Puts the sum at `into`. Entries from `begin` to `end` take 8 bytes: where the row lies from `from` on, and its weight; rows
 * have room for whole blocks.
 */
// @ts-ignore: decorator
@inline
export function addProducts(begin: usize, end: usize, from: usize, into: usize, bytes: usize): void {
  // 32 samples at a time.
  for (let n: usize = 0; n < bytes; n += 128) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    let e = f32x4.splat(0);
    let f = f32x4.splat(0);
    let g = f32x4.splat(0);
    let h = f32x4.splat(0);
    for (let entry = begin; entry < end; entry += 8) {
      const row = from + load<u32>(entry) + n;
      const by = v128.load32_splat(entry, 4);
      a = f32x4.add(a, f32x4.mul(v128.load(row), by));
      b = f32x4.add(b, f32x4.mul(v128.load(row, 16), by));
      c = f32x4.add(c, f32x4.mul(v128.load(row, 32), by));
      d = f32x4.add(d, f32x4.mul(v128.load(row, 48), by));
      e = f32x4.add(e, f32x4.mul(v128.load(row, 64), by));
      f = f32x4.add(f, f32x4.mul(v128.load(row, 80), by));
      g = f32x4.add(g, f32x4.mul(v128.load(row, 96), by));
      h = f32x4.add(h, f32x4.mul(v128.load(row, 112), by));
    }
    v128.store(into + n, a);
    v128.store(into + n, b, 16);
    v128.store(into + n, c, 32);
    v128.store(into + n, d, 48);
    v128.store(into + n, e, 64);
    v128.store(into + n, f, 80);
    v128.store(into + n, g, 96);
    v128.store(into + n, h, 112);
  }
}
