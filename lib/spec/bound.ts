/** The accuracy bound of a run spec, with the defaults that depend on its task and network. */
import { type BoundRules, defaultTries } from '../search/accuracy-bound.ts';
import { shapeOfTask } from './limits.ts';
import type { RunSpec } from './schema.ts';

/** The bound that the spec asks for, with its defaults; undefined where random masks are taken as they come. */
export function boundRulesOf({
  algorithm,
  search: { start },
  network,
  task,
}: RunSpec): BoundRules | undefined {
  if (algorithm !== 'sltn-ga' || start.strategy === 'random') return undefined;
  const hidden = network.layers.slice(1, -1);
  if (start.strategy === 'static-bound') {
    const { strategy, tries, bound = Math.min(0.7, 1.5 / shapeOfTask(task).classes) } = start;
    return { strategy, bound, tries };
  }
  const { strategy, bound, tries = defaultTries(hidden) } = start;
  return { strategy, bound, tries };
}
