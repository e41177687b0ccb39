/** Tells the pages that are open what changes among the runs. Where none is open, nothing is looked at. */
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../base/errors.ts';
import type { KnownRuns } from './known-runs.ts';
import type { Changes } from './messages.ts';

/** Milliseconds between two looks, at least; and how often longer the pauses are than the looks take of a processor: at most 2 % of a core. */
const PAUSE = 1_000;
const SHARE = 50;

type Listener = (changes: Changes) => void;

export class Updates {
  readonly #index: KnownRuns;
  /** With the cell that a page shows, which is in no list. */
  readonly #listeners = new Map<Listener, string | undefined>();
  /** What the pages were told of those cells last, by name. */
  readonly #told = new Map<string, string>();
  #looking = false;
  /** Fires when the last page is closed. */
  onEmpty: () => void = () => {};

  constructor(index: KnownRuns) {
    this.#index = index;
  }

  get pages(): number {
    return this.#listeners.size;
  }

  /** Gives the function that ends it. */
  subscribe(listener: Listener, cell?: string): () => void {
    this.#listeners.set(listener, cell);
    if (cell !== undefined) this.#told.delete(cell);
    if (!this.#looking) void this.#look();
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.onEmpty();
    };
  }

  /** Looks at once, and tells the pages what has changed since the last look, whoever asked for it. Throws UserError. */
  refresh(): void {
    const changes = this.#index.refresh();
    const cells = [...new Set(this.#listeners.values())].flatMap((name) => {
      const cell = name === undefined ? undefined : this.#index.find(name);
      return cell?.sweep === undefined ? [] : [this.#index.describe(cell)];
    });
    const changed = cells.filter((cell) => {
      const text = JSON.stringify(cell);
      const before = this.#told.get(cell.name);
      this.#told.set(cell.name, text);
      return text !== before;
    });
    const runs = [...changes.runs, ...changed];
    if (runs.length === 0 && changes.gone.length === 0) return;
    for (const listener of this.#listeners.keys()) listener({ ...changes, runs });
  }

  async #look(): Promise<void> {
    this.#looking = true;
    this.#told.clear();
    while (this.#listeners.size > 0) {
      const began = process.cpuUsage();
      this.#tell();
      const { user, system } = process.cpuUsage(began);
      await pause(Math.max(PAUSE, (SHARE * (user + system)) / 1_000), undefined, { ref: false });
    }
    this.#looking = false;
  }

  #tell(): void {
    try {
      this.refresh();
    } catch (error) {
      // A folder that cannot be read just now: the next look may find it.
      if (!(error instanceof UserError)) throw error;
    }
  }
}
