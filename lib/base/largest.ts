/** The place of the largest value. */

/** The first index of the largest of `values`; 0 of none. One that is not a number is never larger, nor is any than it. */
export function indexOfLargest(values: ArrayLike<number>): number {
  let best = 0;
  let largest = values[0] ?? 0;
  for (let index = 1; index < values.length; index++) {
    const value = values[index] ?? 0;
    if (value > largest) {
      best = index;
      largest = value;
    }
  }
  return best;
}
