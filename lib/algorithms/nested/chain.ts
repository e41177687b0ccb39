/** Chains of masks, densest first: each keeps only weights that the one before keeps. */
import { at } from '../../base/at.ts';
import type { Random } from '../../base/random.ts';
import { shuffle } from '../../base/shuffle.ts';
import { countOnes, getBit, pack, unpack } from '../../search/genome.ts';
import type { Pause } from '../../search/nested-order.ts';

/** Change of a price after a turn: so many times the mask's excess over its size, at most `MOST`; as a share of the price, */
const GAIN = 5;
const MOST = 0.5;
/** or of its unit, while it is hot, where that is more: prices may fall below 0. */
const LEAST = 0.2;
/** The first price, as a share of its unit. */
const FIRST = 0.1;

/** Weights that a mask of that share keeps: one at least. */
export function maskSize(share: number, bits: number): number {
  return Math.max(1, Math.round(share * bits));
}

/** A random chain of masks with exactly those shares, as far as there are as many weights that may be kept. */
export function randomChain(
  stream: Random,
  shares: readonly number[],
  bits: number,
  allowed?: Uint8Array,
): Uint8Array[] {
  const all = Uint32Array.from({ length: bits }, (_, bit) => bit);
  const order = shuffle(stream, allowed ? all.filter((bit) => getBit(allowed, bit) === 1) : all);
  return shares.map((share) => {
    const mask = new Uint8Array(bits);
    for (const bit of order.subarray(0, maskSize(share, bits))) mask[bit] = 1;
    return pack(mask);
  });
}

/** The weights that a mask of the chain may take up or drop as long as its neighbours stay. */
export function freeBits(chain: readonly Uint8Array[], place: number): Uint8Array {
  const denser = chain[place - 1] ?? at(chain, place).map(() => 0xff);
  return between(denser, chain[place + 1]);
}

/** What a mask keeps beyond a sparser one. */
export function between(denser: Uint8Array, sparser: Uint8Array | undefined): Uint8Array {
  return denser.map((byte, index) => byte & ~(sparser ? at(sparser, index) : 0));
}

/**
 * The price of weights that brings a mask nearer to its size; null: there is none yet. `unit`: of prices. `heat`: from 1
 * at the start to 0.
 */
export function nextPrice(
  before: number | null,
  unit: number,
  heat: number,
  genome: Uint8Array,
  size: number,
): number {
  const excess = GAIN * (countOnes(genome) / size - 1);
  const price = before ?? FIRST * unit;
  return price + Math.max(Math.abs(price), LEAST * heat * unit) * Math.max(-MOST, Math.min(MOST, excess));
}

/** Of each weight, how many masks of the chain keep it. */
export function levelsOf(chain: readonly Uint8Array[], bits: number): Uint8Array {
  const levels = new Uint8Array(bits);
  for (const genome of chain) {
    for (const [bit, kept] of unpack(genome, bits).entries()) levels[bit] = at(levels, bit) + kept;
  }
  return levels;
}

/** A mask below its size stands for the shares up to it: the next weights of the order are of a mask that needs more of them. */
export function pausesOf(chain: readonly Uint8Array[], sizes: readonly number[]): Pause[] {
  return chain.flatMap((genome, place) => {
    const [from, to] = [countOnes(genome), at(sizes, place)];
    return from < to && place > 0 ? [{ from, to }] : [];
  });
}

/**
 * The order in which the weights of the densest mask leave as masks become sparser, last first: by the masks of the chain
 * that keep them, then by their `stays`. So each mask of the chain is a beginning of it.
 */
export function leavingOrder(
  chain: readonly Uint8Array[],
  stays: ArrayLike<number>,
  bits: number,
): Uint32Array {
  const levels = levelsOf(chain, bits);
  const order = Uint32Array.from({ length: bits }, (_, bit) => bit).sort(
    (a, b) => at(levels, b) - at(levels, a) || at(stays, b) - at(stays, a) || a - b,
  );
  return order.subarray(0, countOnes(at(chain, 0)));
}
