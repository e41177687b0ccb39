/** The figures that a run computes of every mask. */
import { algorithmNamed } from '../algorithms/registry.ts';
import { GAPS, type Gap } from '../search/fairness.ts';
import type { Objective } from '../search/individual.ts';
import type { RunSpec } from './schema.ts';

interface Figures {
  /** The evaluators compute what it needs. */
  readonly objective: Objective;
  /** Gaps between groups that it depends on; where there is one, all are measured. */
  readonly gaps: readonly Gap[];
}

export function figuresOf(spec: RunSpec): Figures {
  const { objective, constraints } = spec.search;
  const gaps = GAPS.filter((gap) => constraints?.[gap]);
  return { objective, gaps, ...algorithmNamed(spec.algorithm).figures?.(spec) };
}
