/**
 * Genomes: one bit per prunable weight, 1 keeps the weight and 0 prunes it.
 *
 * Weights are numbered layer by layer, each layer row-major as its weight matrix is stored (out × in).
 * Eight to a byte, the first weight in the most significant bit, each individual padded to a whole byte with zeros:
 *
 *     weight   0 1 2 3 4 5 6 7   8 9 …
 *     byte    [       0       ] [   1   0 0 0 0 0 0]
 *     bit      7 6 5 4 3 2 1 0   7 6 …
 */

/** Masks of `count` individuals, packed one after another: `bytes` holds count × bytesPerGenome(bits) bytes. */
export interface PackedMasks {
  readonly count: number;
  /** Prunable weights, the length of a genome in bits. */
  readonly bits: number;
  readonly bytes: Uint8Array;
}

export function bytesPerGenome(bits: number): number {
  return Math.ceil(bits / 8);
}

/** Room for `count` genomes of `bits` bits, all zero. */
export function emptyMasks(count: number, bits: number): PackedMasks {
  return { count, bits, bytes: new Uint8Array(count * bytesPerGenome(bits)) };
}

/** The bytes of one genome, a view (no copy). */
export function genomeAt(masks: PackedMasks, index: number): Uint8Array {
  const size = bytesPerGenome(masks.bits);
  return masks.bytes.subarray(index * size, (index + 1) * size);
}

/** Individuals `start`..`end`−1, a view (no copy). */
export function sliceMasks(masks: PackedMasks, start: number, end: number): PackedMasks {
  const size = bytesPerGenome(masks.bits);
  return { count: end - start, bits: masks.bits, bytes: masks.bytes.subarray(start * size, end * size) };
}

/** The genome that keeps every weight. */
export function fullGenome(bits: number): Uint8Array {
  return clearPadding(new Uint8Array(bytesPerGenome(bits)).fill(0xff), bits);
}

/** Packs genomes of `bits` bits into one array, in order. */
export function packGenomes(genomes: readonly Uint8Array[], bits: number): PackedMasks {
  const masks = emptyMasks(genomes.length, bits);
  const size = bytesPerGenome(bits);
  for (const [index, genome] of genomes.entries()) masks.bytes.set(genome, index * size);
  return masks;
}

/** The weights that both keep. */
export function intersection(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((byte, index) => byte & (other[index] ?? 0));
}

export function getBit(genome: Uint8Array, bit: number): 0 | 1 {
  return (((genome[bit >>> 3] ?? 0) >>> (7 - (bit & 7))) & 1) as 0 | 1;
}

/** A copy of `genome` with one bit inverted. */
export function withFlippedBit(genome: Uint8Array, bit: number): Uint8Array {
  const flipped = genome.slice();
  flipped[bit >>> 3] = (flipped[bit >>> 3] ?? 0) ^ (0x80 >>> (bit & 7));
  return flipped;
}

/** Clears the padding bits after the last weight, so that equal masks have equal bytes. In place. */
export function clearPadding(genome: Uint8Array, bits: number): Uint8Array {
  const last = genome.length - 1;
  if (bits % 8 !== 0 && last >= 0) genome[last] = (genome[last] ?? 0) & (0xff << (8 - (bits % 8)));
  return genome;
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => {
  let ones = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) ones++;
  return ones;
});

/** Kept weights: the number of ones. Padding is zero by construction. */
export function countOnes(genome: Uint8Array): number {
  let ones = 0;
  for (let index = 0; index < genome.length; index++) ones += ONES[genome[index] ?? 0] ?? 0;
  return ones;
}

/** Pruned weights: the number of zeros among the genome's bits. */
export function countZeros(genome: Uint8Array, bits: number): number {
  return bits - countOnes(genome);
}

/** Share of prunable weights that are pruned, 0..1. */
export function sparsityOf(genome: Uint8Array, bits: number): number {
  return bits === 0 ? 0 : countZeros(genome, bits) / bits;
}

/**
 * Writes a genome's bits as bytes 0 or 1 into `target` from `offset`; `bits` of them. Shifts, byte by byte: a table of
 * the 256 possible bytes needs a view per byte, which took five times as long.
 */
export function unpackInto(genome: Uint8Array, bits: number, target: Uint8Array, offset = 0): void {
  const whole = bits >>> 3;
  for (let index = 0, to = offset; index < whole; index++, to += 8) {
    const byte = genome[index] ?? 0;
    target[to] = byte >>> 7;
    target[to + 1] = (byte >>> 6) & 1;
    target[to + 2] = (byte >>> 5) & 1;
    target[to + 3] = (byte >>> 4) & 1;
    target[to + 4] = (byte >>> 3) & 1;
    target[to + 5] = (byte >>> 2) & 1;
    target[to + 6] = (byte >>> 1) & 1;
    target[to + 7] = byte & 1;
  }
  for (let bit = whole * 8; bit < bits; bit++) target[offset + bit] = getBit(genome, bit);
}

/** A genome's bits as bytes 0 or 1, one per prunable weight. */
export function unpack(genome: Uint8Array, bits: number): Uint8Array {
  const target = new Uint8Array(bits);
  unpackInto(genome, bits, target);
  return target;
}

/** Packs bytes (0 prunes, anything else keeps) into a genome. */
export function pack(mask: ArrayLike<number>): Uint8Array {
  const genome = new Uint8Array(bytesPerGenome(mask.length));
  for (let bit = 0; bit < mask.length; bit++) {
    if (mask[bit] !== 0) genome[bit >>> 3] = (genome[bit >>> 3] ?? 0) | (0x80 >>> (bit & 7));
  }
  return genome;
}

/** A string that two genomes share only if they are equal: for maps keyed by genome. */
export function genomeKey(genome: Uint8Array): string {
  return Buffer.from(genome.buffer, genome.byteOffset, genome.byteLength).toString('latin1');
}
