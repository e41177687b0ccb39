/** The figures that a run computes of every mask. */
import { algorithmNamed } from '../algorithms/registry.ts';
import type { Objective } from '../search/individual.ts';
import type { RunSpec } from './schema.ts';

interface Figures {
  /** The evaluators compute what it needs. */
  readonly objective: Objective;
  /** Whether gaps between groups are among them. */
  readonly gaps: boolean;
}

export function figuresOf(spec: RunSpec): Figures {
  const { objective, constraints } = spec.search;
  return { objective, gaps: constraints !== undefined, ...algorithmNamed(spec.algorithm).figures?.(spec) };
}
