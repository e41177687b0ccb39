import type { StoppingRules } from '../search/stopping.ts';
import type { RunSpec } from './schema.ts';

/** When a search is over: a random search never for want of change. */
export function rulesOfStopping({ algorithm, stop }: RunSpec): StoppingRules {
  return algorithm === 'random-search' ? { ...stop, stagnation: null } : stop;
}
