/** Exponentials, logarithms and the grid of sums: the same bits on every processor, since WebAssembly's arithmetic is. */

/** 1.5 · 2²³: added and taken away again, it rounds a float32 to an integer, which then stands in its low bits. */
const ROUNDING: f32 = 12582912.0;
export const LOG2E: f32 = 1.4426950408889634;
export const LN2: f64 = 0.6931471805599453;

// @ts-ignore: decorator
@inline
export function at(address: usize, index: i32): usize {
  return address + (<usize>index << 2);
}

/** 2^y for |y| ≤ 126, relative error below 2e-7. Coefficients: minimax over |f| ≤ ½, 2^0 exact. */
// @ts-ignore: decorator
@inline
export function exp2(y: v128): v128 {
  const shifted = f32x4.add(y, f32x4.splat(ROUNDING));
  const f = f32x4.sub(y, f32x4.sub(shifted, f32x4.splat(ROUNDING)));
  let p = f32x4.splat(0.001326472221996323);
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(0.009671512992892392));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(0.05550733759794559));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(0.24022242077673994));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(0.6931469775876576));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1));
  return i32x4.add(p, i32x4.shl(shifted, 23));
}

/** log2 of normal positive numbers, absolute error below 2e-7 · max(1, |log2|). */
// @ts-ignore: decorator
@inline
export function log2(x: v128): v128 {
  // Exponent and mantissa with the mantissa in √½…√2.
  const bits = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const exponent = i32x4.shr_s(bits, 23);
  const m = i32x4.sub(x, i32x4.shl(exponent, 23));
  const s = f32x4.div(f32x4.sub(m, f32x4.splat(1)), f32x4.add(m, f32x4.splat(1)));
  const s2 = f32x4.mul(s, s);
  let p = f32x4.splat(0.4342641896529694);
  p = f32x4.add(f32x4.mul(p, s2), f32x4.splat(0.576584168808326));
  p = f32x4.add(f32x4.mul(p, s2), f32x4.splat(0.9618007639264874));
  p = f32x4.add(f32x4.mul(p, s2), f32x4.splat(2.88539007273765));
  return f32x4.add(f32x4.mul(p, s), f32x4.convert_i32x4_s(exponent));
}

/** log2 of a normal positive number, to the last few bits. */
export function log2Of(x: f64): f64 {
  const bits = reinterpret<i64>(x) - 0x3fe6a09e667f3bcd;
  const exponent = bits >> 52;
  const m = reinterpret<f64>(reinterpret<i64>(x) - (exponent << 52));
  const s = (m - 1) / (m + 1);
  const s2 = s * s;
  let sum: f64 = 0;
  for (let power = 23; power >= 1; power -= 2) sum = sum * s2 + 1 / <f64>power;
  return <f64>exponent + (2 / LN2) * s * sum;
}

/** An activation (or feature) times a weight in units of the grid: `scaled` is the weight times the grid's scale. */
// @ts-ignore: decorator
@inline
export function onGrid(activation: v128, scaled: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(activation, scaled)));
}

/** A sum on the grid as a number. */
// @ts-ignore: decorator
@inline
export function offGrid(sum: v128, unit: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(sum), unit);
}

// @ts-ignore: decorator
@inline
export function relu(x: v128): v128 {
  return f32x4.pmax(x, f32x4.splat(0));
}

// @ts-ignore: decorator
@inline
export function laneSum(x: v128): f64 {
  const pair = f64x2.add(
    f64x2.promote_low_f32x4(x),
    f64x2.promote_low_f32x4(v128.shuffle<i32>(x, x, 2, 3, 2, 3)),
  );
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}

// @ts-ignore: decorator
@inline
export function laneMax(x: v128): f32 {
  const pair = f32x4.pmax(x, v128.shuffle<i32>(x, x, 2, 3, 2, 3));
  return max<f32>(f32x4.extract_lane(pair, 0), f32x4.extract_lane(pair, 1));
}
