/** Whether a sweep may go on where another one was kept. */
import { isDeepStrictEqual } from 'node:util';
import { expandCells } from './cells.ts';
import { parseSweepText, type Sweep } from './schema.ts';

/**
 * Whether `sweep` may go on where `earlier` was kept: it has all of its cells with their specs, seeds aside. It may have
 * more of them, by values or algorithms that were added. Throws InvalidSpec where a cell of either could not run.
 */
export function continuesSweep(sweep: Sweep, earlier: Sweep): boolean {
  // Most often it is the same sweep: the cells of 10,000 grid points take seconds.
  const origin = ({ base, grid, algorithms, resample }: Sweep) => [base, grid, algorithms, resample];
  if (isDeepStrictEqual(origin(sweep), origin(earlier))) return true;
  // Data that are drawn with the seed: the cells of one seed alone would not tell.
  if (sweep.resample !== earlier.resample) return false;
  const [seed = 0] = sweep.seeds;
  const cellsOf = (one: Sweep) =>
    new Map(
      expandCells({ ...one, seeds: [seed] }).map(({ id, algorithm, spec, match }) => [
        id,
        { algorithm, spec, match },
      ]),
    );
  const cells = cellsOf(sweep);
  return [...cellsOf(earlier)].every(([id, cell]) => isDeepStrictEqual(cells.get(id), cell));
}

/** The same of two sweeps as JSON; false where one of them is none, or has a cell that could not run. */
export function continuesSweepText(sweep: string, earlier: string): boolean {
  try {
    return continuesSweep(parseSweepText(sweep, 'the sweep'), parseSweepText(earlier, 'the earlier one'));
  } catch {
    return false;
  }
}
