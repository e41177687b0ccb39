/** Refuses what a spec says to an algorithm that does not heed it. */

import { stopSchema } from '../algorithms/parts/sections.ts';
import { type AlgorithmName, algorithmNamed, algorithmsThat, OWN_SECTIONS } from '../algorithms/registry.ts';
import { namesOf } from '../base/record.ts';
import type { Json } from './written-spec.ts';

/** Sections that are for some algorithms only. `search` and `pruning` stand in presets and are shared by comparisons. */
const SCHEMAS = { stop: stopSchema.prefault({}), ...OWN_SECTIONS };

/** The sections that this algorithm does not heed. */
export function ignoredBy(algorithm: AlgorithmName): (keyof typeof SCHEMAS)[] {
  const { heeds, improves } = algorithmNamed(algorithm);
  return namesOf(SCHEMAS).filter((key) => !heeds.includes(key) && (key !== 'stop' || improves));
}

/**
 * A line for each section that says something which is ignored. `base`: what lies under the spec: its preset may speak to
 * several algorithms, and a complete spec repeats that, and all defaults.
 */
export function problemsOfIgnored(
  algorithm: AlgorithmName,
  spec: Json,
  base: Json,
  show: (value: unknown) => string,
): string[] {
  return ignoredBy(algorithm).flatMap((key) => {
    const [said, below] = [spec, base].map((one) => JSON.stringify(SCHEMAS[key].safeParse(one[key]).data));
    if (said === below) return [];
    const found = `${key}: found ${show(spec[key])} with "algorithm": "${algorithm}"`;
    const { section } = algorithmNamed(algorithm);
    if (key === 'stop') {
      return [
        `${found}, which ends when its flips are used up: give ${section?.key}.flips or a budget, and leave stop out`,
      ];
    }
    const [owner] = algorithmsThat((one) => one.section?.key === key);
    return [`${found}, which ignores it: leave it out, or choose "algorithm": "${owner}"`];
  });
}
