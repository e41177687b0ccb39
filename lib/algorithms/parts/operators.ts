/**
 * The genetic operators of sltn-ga (arXiv 2508.08877): pure functions from random numbers and parents to offspring.
 */

import { blocksOf, type Random } from '../../base/random.ts';
import {
  bytesPerGenome,
  clearPadding,
  countOnes,
  fullGenome,
  getBit,
  withFlippedBit,
} from '../../search/genome.ts';

/** A mask whose every bit is fair. */
export function randomGenome(random: Random, bits: number): Uint8Array {
  const genome = new Uint8Array(bytesPerGenome(bits));
  for (let index = 0; index < genome.length; ) {
    let word = random.uint32();
    for (let byte = 0; byte < 4 && index < genome.length; byte++, word >>>= 8) genome[index++] = word & 0xff;
  }
  return clearPadding(genome, bits);
}

/**
 * A mask that keeps each bit with the probability 1 − `pruned`, 0..1; with 0 it keeps all. Where the weights already
 * solve a task, fair masks would lose what they know; where they are scaled for few kept inputs, fair masks keep too many.
 */
export function sparedGenome(random: Random, bits: number, pruned: number): Uint8Array {
  const genome = fullGenome(bits);
  if (pruned > 0) {
    for (const [first, block] of blocksOf(bits)) {
      random.uniforms(block);
      for (let place = 0; place < block.length; place++) {
        const bit = first + place;
        if ((block[place] ?? 0) < pruned) genome[bit >> 3] = (genome[bit >> 3] ?? 0) & ~(0x80 >> (bit & 7));
      }
    }
  }
  return genome;
}

/** Uniform crossover: each bit comes from one parent or the other with equal chance. One child. */
export function uniformCrossover(random: Random, first: Uint8Array, second: Uint8Array): Uint8Array {
  const child = new Uint8Array(first.length);
  for (let index = 0; index < child.length; ) {
    let word = random.uint32();
    for (let byte = 0; byte < 4 && index < child.length; byte++, word >>>= 8) {
      const choice = word & 0xff;
      child[index] = ((first[index] ?? 0) & choice) | ((second[index] ?? 0) & ~choice);
      index++;
    }
  }
  return child;
}

/** A bit, drawn uniformly; of those that may be 1, if not all may. */
function drawBit(random: Random, bits: number, allowed: Uint8Array | undefined): number {
  let bit = random.below(bits);
  while (allowed && getBit(allowed, bit) === 0) bit = random.below(bits);
  return bit;
}

/** A copy with exactly one bit, drawn uniformly, flipped. */
export function flipOneBit(
  random: Random,
  genome: Uint8Array,
  bits: number,
  allowed?: Uint8Array,
): Uint8Array {
  return withFlippedBit(genome, drawBit(random, bits, allowed));
}

/** A copy with `count` different bits flipped, drawn uniformly; with all that may be flipped, if there are not as many. */
export function withFlips(
  random: Random,
  genome: Uint8Array,
  bits: number,
  count: number,
  allowed?: Uint8Array,
): Uint8Array {
  const most = allowed ? Math.min(count, countOnes(allowed)) : count;
  const chosen = new Set<number>();
  while (chosen.size < most) chosen.add(drawBit(random, bits, allowed));
  return [...chosen].reduce(withFlippedBit, genome);
}
