/** Algorithms side by side over the tasks of several studies, as a sweep sets them side by side over its grid points. */
import { group, intersection } from 'd3-array';
import { type Overall, overallOf } from '../../lib/sweep/overall.ts';
import { column, type Row } from './study-rows.ts';

/** `runs`: of sweep.csv. Algorithms that some task does not have are left out. */
export function ranksOf(runs: readonly Row[]): Overall {
  const tasks = [...group(runs, ({ preset }) => preset).values()];
  const [first = [], ...others] = tasks.map((own) => own.map(({ algorithm = '' }) => algorithm));
  const algorithms = intersection(first, ...others);
  const groups = tasks.flatMap((own, index) =>
    [...algorithms].map((algorithm) => ({
      point: { index },
      algorithm,
      runs: own
        .filter((run) => run.algorithm === algorithm)
        .map((run) => ({
          seed: column('seed')(run),
          summary: { testAccuracy: column('testAccuracy')(run) },
        })),
    })),
  );
  const ended = groups.flatMap(({ point, algorithm, runs: own }) =>
    own.map(({ seed, summary }) => ({
      cell: { point, algorithm, seed },
      result: { status: 'succeeded', summary } as const,
    })),
  );
  return overallOf(groups, ended);
}
