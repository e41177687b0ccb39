/**
 * Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
 *
 * A stream is named by (seed, purpose, generation, individual), so what an individual draws depends on nothing
 * but its name: not on the order of evaluation, the number of workers or how often a step was retried.
 */

import { fillUniform } from './philox/kernel.ts';

/** Purposes of streams of random numbers; streams of different purposes never overlap. */
export const PURPOSES = {
  weights: 1,
  dataset: 3,
  split: 4,
  start: 5,
  recombine: 6,
  mutate: 7,
  migrate: 8,
  noise: 9,
  queue: 10,
  validation: 20,
  scores: 21,
  order: 22,
  gates: 23,
  feedback: 24,
  shares: 25,
  redraw: 26,
  ticket: 27,
  'landscape-target': 40,
  'landscape-path': 41,
  'landscape-greedy': 42,
  'landscape-slice': 43,
  'landscape-sample': 44,
  'landscape-climb': 45,
  'flip-order': 50,
  'flip-accept': 51,
  'flip-kick': 52,
  'flip-sample': 53,
  planted: 60,
  codes: 62,
} as const;

export type Purpose = keyof typeof PURPOSES;

export interface Random {
  /** Uniform integer in 0..2³²−1. */
  uint32(): number;
  /** Uniform double in [0, 1) with 53 random bits. */
  uniform(): number;
  /** Fills `into` with what as many calls of uniform() would give, several times as fast, and returns it. */
  uniforms<A extends Float32Array | Float64Array>(into: A): A;
  /** Passes over the numbers that as many calls of uniform() would give, without computing them. */
  skip(count: number): void;
  /** Uniform integer in 0..limit−1; `limit` in 1..2³². */
  below(limit: number): number;
  /** Standard normal deviate (Box–Muller). */
  normal(): number;
  /** Fills `into` with what as many calls of normal() would give, and returns it. */
  normals<A extends Float32Array | Float64Array>(into: A): A;
}

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;
/** Numbers that are drawn at once where an array of all would be large: an even number. */
const DRAWN_AT_ONCE = 4096;

/** The upper 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) >>> 0;
}

/** One Philox4x32-10 block: four words of `counter` and two of `key` in, four random words out (in place). */
export function philox(counter: Uint32Array, key0: number, key1: number): Uint32Array {
  let [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = counter;
  let k0 = key0;
  let k1 = key1;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0) >>> 0;
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  counter[0] = c0;
  counter[1] = c1;
  counter[2] = c2;
  counter[3] = c3;
  return counter;
}

/**
 * The stream named by (seed, purpose, generation, individual).
 * `seed` 0..2⁵³−1, the others 0..2³²−1. A stream holds 2³² blocks of four words.
 */
export function random(seed: number, purpose: Purpose, generation = 0, individual = 0): Random {
  const key0 = seed >>> 0;
  const key1 = (Math.floor(seed / 0x100000000) ^ (PURPOSES[purpose] << 24)) >>> 0;
  const block = new Uint32Array(4);
  let blocks = 0;
  let used = 4;
  let spare: number | undefined;

  function uint32(): number {
    if (used === 4) {
      block[0] = blocks++;
      block[1] = 0;
      block[2] = individual;
      block[3] = generation;
      philox(block, key0, key1);
      used = 0;
    }
    return block[used++] ?? 0;
  }

  function uniform(): number {
    const high = uint32() >>> 5;
    const low = uint32() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  }

  function uniforms<A extends Float32Array | Float64Array>(into: A): A {
    let from = 0;
    // The kernel starts at a block's first word. A block that half a number was taken from never comes to its end.
    while (from < into.length && used < 4) into[from++] = uniform();
    const whole = into.length - ((into.length - from) % 2);
    blocks += fillUniform(into.subarray(from, whole), blocks, { individual, generation, key0, key1 });
    if (whole < into.length) into[whole] = uniform();
    return into;
  }

  function skip(count: number): void {
    let left = count;
    for (; left > 0 && used < 4; left--) uniform();
    blocks += Math.floor(left / 2);
    if (left % 2 === 1) uniform();
  }

  function normal(): number {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = radiusOf(uniform());
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  return {
    uint32,
    uniform,
    uniforms,
    skip,
    below: (limit) => Math.floor(uniform() * limit),
    normal,
    normals(into) {
      let from = 0;
      if (spare !== undefined && into.length > 0) into[from++] = normal();
      const whole = into.length - ((into.length - from) % 2);
      const pairs = new Float64Array(Math.min(DRAWN_AT_ONCE, whole - from));
      for (; from < whole; from += pairs.length) {
        const drawn = uniforms(pairs.subarray(0, whole - from));
        for (let index = 0; index < drawn.length; index += 2) {
          const radius = radiusOf(drawn[index] ?? 0);
          const angle = 2 * Math.PI * (drawn[index + 1] ?? 0);
          into[from + index] = radius * Math.cos(angle);
          into[from + index + 1] = radius * Math.sin(angle);
        }
      }
      if (whole < into.length) into[whole] = normal();
      return into;
    },
  };
}

/** Room for `length` numbers, a block at a time, each with the place where it begins. It is the same room again: use it before the next. */
export function* blocksOf(length: number): Generator<readonly [first: number, block: Float64Array]> {
  const room = new Float64Array(Math.min(DRAWN_AT_ONCE, length));
  for (let first = 0; first < length; first += room.length) yield [first, room.subarray(0, length - first)];
}

function radiusOf(uniform: number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform));
}
