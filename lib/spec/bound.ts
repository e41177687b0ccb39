/** The accuracy bound of a run spec. */
import { type BoundRules, defaultTries } from '../search/accuracy-bound.ts';
import { shapeOfTask } from './limits.ts';
import type { RunSpec, StartSpec } from './schema.ts';

type Bounded = Pick<RunSpec, 'search' | 'network' | 'task'>;

/** The start with the defaults that depend on task and network filled in. */
export function completeStart({
  search: { start },
  network,
  task,
}: Bounded): StartSpec & (BoundRules | { strategy: 'random' }) {
  switch (start.strategy) {
    case 'random':
      return start;
    case 'adaptive-bound':
      return { ...start, tries: start.tries ?? defaultTries(network.layers.slice(1, -1)) };
    case 'static-bound':
      return { ...start, bound: start.bound ?? Math.min(0.7, 1.5 / shapeOfTask(task).classes) };
  }
}

/** The bound that random masks must reach; undefined where they are taken as they come. */
export function boundRulesOf(spec: RunSpec): BoundRules | undefined {
  const start = completeStart(spec);
  return spec.algorithm !== 'sltn-ga' || start.strategy === 'random' ? undefined : start;
}
