/**
 * Random orders (Fisher–Yates). There are two directions, from the front and from the back, which give different orders
 * of the same stream: results that were published depend on both.
 */
import { at } from './at.ts';
import type { Random } from './random.ts';

type Items = number[] | Int32Array | Uint32Array;

function swap(items: Items, one: number, other: number): void {
  const item = at(items, one);
  items[one] = at(items, other);
  items[other] = item;
}

/** Brings `count` items, drawn without replacement, to the front of `items`, in the order of the draw. In place. */
export function drawToFront(random: Random, items: Items, count: number): void {
  for (let index = 0; index < Math.min(count, items.length); index++) {
    swap(items, index, index + random.below(items.length - index));
  }
}

/** A copy of `items` in random order, drawn from the front. */
export function shuffled(random: Random, items: readonly number[]): number[] {
  const copy = [...items];
  drawToFront(random, copy, copy.length);
  return copy;
}

/** Numbers that shuffle() draws at once. */
const DRAWN_AT_ONCE = 4096;

/** Brings `items` into a random order, drawn from the back. In place; gives them back. */
export function shuffle<Some extends Items>(random: Random, items: Some): Some {
  const drawn = new Float64Array(Math.min(DRAWN_AT_ONCE, Math.max(0, items.length - 1)));
  for (let last = items.length - 1; last > 0; ) {
    // What as many calls of below() would give.
    for (const uniform of random.uniforms(drawn.subarray(0, last))) {
      swap(items, last, Math.floor(uniform * (last + 1)));
      last--;
    }
  }
  return items;
}
