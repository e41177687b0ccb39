/** The item at an index that must be there. A missing one is an error of ours, never a default. */
export function at<Item>(items: ArrayLike<Item>, index: number): Item {
  const item = items[index];
  if (item !== undefined) return item;
  throw new RangeError(`no item ${index} of ${items.length}`);
}
