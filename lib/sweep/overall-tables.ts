/** Algorithms side by side, as a table that people read, and as algorithms.csv. */
import { at } from '../base/at.ts';
import { csvText } from '../base/csv.ts';
import { counted, decimals, percent, probability, whole } from '../base/format.ts';
import type { Ranking } from './friedman.ts';
import { NEAR, type Overall, shareWithin } from './overall.ts';
import { SIGNIFICANT } from './statistics.ts';
import type { TextTable } from './text-table.ts';

export const OVERALL_TITLE = 'Algorithms side by side';

/** A row per algorithm, the best rank first; none where there is nothing to compare. */
export function overallTable({ algorithms, ranking, profiles }: Overall): TextTable {
  const head = [
    'algorithm',
    ...(ranking ? ['groups', 'average rank'] : []),
    ...NEAR.map((distance) =>
      distance === 0 ? 'best of all' : `within ${100 * distance} ${distance === 0.01 ? 'point' : 'points'}`,
    ),
  ];
  const order = algorithms.map((_, index) => index);
  if (ranking) order.sort((a, b) => at(ranking.averageRanks, a) - at(ranking.averageRanks, b));
  const rows = order.flatMap((index) => {
    const profile = profiles[index];
    if (!profile) return [];
    const ranked = ranking ? [groupsOf(ranking, index), decimals(at(ranking.averageRanks, index), 2)] : [];
    return [
      [profile.algorithm, ...ranked, ...NEAR.map((distance) => percent(shareWithin(profile, distance), 0))],
    ];
  });
  return { head, words: ranking ? 2 : 1, rows };
}

/** Numbers of the groups that an algorithm is in. */
function groupsOf({ groups }: Ranking, index: number): string {
  return groups.flatMap((group, number) => (group.includes(index) ? [number + 1] : [])).join(' ');
}

/** Explanations below the table. */
export function overallNotes(overall: Overall): string[] {
  const near = `A contest is a grid point with a seed. The last columns give the share of the ${counted(overall.contests, 'contest')} in which the algorithm’s test accuracy is the highest of all, or at most so many points below the highest. A failed run never is.`;
  return [rankingNote(overall), near].filter((note) => note !== '');
}

function rankingNote({ algorithms, tasks, tasksLeftOut, ranking, tasksNeeded }: Overall): string {
  const all = tasks + tasksLeftOut;
  if (all < 2) return '';
  const left =
    tasksLeftOut > 0
      ? ` Left out: ${counted(tasksLeftOut, 'grid point')} without a seed at which all algorithms succeeded.`
      : '';
  if (tasksNeeded === null) {
    return `Ranks over the grid points take three algorithms; ${whole(algorithms.length)} are compared above, grid point by grid point.`;
  }
  if (!ranking) {
    return `No critical-difference diagram: with ${counted(algorithms.length, 'algorithm')} over ${counted(tasks, 'grid point')}, even the largest difference of average ranks can be chance. From ${whole(tasksNeeded)} grid points on it need not be.${left}`;
  }
  return `${rankingWords(ranking)} The tests assume that grid points are independent tasks. If they are settings of one task, differences are found too easily.${left}`;
}

function rankingWords({ tasks, statistic, degrees, pValue, criticalDifference }: Ranking): string {
  const found =
    statistic === null ? 'all grid points agree' : `F(${degrees.join(', ')}) = ${decimals(statistic, 2)}`;
  const verdict =
    pValue < SIGNIFICANT
      ? `Nemenyi’s critical difference at 0.05 is ${decimals(criticalDifference, 2)}: algorithms whose average ranks are closer cannot be told apart, and share the number of a group.`
      : `As p is not below 0.05, none of them can be told apart (Nemenyi’s critical difference: ${decimals(criticalDifference, 2)}).`;
  return `Average rank, 1 is best, of the mean test accuracy over ${counted(tasks, 'grid point')}, each over the seeds at which all algorithms succeeded. Friedman’s test with Iman and Davenport’s correction: ${found}, p ${pValue < 0.001 ? '' : '= '}${probability(pValue)}. ${verdict}`;
}

/** algorithms.csv: a row per algorithm, in the sweep's order. */
export function algorithmsCsv({ algorithms, ranking, contests, profiles, tasks }: Overall): string {
  const head = [
    'algorithm',
    'gridPoints',
    'averageRank',
    'criticalDifference',
    'friedmanF',
    'p',
    'groups',
    'contests',
    ...NEAR.map((distance) => `within${100 * distance}Points`),
  ];
  const rows = algorithms.map((algorithm, index) => {
    const profile = profiles[index];
    return [
      algorithm,
      tasks,
      ranking?.averageRanks[index],
      ranking?.criticalDifference,
      ranking?.statistic,
      ranking?.pValue,
      ranking && groupsOf(ranking, index),
      contests,
      ...NEAR.map((distance) => profile && shareWithin(profile, distance)),
    ];
  });
  return csvText(head, rows);
}

/** For JSON: the profiles as the table has them. */
export function overallDocument({ profiles, ...overall }: Overall) {
  return {
    ...overall,
    profiles: profiles.map((profile) => ({
      algorithm: profile.algorithm,
      within: NEAR.map((distance) => ({ distance, share: shareWithin(profile, distance) })),
    })),
  };
}
