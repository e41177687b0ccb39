/** Classifiers of several runs: means by group, and the differences to the tickets, paired by run. */
import { group, mean } from 'd3-array';
import { at } from '../base/at.ts';
import { decimals, percent, probability, signed, whole } from '../base/format.ts';
import { locate, signedRank } from '../sweep/statistics.ts';
import { plainTable } from './result.ts';

export interface GroupedClassifier {
  readonly run: string;
  /** Grid point and algorithm, of a cell of a sweep. */
  readonly group?: string;
  readonly ticketWeights: number;
  readonly pathWeights: number;
  readonly weights: number;
  /** On the test data: of the classifier, and of the ticket. */
  readonly accuracy: number;
  readonly ticketAccuracy: number;
}

/** A row per group. Each run counts once: the mean over its classes. */
export function groupsTable(classifiers: readonly GroupedClassifier[]): string {
  const head = [
    'runs',
    'n',
    'ticket',
    'path',
    'classifier',
    'fewer',
    'test accuracy',
    'of the ticket',
    'difference, points',
    'p',
  ];
  const rows = [...group(classifiers, ({ group: name = 'all' }) => name)].map(([name, all]) => {
    const runs = [...group(all, ({ run }) => run).values()];
    const meanOf = (of: (one: GroupedClassifier) => number) =>
      mean(runs.map((own) => mean(own, of) ?? 0)) ?? 0;
    const differences = runs.map((own) => mean(own, (one) => one.accuracy - one.ticketAccuracy) ?? 0);
    const { interval } = locate(differences, [-1, 1]) ?? { interval: null };
    const points = (share: number) => signed(100 * share, 2);
    const range = interval ? ` (${points(at(interval, 0))} to ${points(at(interval, 1))})` : '';
    return [
      name,
      whole(runs.length),
      decimals(
        meanOf(({ ticketWeights }) => ticketWeights),
        0,
      ),
      decimals(
        meanOf(({ pathWeights }) => pathWeights),
        0,
      ),
      decimals(
        meanOf(({ weights }) => weights),
        0,
      ),
      percent(1 - meanOf(({ weights, ticketWeights }) => weights / Math.max(1, ticketWeights)), 1),
      percent(
        meanOf(({ accuracy }) => accuracy),
        2,
      ),
      percent(
        meanOf(({ ticketAccuracy }) => ticketAccuracy),
        2,
      ),
      `${points(mean(differences) ?? 0)}${range}`,
      probability(signedRank(differences).pValue),
    ];
  });
  return plainTable(rows, head);
}
