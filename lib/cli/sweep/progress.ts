/** How far a sweep is: one line that is redrawn on a terminal, plain lines now and then elsewhere. */
import { createLogUpdate } from 'log-update';
import type { Cell } from '../../sweep/cells.ts';
import type { CellResult } from '../../sweep/results.ts';
import { duration, whole } from '../text.ts';
import { estimateWork } from './runner.ts';

/** Milliseconds between two plain lines, and between two redraws. */
const PLAIN_INTERVAL = 10_000;
const LIVE_INTERVAL = 1_000;

/** Estimates the time left from what cells like them took, or failing that from their estimated work. */
export class TimeLeft {
  readonly #measured = new Map<string, { seconds: number; cells: number }>();
  #seconds = 0;
  #work = 0;

  done(cell: Cell, seconds: number): void {
    const group = this.#measured.get(groupOf(cell)) ?? { seconds: 0, cells: 0 };
    this.#measured.set(groupOf(cell), { seconds: group.seconds + seconds, cells: group.cells + 1 });
    this.#seconds += seconds;
    this.#work += estimateWork(cell.spec);
  }

  /** Seconds of these cells on one core; NaN while no cell is done. */
  of(cells: Iterable<Cell>): number {
    let left = 0;
    for (const cell of cells) {
      const group = this.#measured.get(groupOf(cell));
      left += group
        ? group.seconds / group.cells
        : (estimateWork(cell.spec) * this.#seconds) / (this.#work || Number.NaN);
    }
    return left;
  }
}

function groupOf({ point, algorithm }: Cell): string {
  return `${point.index} ${algorithm}`;
}

export interface SweepProgress {
  started(cell: Cell): void;
  ended(cell: Cell, result: CellResult): void;
  /** Leaves the last line standing. */
  end(): void;
}

/** On standard error. `done`: cells that were done before. */
export function createSweepProgress(
  stream: NodeJS.WriteStream,
  cells: readonly Cell[],
  done: number,
  workers: number,
): SweepProgress {
  const live = stream.isTTY === true;
  const draw = live ? createLogUpdate(stream, { showCursor: true }) : undefined;
  const open = new Set(cells);
  const running = new Map<Cell, number>();
  const timeLeft = new TimeLeft();
  let succeeded = done;
  let failed = 0;
  const line = () => {
    const now = performance.now();
    let elapsed = 0;
    for (const [cell, began] of running) elapsed += Math.min((now - began) / 1000, timeLeft.of([cell]));
    const left = open.size === 0 ? 0 : Math.max(0, timeLeft.of(open) - elapsed) / workers;
    return [
      `${whole(succeeded)} of ${whole(done + cells.length)} cells done`,
      `${running.size} running`,
      ...(failed > 0 ? [`${whole(failed)} failed`] : []),
      ...(open.size > 0 && Number.isFinite(left) ? [`about ${duration(left)} left`] : []),
    ].join('  ');
  };
  const show = () => (draw ? draw(line()) : stream.write(`${line()}\n`));
  const timer = setInterval(show, live ? LIVE_INTERVAL : PLAIN_INTERVAL);
  timer.unref();
  return {
    started(cell) {
      running.set(cell, performance.now());
      if (live) show();
    },
    ended(cell, result) {
      const began = running.get(cell);
      running.delete(cell);
      open.delete(cell);
      if (result.status === 'succeeded') {
        succeeded++;
        timeLeft.done(cell, (performance.now() - (began ?? performance.now())) / 1000);
      } else {
        failed++;
        const text = `${cell.id}: failed: ${result.error}\n`;
        if (draw) draw.clear();
        stream.write(text);
      }
      if (live) show();
    },
    end() {
      clearInterval(timer);
      show();
      draw?.done();
    },
  };
}

export const SILENT: SweepProgress = {
  started: () => undefined,
  ended: () => undefined,
  end: () => undefined,
};
