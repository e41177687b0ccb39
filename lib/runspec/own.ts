/** Checks of the algorithm and the objective that a program brings along. */

import { OWN_ALGORITHMS } from '../algorithms/own.ts';
import { algorithmNamed } from '../algorithms/registry.ts';
import { notLoaded, OWN, type OwnCode, type OwnKind } from '../search/own-code.ts';
import { OWN_OBJECTIVES } from '../search/own-objective.ts';
import type { AskedSpec } from './schema.ts';

/** Where the spec asks for code that is not loaded here, or that its algorithm does not heed; a line each. */
export function problemsOfOwn({ algorithm, search: { objective }, own = {} }: AskedSpec): string[] {
  const { heeds, improves } = algorithmNamed(algorithm);
  const unheeded = objective === OWN && (improves || !heeds.includes('search'));
  return [
    ...problemsOf('algorithm', algorithm === OWN, own.algorithm, OWN_ALGORITHMS),
    ...problemsOf('objective', objective === OWN, own.objective, OWN_OBJECTIVES),
    ...(unheeded
      ? [
          `objective: found ${own.objective?.name ?? '"own"'} with "algorithm": "${algorithm}", which takes no own objective: choose an algorithm that evaluates whole masks, such as sltn-ga or pbil`,
        ]
      : []),
  ];
}

function problemsOf(
  kind: OwnKind,
  asked: boolean,
  named: NonNullable<AskedSpec['own']>[OwnKind],
  code: Pick<OwnCode<unknown>, 'has'>,
): string[] {
  if (asked) return named && code.has(named) ? [] : [notLoaded(kind, named)];
  return named ? [`own.${kind}: found ${named.name}, which nothing asks for: leave it out`] : [];
}
