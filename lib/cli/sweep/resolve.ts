/** A sweep whose cells say what their files hold: what is estimated, and what is known to be done, depends on it. */
import { InvalidSpec } from '../../base/errors.ts';
import { resolveSpec } from '../../runs/resolve.ts';
import { completeSpec } from '../../runspec/parse.ts';
import type { RunSpec } from '../../runspec/schema.ts';
import { isResolved } from '../../runspec/shape.ts';
import { sourceOpener } from '../../store/sources.ts';
import type { CheckedSweep } from '../../sweep/cells.ts';

/** Reads each file once for all cells that ask for the same of it. Throws InvalidSpec, which names the first cell. */
export async function resolveSweep({ sweep, cells }: CheckedSweep): Promise<CheckedSweep> {
  const open = sourceOpener();
  const known = new Map<string, RunSpec>();
  const resolved = [];
  for (const cell of cells) {
    const { spec, id } = cell;
    if (isResolved(spec)) {
      resolved.push(cell);
      continue;
    }
    const key = JSON.stringify([spec.task, spec.network]);
    const like = known.get(key) ?? (await of(id, spec, open));
    known.set(key, like);
    const { found } = like.network;
    const network = found === undefined ? spec.network : { ...spec.network, found };
    resolved.push({ ...cell, spec: completeSpec({ ...spec, task: like.task, network }) });
  }
  return { sweep, cells: resolved };
}

async function of(id: string, spec: RunSpec, open: ReturnType<typeof sourceOpener>): Promise<RunSpec> {
  try {
    return (await resolveSpec(spec, open)).spec;
  } catch (error) {
    if (!(error instanceof InvalidSpec)) throw error;
    throw new InvalidSpec(
      error.problems.map((problem) => `cell ${id}: ${problem}`),
      { cause: error },
    );
  }
}
