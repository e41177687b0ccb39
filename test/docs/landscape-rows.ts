/** The rows of a study's landscape-statistics.csv: means over its runs, a row for each number of classes and each fitness. */
import { group, mean, min } from 'd3-array';
import type { Row } from './study-rows.ts';

const MEANS = [
  'correlationLength',
  'neutral',
  'distance',
  'accuracyMedian',
  'flipsMedian',
  'neutralMedian',
  'bits',
] as const;

/** `task`: of all its classes, as in "digits". The algorithm of a row is its fitness. */
export function landscapeRows(rows: readonly Row[], task: string): Row[] {
  const classesOf = ({ group: name = '' }: Row) => /^classes-(\d+)_/.exec(name)?.[1] ?? '';
  const figures = group(
    rows,
    (row) => `${task}-${classesOf(row)}`,
    ({ figure }) => figure ?? '',
  );
  return [...figures].flatMap(([preset, byFitness]) =>
    [...byFitness].map(([algorithm, runs]): Row => {
      const means = MEANS.map((name) => [name, String(mean(runs, (run) => Number(run[name])))]);
      const least = String(min(runs, (run) => Number(run.accuracyLow)));
      return { preset, algorithm, n: String(runs.length), least, ...Object.fromEntries(means) };
    }),
  );
}
