/** Masks that may become the ticket, pruned and scored on the data that may choose it; and the rule that picks one. */
import type { Candidate } from '../../algorithms/algorithm.ts';
import { at } from '../../base/at.ts';
import { indexOfLargest } from '../../base/largest.ts';
import { TicketSession } from '../../evaluation/ticket.ts';
import type { Picked } from '../../report/summary.ts';
import { classScores } from '../../report/tables/class-scores.ts';
import { countOnes } from '../../search/genome.ts';
import { isMacroAverage, type Objective } from '../../search/individual.ts';
import { type FrontMember, pickFrom } from '../../search/picking.ts';
import { fairnessIn } from '../groups.ts';
import type { Inputs } from '../inputs.ts';
import { ownObjectiveOf, type Run } from '../run.ts';
import type { Pruned } from './pruning.ts';
import { type KnownScores, type Scored, scoreKnown, type Ticket, ticketOf } from './ticket.ts';

export interface Contender {
  /** As the search left it. */
  readonly candidate: Candidate;
  readonly pruningEvaluations: number;
  readonly ticket: Ticket;
  readonly scores: KnownScores;
}

export async function contenderOf(
  run: Run,
  candidate: Candidate,
  { genome, evaluations }: Pruned,
  inputs: Inputs,
): Promise<Contender> {
  const ticket = ticketOf(run, candidate.network, genome);
  await using session = await TicketSession.open(ticket.model);
  return {
    candidate,
    pruningEvaluations: evaluations,
    ticket,
    scores: await scoreKnown(session, inputs, ownObjectiveOf(run)),
  };
}

/** The one that becomes the ticket of a run with a front, and how it was picked. `best`: the one that the search ranks first. */
export function pickContender(
  run: Run,
  front: readonly Contender[],
  best: Contender,
): { readonly own: Contender; readonly picked: Picked } {
  const { pick: rule = 'best', objective } = run.spec.search;
  const by = best.scores.validation ? 'validation' : 'train';
  const excess = front.map(({ scores }) => fairnessIn(run, scores[by] ?? scores.train)?.excess ?? 0);
  const least = Math.min(...excess);
  // Constraints come first: a rule picks from those that satisfy them, or are the nearest to that.
  const allowed = front.filter((_, position) => excess[position] === least);
  const contenders = allowed.map(({ ticket, scores }) => ({
    kept: countOnes(ticket.genome),
    ...accuracyOf(scores[by] ?? scores.train, objective),
  }));
  const first = allowed.includes(best) ? allowed.indexOf(best) : mostAccurate(contenders);
  const { position, ...found } = pickFrom(rule, contenders, first);
  const { accuracy } = at(contenders, position);
  return { own: at(allowed, position), picked: { rule, by, accuracy, ...found } };
}

function mostAccurate(contenders: readonly FrontMember[]): number {
  return indexOfLargest(contenders.map(({ accuracy }) => accuracy));
}

/** Where every class counts the same, so it does here. */
function accuracyOf({ accuracy, balancedAccuracy, confusion }: Scored, objective: Objective) {
  const classes = classScores(confusion).filter(({ samples }) => samples > 0);
  const variance = (share: number, samples: number) => (share * (1 - share)) / samples;
  if (!isMacroAverage(objective)) {
    const samples = classes.reduce((sum, one) => sum + one.samples, 0);
    return { accuracy, standardError: Math.sqrt(variance(accuracy, samples)) };
  }
  const variances = classes.reduce((sum, { recall, samples }) => sum + variance(recall ?? 0, samples), 0);
  return { accuracy: balancedAccuracy, standardError: Math.sqrt(variances) / classes.length };
}
