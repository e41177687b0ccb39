/** Accuracy at equal sizes, where runs have nested tickets: of each algorithm, and against the reference. */
import { mean } from 'd3-array';
import { byPointWith, type Repeated } from './repeated.ts';
import {
  type Corrected,
  correctedOver,
  type Difference,
  type Location,
  locate,
  pairedDifference,
} from './statistics.ts';

/** Kept shares at which algorithms are compared: those that `nested` searches for unless its spec says otherwise. */
const COMPARED = [0.5, 0.3, 0.2, 0.1, 0.05] as const;

/** A ticket stands for a share if it keeps so much of it at least, and hardly more. */
const LEAST = 0.8;
const MOST = 1.01;

interface Sized {
  readonly sparsity: number;
  readonly testAccuracy: number;
}

interface SizedSummary extends Sized {
  readonly nested?: readonly (Sized & { readonly keptShare: number })[] | undefined;
}

/** An algorithm at a grid point, at one size. */
export interface SizeRow extends Pick<Repeated<unknown>, 'point' | 'algorithm'> {
  readonly keptShare: number;
  readonly testAccuracy: Location;
  /** Mean of its tickets. */
  readonly sparsity: number;
  /**
   * Of test accuracy with the reference, over the seeds at which both have a ticket of the size; corrected over all sizes and
   * algorithms of the sweep. Null of the reference itself, and where no seed has both.
   */
  readonly comparison: (Corrected & Compared) | null;
}

interface Compared {
  readonly reference: string;
}

/** The densest ticket of a run that stands for a share: of its nested ticket, or the one that it has; undefined if none does. */
function ticketAt({ nested, ...ticket }: SizedSummary, share: number): Sized | undefined {
  const [fit] = (nested ?? [ticket])
    .filter(({ sparsity }) => 1 - sparsity <= MOST * share && 1 - sparsity >= LEAST * share)
    .toSorted((a, b) => a.sparsity - b.sparsity);
  return fit;
}

/** Rows of the grid points where a run has a nested ticket, by size, densest first. */
export function equalSizes(groups: readonly Repeated<SizedSummary>[], reference: string): SizeRow[] {
  const rows = byPointWith(groups, ({ nested }) => nested !== undefined).flatMap((present) =>
    COMPARED.flatMap((share) => rowsAt(present, share, reference)),
  );
  const correctedP = correctedOver(rows.flatMap(({ comparison }) => (comparison ? [comparison.test] : [])));
  return rows.map(({ comparison, ...row }) => ({
    ...row,
    comparison: comparison && { ...comparison, correctedP: correctedP(comparison.test) },
  }));
}

type Uncorrected = Omit<SizeRow, 'comparison'> & {
  readonly comparison: (Difference & Compared) | null;
};

function rowsAt(
  groups: readonly Repeated<SizedSummary>[],
  keptShare: number,
  reference: string,
): Uncorrected[] {
  const found = groups.map(({ runs, ...place }) => ({
    ...place,
    tickets: runs.flatMap(({ seed, summary }) => {
      const ticket = ticketAt(summary, keptShare);
      return ticket ? [{ seed, ticket }] : [];
    }),
  }));
  const others = new Map(
    found
      .find(({ algorithm }) => algorithm === reference)
      ?.tickets.map(({ seed, ticket }) => [seed, ticket.testAccuracy]),
  );
  return found.flatMap(({ point, algorithm, tickets }) => {
    const testAccuracy = locate(
      tickets.map(({ ticket }) => ticket.testAccuracy),
      [0, 1],
    );
    if (!testAccuracy) return [];
    const sparsity = mean(tickets, ({ ticket }) => ticket.sparsity) ?? 0;
    const differences = tickets.flatMap(({ seed, ticket }) => {
      const other = others.get(seed);
      return other === undefined || algorithm === reference ? [] : [ticket.testAccuracy - other];
    });
    const difference = pairedDifference(differences);
    const comparison = difference && { reference, ...difference };
    return [{ point, algorithm, keptShare, testAccuracy, sparsity, comparison }];
  });
}

/** Kept shares of a curve: about those that are compared. Denser tickets are all alike, sparser ones fail. */
const DRAWN = Array.from({ length: 12 }, (_, step) => (12 - step) / 20);

export interface SizePoint extends Sized {
  readonly low: number;
  readonly high: number;
}

/** Mean test accuracy with its confidence interval over the mean sparsity, at the shares that all runs have a ticket for. */
export function sizeCurve({ runs }: Pick<Repeated<SizedSummary>, 'runs'>): SizePoint[] {
  if (!runs.some(({ summary }) => summary.nested)) return [];
  return DRAWN.flatMap((share) => {
    const tickets = runs.flatMap(({ summary }) => ticketAt(summary, share) ?? []);
    const location = locate(
      tickets.map(({ testAccuracy }) => testAccuracy),
      [0, 1],
    );
    if (!location || tickets.length < runs.length) return [];
    const [low, high] = location.interval ?? [location.mean, location.mean];
    return [
      { sparsity: mean(tickets, ({ sparsity }) => sparsity) ?? 0, testAccuracy: location.mean, low, high },
    ];
  });
}
