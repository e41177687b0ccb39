/** Samples that two sets of data share. */
import type { Samples } from './dataset.ts';

/** Values of both sets up to which they are compared: a second or so. */
const MOST_VALUES = 2 ** 27;

export function isComparable(values: number): boolean {
  return values <= MOST_VALUES;
}

/** How many of `samples` have the features of one of `others`, bit for bit, whatever the labels. */
export function countShared(samples: Samples, others: Samples): number {
  const { features } = samples;
  if (features !== others.features) return 0;
  const [rows, otherRows] = [wordsOf(samples.x), wordsOf(others.x)];
  const slots = slotsFor(samples.labels.length);
  /** Of each hash a chain of rows that differ; numbered from 1, 0 is its end. */
  const first = new Uint32Array(slots);
  const next = new Uint32Array(samples.labels.length + 1);
  /** By the first of equal rows: how many there are. */
  const counts = new Uint32Array(samples.labels.length + 1);
  const find = (words: Uint32Array, from: number, slot: number) => {
    let row = first[slot] ?? 0;
    while (row !== 0 && !equal(rows, (row - 1) * features, words, from, features)) row = next[row] ?? 0;
    return row;
  };
  for (let row = 1; row < counts.length; row++) {
    const from = (row - 1) * features;
    const slot = hashOf(rows, from, features) & (slots - 1);
    const same = find(rows, from, slot);
    if (same === 0) {
      next[row] = first[slot] ?? 0;
      first[slot] = row;
    }
    const counted = same || row;
    counts[counted] = (counts[counted] ?? 0) + 1;
  }
  let shared = 0;
  for (let from = 0; from < otherRows.length; from += features) {
    const row = find(otherRows, from, hashOf(otherRows, from, features) & (slots - 1));
    shared += counts[row] ?? 0;
    counts[row] = 0;
  }
  return shared;
}

function slotsFor(rows: number): number {
  return 2 ** Math.ceil(Math.log2(2 * rows + 2));
}

function wordsOf({ buffer, byteOffset, length }: Float32Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length);
}

/** FNV-1a over words, its high bits folded into the low ones. */
function hashOf(words: Uint32Array, from: number, count: number): number {
  let hash = 0x811c9dc5;
  for (let index = from; index < from + count; index++)
    hash = Math.imul(hash ^ (words[index] ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function equal(one: Uint32Array, from: number, other: Uint32Array, at: number, count: number): boolean {
  for (let index = 0; index < count; index++) if (one[from + index] !== other[at + index]) return false;
  return true;
}
