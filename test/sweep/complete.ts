import type { RunSpec } from '../../lib/runspec/schema.ts';
import { type CheckedSweep, parseSweep } from '../../lib/sweep/cells.ts';
import { complete } from '../runspec/complete.ts';

/** A sweep that was written, and whose cells leave no files to be read. */
export function completeSweep(written: unknown): CheckedSweep<RunSpec> {
  const { sweep, cells } = parseSweep(written);
  return { sweep, cells: cells.map((cell) => ({ ...cell, spec: complete(cell.spec) })) };
}
