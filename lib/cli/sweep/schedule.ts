/** Which cell is next: the longest of those that wait for nothing, what waits for it counted in. */

/** What the schedule needs to know of a cell. */
export interface Scheduled {
  readonly id: string;
  /** The id of the cell that must be done before. */
  readonly waitsFor: string | undefined;
  /** Estimated; in any unit. */
  readonly work: number;
}

export class Schedule<Item extends Scheduled> {
  /** Ready to run, the longest last. */
  readonly #ready: { readonly item: Item; readonly priority: number }[] = [];
  readonly #waiting = new Map<string, Item[]>();
  readonly #priorities = new Map<string, number>();

  /** `items`: what is still to be done, each cell after the one that it depends on. A cell that is not among them is done. */
  constructor(items: readonly Item[]) {
    const open = new Set(items.map(({ id }) => id));
    for (const item of items.toReversed()) {
      const own = item.work + (this.#priorities.get(item.id) ?? 0);
      this.#priorities.set(item.id, own);
      if (item.waitsFor === undefined || !open.has(item.waitsFor)) continue;
      const before = this.#priorities.get(item.waitsFor) ?? 0;
      this.#priorities.set(item.waitsFor, Math.max(before, own));
      const others = this.#waiting.get(item.waitsFor);
      if (others) others.push(item);
      else this.#waiting.set(item.waitsFor, [item]);
    }
    const waiting = new Set([...this.#waiting.values()].flat());
    const ready = items.filter((item) => !waiting.has(item));
    // Equal ones in the order in which they were given: the sort is stable, and the end is taken first.
    this.#ready = ready
      .map((item) => ({ item, priority: this.#priorities.get(item.id) ?? 0 }))
      .toReversed()
      .sort((a, b) => a.priority - b.priority);
  }

  /** Takes the next cell; undefined while all that is left waits for others, or nothing is. */
  next(): Item | undefined {
    return this.#ready.pop()?.item;
  }

  /** A cell is done: those that waited for it are ready. */
  succeeded(id: string): void {
    const released = this.#waiting.get(id) ?? [];
    this.#waiting.delete(id);
    for (const item of released) {
      const priority = this.#priorities.get(item.id) ?? 0;
      const place = this.#ready.findIndex((other) => other.priority > priority);
      this.#ready.splice(place < 0 ? this.#ready.length : place, 0, { item, priority });
    }
  }

  /** A cell failed: gives those that waited for it, and for them, which will never be ready. */
  failed(id: string): Item[] {
    const lost = this.#waiting.get(id) ?? [];
    this.#waiting.delete(id);
    return lost.flatMap((item) => [item, ...this.failed(item.id)]);
  }
}
