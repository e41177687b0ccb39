/**
 * Starts that are all at chance half-way begin anew at other random masks, with the flips that are left: cooler, and with
 * weights that cost less. From a mask that keeps nothing single flips do not lead away, and a price that is too high leads there.
 */
import { random } from '../../base/random.ts';
import type { ImprovingSettings } from '../../search/improving.ts';
import type { Problem } from '../algorithm.ts';
import { maskDrawOf } from './breeding.ts';
import type { SearchSpec } from './sections.ts';

/** Share of a start's flips after which it is looked whether all are at chance. */
const HALF = 0.5;
/** The price of weights and the temperature, each as a share of the one before. */
const LESS = 0.25;

interface Restart {
  /** How often the starts began anew. */
  readonly restarts: number;
  /** Flips that each had considered by then. */
  readonly begun: number;
}

export const FIRST_START: Restart = { restarts: 0, begun: 0 };

/** Settings of starts that began anew so often, from those of the first ones. */
export function settingsAfter(settings: ImprovingSettings, { restarts, begun }: Restart): ImprovingSettings {
  if (restarts === 0) return settings;
  const less = LESS ** restarts;
  const own = { flips: settings.flips - begun, lambda: settings.lambda * less };
  return settings.method === 'annealing'
    ? { ...settings, ...own, heat: settings.heat * less }
    : { ...settings, ...own };
}

/** Whether starts that have considered so many of their flips begin anew if they are at chance. */
export function isRestartDue(done: number, flips: number): boolean {
  return done < flips && done >= HALF * flips;
}

/** Masks that the starts begin anew at. */
export function restartMasks(
  spec: SearchSpec,
  problem: Problem,
  starts: number,
  { restarts }: Restart,
): Uint8Array[] {
  const draw = maskDrawOf(spec, problem);
  return Array.from({ length: starts }, (_, index) =>
    draw(random(spec.seed, 'start', restarts, index), problem.bits, index / starts),
  );
}
