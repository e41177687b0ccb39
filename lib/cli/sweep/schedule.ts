/**
 * Which cell is next. As long as there is plenty to do, one of the lowest seed that has one: a sweep that is stopped early, or
 * is looked at, has then all its algorithms and grid points with the same seeds, and so in pairs. Of these, and of all
 * once the end is near, the longest, what waits for it counted in: no long cell is left for the end.
 */
import { group, max } from 'd3-array';

/** A cell, as far as the schedule needs to know it. */
export interface Scheduled {
  readonly id: string;
  readonly seed: number;
  /** The id of the cell that must be done before. */
  readonly waitsFor: string | undefined;
  /** Estimated; in any unit. */
  readonly work: number;
}

interface Entry<Item> {
  readonly item: Item;
  /** Its work, and that of the longest chain of cells which wait for it. */
  readonly priority: number;
}

/** The end is near where each worker has less to do than so many of the longest cells that are left. */
const NEAR = 2;

export class Schedule<Item extends Scheduled> {
  readonly #workers: number;
  /** In the order in which they were given. */
  readonly #ready: Entry<Item>[];
  readonly #waiting: Map<string | undefined, Entry<Item>[]>;
  /** Work that is not begun. */
  #left = 0;

  /** `items`: what is still to be done, each cell after the one that it depends on. A cell that is not among them is done. */
  constructor(items: readonly Item[], workers: number) {
    this.#workers = workers;
    const open = new Set(items.map(({ id }) => id));
    const priorities = new Map<string, number>();
    for (const { id, waitsFor, work } of items.toReversed()) {
      const own = work + (priorities.get(id) ?? 0);
      priorities.set(id, own);
      if (waitsFor !== undefined) priorities.set(waitsFor, Math.max(priorities.get(waitsFor) ?? 0, own));
      this.#left += work;
    }
    const entries = items.map((item) => ({ item, priority: priorities.get(item.id) ?? 0 }));
    const waits = ({ item: { waitsFor } }: Entry<Item>) => waitsFor !== undefined && open.has(waitsFor);
    this.#waiting = group(entries.filter(waits), ({ item }) => item.waitsFor);
    this.#ready = entries.filter((entry) => !waits(entry));
  }

  #isEndNear(): boolean {
    const open = [this.#ready, ...this.#waiting.values()].flat();
    return this.#left < NEAR * this.#workers * (max(open, ({ priority }) => priority) ?? 0);
  }

  /** Takes the next cell; undefined while all that is left waits for others, or nothing is. */
  next(): Item | undefined {
    const near = this.#isEndNear();
    let best: Entry<Item> | undefined;
    for (const entry of this.#ready) {
      const sooner = best && !near ? best.item.seed - entry.item.seed : 0;
      if (!best || sooner > 0 || (sooner === 0 && entry.priority > best.priority)) best = entry;
    }
    if (!best) return undefined;
    this.#ready.splice(this.#ready.indexOf(best), 1);
    this.#left -= best.item.work;
    return best.item;
  }

  /** A cell is done: those that waited for it are ready. */
  succeeded(id: string): void {
    this.#ready.push(...this.#take(id));
  }

  /** A cell failed: gives those that waited for it, and for them, which will never be ready. */
  failed(id: string): Item[] {
    return this.#take(id).flatMap(({ item }) => {
      this.#left -= item.work;
      return [item, ...this.failed(item.id)];
    });
  }

  /** Those that wait for a cell. They do no more. */
  #take(id: string): readonly Entry<Item>[] {
    const waiting = this.#waiting.get(id) ?? [];
    this.#waiting.delete(id);
    return waiting;
  }
}
