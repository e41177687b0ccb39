/** From a command line to a sweep. */
import { InvalidSpec, UserError } from '../../base/errors.ts';
import { shellWord } from '../../base/shell-word.ts';
import { nearest, show } from '../../runspec/parser.ts';
import { PRESETS } from '../../runspec/presets.ts';
import { isObject } from '../../runspec/written-spec.ts';
import { type CheckedSweep, parseSweep } from '../../sweep/cells.ts';
import { DEFAULT_RUNS, SWEEP_PRESETS } from '../../sweep/presets.ts';
import { isSweep } from '../../sweep/recognition.ts';
import { readWritten as readRun, readSource } from '../input.ts';

/**
 * The sweep that `source` names: a sweep preset, a run preset (that run with one seed after another), a JSON file, or
 * `-` for standard input. `runs` takes the place of its number of seeds. Throws InvalidSpec, UserError.
 */
export async function readSweep(source: string, runs?: number): Promise<CheckedSweep> {
  return parseSweep(withRuns(await readWritten(source), runs));
}

/** A sweep as it was written, with as many seeds as `runs` says. */
function withRuns(written: unknown, runs: number | undefined): unknown {
  if (runs === undefined || !isObject(written)) return written;
  const { seeds } = written;
  const from =
    isObject(seeds) && 'from' in seeds ? seeds.from : Array.isArray(seeds) ? Math.min(...seeds) : 0;
  return { ...written, seeds: { from, count: runs } };
}

/** The run or the sweep that `source` names, as it was written; with `runs`, a run's preset is a sweep over its seeds. */
export async function readRunOrSweep(source: string | undefined, runs: number | undefined): Promise<unknown> {
  const isPreset = source !== undefined && PRESETS.has(source);
  if (source !== undefined && (SWEEP_PRESETS.has(source) || (isPreset && runs !== undefined))) {
    return withRuns(await readWritten(source), runs);
  }
  const written = await readRun(source);
  if (isSweep(written)) return withRuns(written, runs);
  if (runs === undefined) return written;
  throw new UserError('--runs: is for a sweep, or for a preset to make a sweep of');
}

async function readWritten(source: string): Promise<unknown> {
  const preset = SWEEP_PRESETS.get(source);
  if (preset) return preset.sweep;
  if (PRESETS.has(source)) return { name: source, base: { preset: source }, seeds: DEFAULT_RUNS };
  const written = await readSource(source, refuse, "a sweep file, '-', or a preset ('tombola presets')");
  const isRun = ['preset', 'algorithm', 'task', 'network'].some((key) => isObject(written) && key in written);
  if (!isRun || isSweep(written)) return written;
  throw new UserError(
    `${source}: found the spec of one run, expected a sweep; make one of it with {"base": SPEC, "seeds": 20}, or run it once with: npx tombola run ${shellWord(source)}`,
  );
}

function refuse(name: string): never {
  const near = nearest(name, [...SWEEP_PRESETS.keys(), ...PRESETS.keys()]);
  const hint = near.length > 0 ? `did you mean ${near.join(', ')}? ` : '';
  throw new InvalidSpec([
    `sweep: found ${show(name)}, which is not a preset; ${hint}'tombola presets' lists them all`,
  ]);
}
