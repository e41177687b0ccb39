/** Gaps between groups of the data that a ticket is scored on. */
import { at } from '../../base/at.ts';
import { UserError } from '../../base/errors.ts';
import { listed } from '../../base/listed.ts';
import { namesOfClasses } from '../../data/class-order.ts';
import type { readTable } from '../../data/samples/network-data.ts';
import type { TicketScore } from '../../evaluation/ticket.ts';
import { measuredFairness } from '../../report/fairness.ts';
import type { EvaluatedPart } from './printout.ts';
import type { OpenedTicket } from './target.ts';

/** Samples of a file, with the names of its groups. */
export type GroupedSamples = Awaited<ReturnType<typeof readTable>>;

/** Gaps between the groups of samples, where they have groups and a class is positive. Throws UserError. */
export function fairnessOfPart(
  { info }: OpenedTicket,
  { groupNames = info.groups?.names }: GroupedSamples,
  { groups }: TicketScore,
  positive: string | undefined,
): EvaluatedPart['fairness'] {
  const classes = namesOfClasses(info);
  const known = info.groups?.positive ?? (classes.length === 2 ? 1 : null);
  const label = positive === undefined ? known : classes.indexOf(positive);
  if (label === -1)
    throw new UserError(
      `--positive: found '${positive}', expected one of the classes ${listed(classes, 20)}`,
    );
  if (!groups || !groupNames) {
    if (positive === undefined) return undefined;
    throw new UserError(
      '--positive: the data have no groups; add --group COLUMN with --data FILE, or leave it out',
    );
  }
  if (label === null)
    throw new UserError(
      `--group: say which class counts as positive with --positive, one of ${listed(classes, 20)}: gaps are of answers with one class`,
    );
  return measuredFairness(groups, groupNames, { label, name: at(classes, label) });
}
