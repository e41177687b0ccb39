/** Random orders. */
import type { Random } from './random.ts';

/** Brings `count` items, drawn without replacement, to the front of `items`, in the order of the draw. In place. */
export function drawToFront(random: Random, items: number[], count: number): void {
  for (let index = 0; index < Math.min(count, items.length); index++) {
    const other = index + random.below(items.length - index);
    const value = items[index] ?? 0;
    items[index] = items[other] ?? 0;
    items[other] = value;
  }
}

/** A copy of `items` in random order. */
export function shuffled(random: Random, items: readonly number[]): number[] {
  const copy = [...items];
  drawToFront(random, copy, copy.length);
  return copy;
}
