/** Philox4x32-10 as in random.ts, four blocks at a time: uniform doubles for arrays. */

/** Numbers that one call makes at most; two for each block. */
const CAPACITY: i32 = 4096;
const numbers: usize = memory.data(CAPACITY << 3, 16);

const MULTIPLIER_0: i32 = 0xd2511f53;
const MULTIPLIER_1: i32 = 0xcd9e8d57;
const WEYL_0: u32 = 0x9e3779b9;
const WEYL_1: u32 = 0xbb67ae85;
const ROUNDS = 10;

export function capacity(): i32 {
  return CAPACITY;
}

/** Where the numbers lie: float64, in the order of the stream. */
export function address(): usize {
  return numbers;
}

/** The upper halves of the products of four unsigned integers. */
// @ts-ignore: decorator
@inline
function multiplyHigh(a: v128, b: v128): v128 {
  const low = i64x2.extmul_low_i32x4_u(a, b);
  const high = i64x2.extmul_high_i32x4_u(a, b);
  return i32x4.shuffle(low, high, 1, 3, 5, 7);
}

/** Two pairs of words as doubles in [0, 1) with 53 bits: Random.uniform(). */
// @ts-ignore: decorator
@inline
function uniform(first: v128, second: v128): v128 {
  const high = f64x2.convert_low_i32x4_u(i32x4.shr_u(first, 5));
  const low = f64x2.convert_low_i32x4_u(i32x4.shr_u(second, 6));
  const sum = f64x2.add(f64x2.mul(high, f64x2.splat(67108864)), low);
  return f64x2.mul(sum, f64x2.splat(1.0 / 9007199254740992.0));
}

/** Blocks `block`..`block` + ⌈`blocks` / 4⌉ · 4 − 1 of the stream; `blocks` at most half of `capacity`. */
export function fill(
  block: i32,
  blocks: i32,
  individual: i32,
  generation: i32,
  key0: u32,
  key1: u32,
): void {
  const multiplier0 = i32x4.splat(MULTIPLIER_0);
  const multiplier1 = i32x4.splat(MULTIPLIER_1);
  let to = numbers;
  for (let done = 0; done < blocks; done += 4) {
    let c0 = i32x4.add(i32x4.splat(block + done), i32x4(0, 1, 2, 3));
    let c1 = i32x4.splat(0);
    let c2 = i32x4.splat(individual);
    let c3 = i32x4.splat(generation);
    let k0 = key0;
    let k1 = key1;
    for (let round = 0; round < ROUNDS; round++) {
      const high0 = multiplyHigh(c0, multiplier0);
      const low0 = i32x4.mul(c0, multiplier0);
      const high1 = multiplyHigh(c2, multiplier1);
      const low1 = i32x4.mul(c2, multiplier1);
      c0 = v128.xor(v128.xor(high1, c1), i32x4.splat(k0));
      c1 = low1;
      c2 = v128.xor(v128.xor(high0, c3), i32x4.splat(k1));
      c3 = low0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    const first = uniform(c0, c1);
    const second = uniform(c2, c3);
    v128.store(to, i64x2.shuffle(first, second, 0, 2));
    v128.store(to, i64x2.shuffle(first, second, 1, 3), 16);
    const third = uniform(i32x4.shuffle(c0, c0, 2, 3, 2, 3), i32x4.shuffle(c1, c1, 2, 3, 2, 3));
    const fourth = uniform(i32x4.shuffle(c2, c2, 2, 3, 2, 3), i32x4.shuffle(c3, c3, 2, 3, 2, 3));
    v128.store(to, i64x2.shuffle(third, fourth, 0, 2), 32);
    v128.store(to, i64x2.shuffle(third, fourth, 1, 3), 48);
    to += 64;
  }
}
