/** Thins a long series for drawing without losing what the eye would see. */
import { greatest, least } from 'd3-array';

/**
 * The first and last item, and of each of `buckets` equal stretches the items where one of the `values` is smallest or
 * largest: peaks and dips survive. In order; at most 2 + 2 × buckets × values items, all of them if they are few.
 */
export function thin<Item>(
  items: readonly Item[],
  values: readonly ((item: Item) => number | null)[],
  buckets = 100,
): Item[] {
  if (items.length <= 2 * buckets) return [...items];
  const kept = new Set([items[0], items.at(-1)]);
  for (const stretch of stretchesOf(items, buckets)) {
    for (const value of values) kept.add(least(stretch, value)).add(greatest(stretch, value));
  }
  return items.filter((item) => kept.has(item));
}

/** The items in `buckets` stretches of about equal length; one by one if they are fewer than twice as many. */
export function stretches<Item>(items: readonly Item[], buckets: number): Item[][] {
  if (items.length <= 2 * buckets) return items.map((item) => [item]);
  return stretchesOf(items, buckets);
}

function stretchesOf<Item>(items: readonly Item[], buckets: number): Item[][] {
  const start = (bucket: number) => Math.floor((bucket * items.length) / buckets);
  return Array.from({ length: buckets }, (_, bucket) => items.slice(start(bucket), start(bucket + 1)));
}
