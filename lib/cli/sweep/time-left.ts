/** How long the rest of a sweep will take, by what its cells took so far. */
import type { Cell } from '../../sweep/cells.ts';
import { groupOf } from './expectation.ts';

/**
 * For a cell like those that are done: the time that those took. For others: the expected time, as far off as that of the
 * nearest kin was: how much sooner searches end than they might says nothing about trainings, which are never cut short.
 */
export class TimeLeft {
  readonly #byId: ReadonlyMap<string, Cell>;
  readonly #expected: (cell: Cell) => number;
  readonly #measured = new Map<string, { seconds: number; expected: number; cells: number }>();

  /** Seconds that the longest of those at work has taken up to now, by group. */
  readonly #atLeast = new Map<string, number>();

  /** `cells`: all of the sweep; `expected`: seconds of a cell, as `expectSeconds` has them. */
  constructor(cells: readonly Cell[], expected: (cell: Cell) => number) {
    this.#byId = new Map(cells.map((cell) => [cell.id, cell]));
    this.#expected = expected;
  }

  /** A cell took so many seconds on one core. */
  done(cell: Cell, seconds: number): void {
    for (const kin of kinsOf(cell)) {
      const before = this.#measured.get(kin) ?? { seconds: 0, expected: 0, cells: 0 };
      this.#measured.set(kin, {
        seconds: before.seconds + seconds,
        expected: before.expected + this.#expected(cell),
        cells: before.cells + 1,
      });
    }
  }

  /** A cell has been at work for so many seconds: one like it takes at least as long. */
  running(cell: Cell, seconds: number): void {
    const group = groupOf(cell);
    this.#atLeast.set(group, Math.max(seconds, this.#atLeast.get(group) ?? 0));
  }

  /** Seconds of a cell on one core; NaN while no cell is done. */
  of(cell: Cell): number {
    if (this.#measured.size === 0) return Number.NaN;
    const alike = this.#measured.get(groupKin(cell));
    if (alike) return alike.seconds / alike.cells;
    return Math.max(this.#expected(cell) * (this.#rateOf(cell) ?? 1), this.#atLeast.get(groupOf(cell)) ?? 0);
  }

  /** Measured time by expected time, of the nearest kin; undefined where none is done. */
  #rateOf(cell: Cell): number | undefined {
    for (const kin of kinsOf(cell)) {
      const measured = this.#measured.get(kin);
      if (measured) return measured.seconds / measured.expected;
    }
    // It makes as many evaluations as the one that it waits for, and that may end just as much sooner.
    const waited = cell.match?.quantity === 'evaluations' ? this.#byId.get(cell.match.cell) : undefined;
    return waited && this.#rateOf(waited);
  }
}

const groupKin = (cell: Cell) => `group ${groupOf(cell)}`;

/** The nearest first. */
function kinsOf(cell: Cell): string[] {
  return [groupKin(cell), `name ${cell.algorithm}`, `algorithm ${cell.spec.algorithm}`];
}
