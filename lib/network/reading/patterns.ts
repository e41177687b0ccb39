/** Which weights may be pruned, by patterns of their names. */
import { expressionOf } from '../../base/glob.ts';
import type { Graph } from '../graph.ts';
import { quotedNames } from './output.ts';

/** Names of initializers; * stands for any characters, ? for one. */
export interface WeightPatterns {
  /** If given, only weights that match one of these may be pruned. */
  readonly include?: readonly string[] | undefined;
  /** Weights that match one of these may not. */
  readonly exclude?: readonly string[] | undefined;
}

export function matcherOf({ include, exclude = [] }: WeightPatterns): (name: string) => boolean {
  const included = include?.map(expressionOf);
  const excluded = exclude.map(expressionOf);
  return (name) =>
    (included === undefined || included.some((pattern) => pattern.test(name))) &&
    !excluded.some((pattern) => pattern.test(name));
}

/** Problems of the patterns, or of a graph without weights; `graph` with all of its weights. */
export function problemsOfPatterns(graph: Graph, patterns: WeightPatterns) {
  const names = graph.prunable.map(({ name }) => name);
  if (names.length === 0) {
    const problem =
      'there are none that could be pruned, those of Conv, Gemm and MatMul; a search needs at least one such layer';
    return [{ what: 'weights', problem }];
  }
  const problems = (['include', 'exclude'] as const).flatMap((key) =>
    (patterns[key] ?? [])
      .filter((pattern) => !names.some((name) => expressionOf(pattern).test(name)))
      .map((pattern) => ({
        what: `${key} "${pattern}"`,
        problem: `no weight matches; the weights are ${quotedNames(names)}. Use one of these names, or a pattern with * and ?`,
      })),
  );
  if (problems.length === 0 && !names.some(matcherOf(patterns)))
    problems.push({
      what: 'include and exclude',
      problem: `leave none of the weights ${quotedNames(names)}; leave at least one`,
    });
  return problems;
}
