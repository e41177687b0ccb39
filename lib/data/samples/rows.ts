/** Samples that two sets of data share. */

/** Samples whose rows are remembered to be found again: 8 bytes or so each. */
const MOST_ROWS = 4e6;

/** Finds samples of one file in another by a hash of their features (64 bits, FNV-1a twice). */
export class Rows {
  readonly #hashes = new Set<number>();
  /** Whether all rows were remembered. */
  complete = true;

  remember({ x }: { readonly x: Float32Array }, features: number): void {
    if (this.#hashes.size > MOST_ROWS) this.complete = false;
    if (this.complete) for (const hash of hashesOf(x, features)) this.#hashes.add(hash);
  }

  /** How many of these samples were remembered. */
  count({ x }: { readonly x: Float32Array }, features: number): number {
    let count = 0;
    for (const hash of hashesOf(x, features)) if (this.#hashes.has(hash)) count++;
    return count;
  }
}

function* hashesOf(x: Float32Array, features: number): Generator<number> {
  const words = new Uint32Array(x.buffer, x.byteOffset, x.length);
  for (let from = 0; from < x.length; from += features) {
    let low = 0x811c9dc5;
    let high = 0x01000193;
    for (let index = from; index < from + features; index++) {
      const word = words[index] ?? 0;
      low = Math.imul(low ^ word, 0x01000193);
      low ^= low >>> 15;
      high = Math.imul(high ^ word, 0x85ebca6b);
      high ^= high >>> 13;
    }
    yield (low >>> 0) * 0x200000 + ((high >>> 0) & 0x1fffff);
  }
}
