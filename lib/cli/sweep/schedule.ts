/** Which cell is next: the longest of those that wait for nothing, what waits for it counted in. */
import { group } from 'd3-array';

/** A cell, as far as the schedule needs to know it. */
export interface Scheduled {
  readonly id: string;
  /** The id of the cell that must be done before. */
  readonly waitsFor: string | undefined;
  /** Estimated; in any unit. */
  readonly work: number;
}

export class Schedule<Item extends Scheduled> {
  /** Ready to run, the longest last; equal ones with the last that was given first. */
  readonly #ready: Item[];
  readonly #waiting: Map<string | undefined, Item[]>;
  readonly #priorities = new Map<string, number>();

  /** `items`: what is still to be done, each cell after the one that it depends on. A cell that is not among them is done. */
  constructor(items: readonly Item[]) {
    const open = new Set(items.map(({ id }) => id));
    const backwards = items.toReversed();
    for (const { id, waitsFor, work } of backwards) {
      const own = work + this.#priorityOf(id);
      this.#priorities.set(id, own);
      if (waitsFor !== undefined) this.#priorities.set(waitsFor, Math.max(this.#priorityOf(waitsFor), own));
    }
    const waits = ({ waitsFor }: Item) => waitsFor !== undefined && open.has(waitsFor);
    this.#waiting = group(backwards.filter(waits), ({ waitsFor }) => waitsFor);
    this.#ready = backwards.filter((item) => !waits(item));
    this.#sort();
  }

  #priorityOf(id: string): number {
    return this.#priorities.get(id) ?? 0;
  }

  #sort(): void {
    this.#ready.sort((a, b) => this.#priorityOf(a.id) - this.#priorityOf(b.id));
  }

  /** Takes the next cell; undefined while all that is left waits for others, or nothing is. */
  next(): Item | undefined {
    return this.#ready.pop();
  }

  /** A cell is done: those that waited for it are ready. */
  succeeded(id: string): void {
    const released = this.#waiting.get(id);
    if (!released) return;
    this.#waiting.delete(id);
    this.#ready.push(...released);
    this.#sort();
  }

  /** A cell failed: gives those that waited for it, and for them, which will never be ready. */
  failed(id: string): Item[] {
    const lost = this.#waiting.get(id) ?? [];
    this.#waiting.delete(id);
    return lost.flatMap((item) => [item, ...this.failed(item.id)]);
  }
}
