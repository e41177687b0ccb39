/** How far a sweep is: one line that is redrawn on a terminal, plain lines now and then elsewhere. */
import { duration, whole } from '../../base/format.ts';
import type { Cell } from '../../sweep/cells.ts';
import type { CellResult } from '../../sweep/results.ts';
import { StatusLine } from '../status-line.ts';
import { TimeLeft } from './time-left.ts';

/** Milliseconds between two plain lines, and between two redraws. */
const PLAIN_INTERVAL = 10_000;
const LIVE_INTERVAL = 1_000;

interface ProgressOptions {
  /** All of the sweep. */
  readonly cells: readonly Cell[];
  /** For the cells that were done before. */
  readonly results: ReadonlyMap<string, CellResult>;
  readonly workers: number;
  /** Expected seconds of a cell. */
  readonly expected: (cell: Cell) => number;
}

/** On standard error. */
export function createSweepProgress(
  stream: NodeJS.WriteStream,
  { cells, results, workers, expected }: ProgressOptions,
) {
  const status = new StatusLine(stream);
  const { live } = status;
  const open = new Set(cells.filter(({ id }) => !results.has(id)));
  const running = new Map<Cell, number>();
  const timeLeft = new TimeLeft(cells, expected);
  for (const cell of cells) {
    const result = results.get(cell.id);
    if (result?.status === 'succeeded') timeLeft.done(cell, result.summary.seconds);
  }
  let succeeded = cells.length - open.size;
  let failed = 0;
  const line = () => {
    const now = performance.now();
    for (const [cell, began] of running) timeLeft.running(cell, (now - began) / 1000);
    const leftOf = (cell: Cell) => Math.max(0, timeLeft.of(cell) - (now - (running.get(cell) ?? now)) / 1000);
    const left = [...open].reduce((sum, cell) => sum + leftOf(cell), 0) / Math.min(workers, open.size);
    return [
      `${whole(succeeded)} of ${whole(cells.length)} cells done`,
      `${running.size} running`,
      ...(failed > 0 ? [`${whole(failed)} failed`] : []),
      ...(open.size > 0 && Number.isFinite(left) ? [`about ${duration(left)} left`] : []),
    ].join('  ');
  };
  const show = () => status.show(line());
  const timer = setInterval(show, live ? LIVE_INTERVAL : PLAIN_INTERVAL);
  timer.unref();
  return {
    started(cell: Cell) {
      running.set(cell, performance.now());
      if (live) show();
    },
    ended(cell: Cell, result: CellResult) {
      const began = running.get(cell);
      running.delete(cell);
      open.delete(cell);
      if (result.status === 'succeeded') {
        succeeded++;
        // A run that goes on from where a kill left it took longer than this try.
        const elapsed = (performance.now() - (began ?? performance.now())) / 1000;
        timeLeft.done(cell, Math.max(elapsed, result.summary.seconds));
      } else {
        failed++;
        status.interrupt(`${cell.id}: failed: ${result.error}\n`);
      }
      if (live) show();
    },
    /** Leaves the last line standing. */
    end() {
      clearInterval(timer);
      show();
      status.end();
    },
  };
}
