/** Accuracy at equal sizes, where runs have nested tickets: of each algorithm, and against the reference. */
import { group, mean } from 'd3-array';
import { correctedOver, type Location, locate, type SignedRank, signedRank } from './statistics.ts';

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

/** What is needed of an algorithm's runs at a grid point. */
interface Repeated<Point> {
  readonly point: Point;
  readonly algorithm: string;
  readonly runs: readonly { readonly seed: number; readonly summary: SizedSummary }[];
}

/** An algorithm at a grid point, at one size. */
export interface SizeRow<Point> {
  readonly point: Point;
  readonly algorithm: string;
  readonly keptShare: number;
  readonly testAccuracy: Location;
  /** Mean of its tickets. */
  readonly sparsity: number;
  /** Null of the reference itself, and where no seed has both. */
  readonly comparison: SizeComparison | null;
}

interface SizeComparison {
  readonly reference: string;
  /** Test accuracy of the algorithm minus that of the reference, over the seeds at which both have a ticket of the size. */
  readonly difference: Location;
  readonly test: SignedRank;
  /** Corrected over all sizes and algorithms of the sweep. */
  readonly correctedP: number;
}

/** The densest ticket of a run that stands for a share: of its nested ticket, or the one that it has; undefined if none does. */
function ticketAt({ nested, ...ticket }: SizedSummary, share: number): Sized | undefined {
  const [fit] = (nested ?? [ticket])
    .filter(({ sparsity }) => 1 - sparsity <= MOST * share && 1 - sparsity >= LEAST * share)
    .toSorted((a, b) => a.sparsity - b.sparsity);
  return fit;
}

/** Rows of the grid points where a run has a nested ticket, by size, densest first. */
export function equalSizes<Point extends { readonly index: number }>(
  groups: readonly Repeated<Point>[],
  reference: string,
): SizeRow<Point>[] {
  const rows = [...group(groups, ({ point }) => point.index).values()].flatMap((present) => {
    if (!present.some(({ runs }) => runs.some(({ summary }) => summary.nested))) return [];
    return COMPARED.flatMap((share) => rowsAt(present, share, reference));
  });
  const correctedP = correctedOver(rows.flatMap(({ comparison }) => (comparison ? [comparison.test] : [])));
  return rows.map(({ comparison, ...row }) => ({
    ...row,
    comparison: comparison && { ...comparison, correctedP: correctedP(comparison.test) },
  }));
}

type Uncorrected<Point> = Omit<SizeRow<Point>, 'comparison'> & {
  readonly comparison: Omit<SizeComparison, 'correctedP'> | null;
};

function rowsAt<Point>(
  groups: readonly Repeated<Point>[],
  keptShare: number,
  reference: string,
): Uncorrected<Point>[] {
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
    const difference = locate(differences, [-1, 1]);
    const comparison = difference && { reference, difference, test: signedRank(differences) };
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
export function sizeCurve({ runs }: Pick<Repeated<unknown>, 'runs'>): SizePoint[] {
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
