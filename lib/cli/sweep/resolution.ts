/** A sweep whose cells say what their files hold: what is estimated, and what is known to be done, depends on it. */
import { InvalidSpec } from '../../base/errors.ts';
import type { OpenSource } from '../../base/source.ts';
import { sourceOpener } from '../../places/sources.ts';
import { resolveSpec } from '../../runs/spec-resolution.ts';
import { completeSpec } from '../../runspec/defaults.ts';
import type { RunSpec } from '../../runspec/schema.ts';
import { isComplete } from '../../runspec/shape.ts';
import { type Cell, type CheckedSweep, checkMemoryOfCells } from '../../sweep/cells.ts';

/**
 * Reads each file once for all cells that ask for the same of it. Throws InvalidSpec, which names the cells that ask for
 * what the files do not have, or for more than `available` bytes.
 */
export async function resolveSweep(
  { sweep, cells }: CheckedSweep,
  available: number,
): Promise<CheckedSweep<RunSpec>> {
  checkMemoryOfCells(cells, available);
  const open = sourceOpener();
  const known = new Map<string, RunSpec>();
  const resolved: Cell<RunSpec>[] = [];
  for (const cell of cells) {
    const { spec } = cell;
    if (isComplete(spec)) {
      resolved.push({ ...cell, spec });
      continue;
    }
    const key = JSON.stringify([spec.task, spec.network, spec.search.start]);
    const like = known.get(key) ?? (await of(cell, open, available));
    known.set(key, like);
    // The same prior was read, too.
    const search = { ...spec.search, start: like.search.start };
    resolved.push({ ...cell, spec: completeSpec({ ...spec, search }, like.task, like.network) });
  }
  checkMemoryOfCells(resolved, available);
  return { sweep, cells: resolved };
}

async function of({ id, spec }: Cell, open: OpenSource, available: number): Promise<RunSpec> {
  try {
    return (await resolveSpec(spec, open, available)).spec;
  } catch (error) {
    if (!(error instanceof InvalidSpec)) throw error;
    throw new InvalidSpec(
      error.problems.map((problem) => `cell ${id}: ${problem}`),
      { cause: error },
    );
  }
}
