/** Thins a long series for drawing without losing what the eye would see. */

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
  const kept = new Set([0, items.length - 1]);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = Math.floor((bucket * items.length) / buckets);
    const end = Math.floor(((bucket + 1) * items.length) / buckets);
    for (const value of values) {
      for (const index of extremes(items, value, start, end)) kept.add(index);
    }
  }
  return items.filter((_, index) => kept.has(index));
}

/** The items in `buckets` stretches of about equal length; one by one if they are fewer than twice as many. */
export function stretches<Item>(items: readonly Item[], buckets: number): Item[][] {
  if (items.length <= 2 * buckets) return items.map((item) => [item]);
  return Array.from({ length: buckets }, (_, bucket) =>
    items.slice(
      Math.floor((bucket * items.length) / buckets),
      Math.floor(((bucket + 1) * items.length) / buckets),
    ),
  );
}

/** Where `value` is smallest and largest among items `start`..`end`−1; nothing where all are null. */
function extremes<Item>(
  items: readonly Item[],
  value: (item: Item) => number | null,
  start: number,
  end: number,
): number[] {
  let low: { index: number; value: number } | undefined;
  let high: { index: number; value: number } | undefined;
  for (let index = start; index < end; index++) {
    const item = items[index];
    const current = item === undefined ? null : value(item);
    if (current === null) continue;
    if (low === undefined || current < low.value) low = { index, value: current };
    if (high === undefined || current > high.value) high = { index, value: current };
  }
  return [low, high].flatMap((extreme) => (extreme === undefined ? [] : [extreme.index]));
}
