/** The accuracy bound of a run spec. */
import { type BoundRules, defaultTries } from '../search/accuracy-bound.ts';
import type { RunSpec, StartSpec } from './schema.ts';
import { knownShape } from './shape.ts';

type Bounded = Pick<RunSpec, 'search' | 'network' | 'task'>;

/** The start with the defaults that depend on task and network filled in, as far as these are known. */
export function completeStart({ search: { start }, network, task }: Bounded): StartSpec {
  switch (start.strategy) {
    case 'random':
    case 'dense':
      return start;
    case 'adaptive-bound': {
      // Graphs are as slow as the larger of the papers' networks, or slower.
      const hidden = network.layers?.slice(1, -1) ?? network.hidden ?? [];
      return { ...start, tries: start.tries ?? defaultTries(hidden) };
    }
    case 'static-bound': {
      const shape = knownShape(task);
      if (start.bound !== undefined || !shape) return start;
      return { ...start, bound: Math.min(0.7, 1.5 / shape.classes) };
    }
  }
}

/** The bound that random masks must reach; undefined where they are taken as they come. */
export function boundRulesOf(spec: RunSpec): BoundRules | undefined {
  const start = completeStart(spec);
  if (spec.algorithm !== 'sltn-ga' || start.strategy === 'random' || start.strategy === 'dense')
    return undefined;
  if (start.strategy === 'static-bound') {
    const { bound } = start;
    if (bound === undefined) throw new TypeError('the bound follows from data that have not been read');
    return { ...start, bound };
  }
  const { tries } = start;
  if (!tries) throw new TypeError('the tries of an adaptive bound are filled in');
  return { ...start, tries };
}
