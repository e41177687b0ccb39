/** The evaluations that algorithms need until they are as fit as the reference was at its end, and after half of its work. */
import { group } from 'd3-array';
import { at } from '../base/at.ts';
import type { AskedSpec } from '../runspec/schema.ts';
import type { GridPoint } from './cells.ts';
import type { Sweep } from './schema.ts';
import { holm, medianInterval, type SignedRank, signedRank } from './statistics.ts';

type Objective = AskedSpec['search']['objective'];

/** How fit a search was, and how soon; only where it became fitter. */
export interface FitnessCurve {
  /** Evaluations of the whole training set; of a search that flips bits, flips as well. */
  readonly unit: 'evaluations' | 'flips';
  /** Column of history.csv. */
  readonly figure: string;
  /** Larger is better. */
  readonly points: readonly { readonly work: number; readonly fitness: number }[];
  /** Of the whole search. */
  readonly work: number;
}

/** When the reference was as fit as the others are to be. */
const TARGETS = ['end', 'half'] as const;
type Target = (typeof TARGETS)[number];

/** An algorithm against the reference, paired by seed. */
export interface Reach {
  /** Null: over all grid points, where each seed counts once, with the median of its ratios. */
  readonly point: GridPoint | null;
  readonly algorithm: string;
  readonly reference: string;
  readonly target: Target;
  readonly unit: FitnessCurve['unit'];
  /** Pairs of runs, and those in which the algorithm became as fit. */
  readonly pairs: number;
  readonly reached: number;
  /** Work of the algorithm over that of the reference until both were as fit; infinite where the algorithm never was. */
  readonly ratio: {
    readonly median: number;
    /** Of the median, 95 %, by order statistics; null of fewer than six. */
    readonly interval: readonly [low: number, high: number] | null;
  };
  /** Of the logarithms of the ratios; a negative effect size: the algorithm needs less. */
  readonly test: SignedRank;
  /** Corrected over all rows of the table. */
  readonly correctedP: number;
}

/** The column of each; the history does not have that of an objective of one's own. */
const FIGURES: Partial<Record<NonNullable<Objective>, string>> = {
  accuracy: 'bestAccuracy',
  'accuracy-then-cross-entropy': 'bestAccuracy',
  'cross-entropy': 'bestLoss',
  'balanced-accuracy': 'bestMacroAverage',
  'macro-f1': 'bestMacroAverage',
};

/**
 * The curve that the history.csv of a search tells; undefined of a training, which evaluates no masks. `objective`: undefined where
 * the data decide, which is cross-entropy if there is any.
 */
export function fitnessCurve(history: string, objective: Objective): FitnessCurve | undefined {
  // Tombola's own file: nothing but numbers.
  const [head = '', ...lines] = history.trimEnd().split('\n');
  const columns = head.trimEnd().split(',');
  const flips = columns.indexOf('flips');
  const hasLoss = (lines[0] ?? '').split(',')[columns.indexOf('bestLoss')] !== '';
  const fitness = FIGURES[objective ?? (hasLoss ? 'cross-entropy' : 'accuracy')];
  const figure = flips < 0 ? fitness : 'bestCost';
  const [evaluations, value] = [columns.indexOf('evaluations'), columns.indexOf(figure ?? '')];
  if (evaluations < 0 || value < 0 || figure === undefined) return undefined;
  const sign = figure === 'bestCost' || figure === 'bestLoss' ? -1 : 1;
  const points: { work: number; fitness: number }[] = [];
  let best = Number.NEGATIVE_INFINITY;
  let work = 0;
  for (const line of lines) {
    const cells = line.trimEnd().split(',');
    work = Number(cells[evaluations]) + (flips < 0 ? 0 : Number(cells[flips]));
    const found = cells[value] ?? '';
    const reached = found === '' ? Number.NaN : sign * Number(found);
    if (reached > best) points.push({ work, fitness: reached });
    best = Math.max(best, points.at(-1)?.fitness ?? best);
  }
  return points.length === 0
    ? undefined
    : { unit: flips < 0 ? 'evaluations' : 'flips', figure, points, work };
}

/** Work until a search was as fit; infinite where it never was. */
function workUntil({ points }: FitnessCurve, fitness: number): number {
  return points.find((point) => point.fitness >= fitness)?.work ?? Number.POSITIVE_INFINITY;
}

function targetOf({ points, work }: FitnessCurve, target: Target): number {
  const until = target === 'end' ? work : work / 2;
  return (points.findLast((point) => point.work <= until) ?? at(points, 0)).fitness;
}

/** Work of a search over that of the reference until both were as fit as the reference at the target. */
export function ratioOf(own: FitnessCurve, reference: FitnessCurve, target: Target): number {
  const fitness = targetOf(reference, target);
  return workUntil(own, fitness) / workUntil(reference, fitness);
}

/** Cells whose histories are read, at most. */
const MOST_CELLS = 3_000;

/** Infinite logarithms would have no ranks. */
const NEVER = 1_000;

/** The runs that succeeded with an algorithm at a grid point, as far as needed. */
interface Repeated {
  readonly point: GridPoint;
  readonly algorithm: string;
  readonly runs: readonly { readonly seed: number; readonly id: string }[];
}

/** The cells of a sweep, as far as needed. */
interface Found {
  readonly groups: readonly Repeated[];
  readonly runs: readonly { readonly cell: { readonly id: string; readonly spec: AskedSpec } }[];
}

interface Ratio {
  readonly point: GridPoint;
  readonly algorithm: string;
  readonly seed: number;
  readonly unit: FitnessCurve['unit'];
  readonly target: Target;
  readonly ratio: number;
}

/** A row per grid point, algorithm and target, and those over all grid points; none of what cannot be compared. */
export async function reachOf(
  { reference }: Sweep,
  { groups, runs }: Found,
  readHistory: (cell: string) => Promise<string | undefined>,
): Promise<Reach[]> {
  if (runs.length > MOST_CELLS) return [];
  const specs = new Map(runs.map(({ cell }) => [cell.id, cell.spec]));
  const curvesOf = async (group: Pick<Repeated, 'runs'>) => {
    const curves = new Map<number, FitnessCurve>();
    for (const { id, seed } of group.runs) {
      const spec = specs.get(id);
      // Within limits the fittest mask need not be the one with the best figure.
      if (!spec || spec.search.constraints) continue;
      const history = await readHistory(id);
      const curve = history === undefined ? undefined : fitnessCurve(history, spec.search.objective);
      if (curve) curves.set(seed, curve);
    }
    return curves;
  };
  const ratios: Ratio[] = [];
  for (const present of group(groups, ({ point }) => point.index).values()) {
    const base = present.find(({ algorithm }) => algorithm === reference);
    const others = present.filter((one) => one !== base);
    if (!base || others.length === 0) continue;
    const references = await curvesOf(base);
    if (references.size === 0) continue;
    for (const other of others) {
      for (const [seed, own] of await curvesOf(other)) {
        const against = references.get(seed);
        if (against?.figure !== own.figure) continue;
        const { point, algorithm } = other;
        for (const target of TARGETS) {
          const ratio = ratioOf(own, against, target);
          ratios.push({ point, algorithm, seed, unit: own.unit, target, ratio });
        }
      }
    }
  }
  const points = new Set(ratios.map(({ point }) => point.index));
  const rows = [
    ...group(ratios, ({ point, algorithm, target }) => `${point.index} ${target} ${algorithm}`).values(),
  ].map((own) =>
    rowOf(
      at(own, 0).point,
      reference,
      own,
      own.map(({ ratio }) => ratio),
    ),
  );
  const all =
    points.size < 2 ? [] : [...group(ratios, ({ algorithm, target }) => `${target} ${algorithm}`).values()];
  const over = all.map((own) => {
    const seeds = [...group(own, ({ seed }) => seed).values()];
    return rowOf(
      null,
      reference,
      own,
      seeds.map((some) => middleOf(some.map(({ ratio }) => ratio))),
    );
  });
  const found = [...over, ...rows];
  const corrected = holm(found.map(({ test }) => test.pValue));
  return found.map((row, index) => ({ ...row, correctedP: at(corrected, index) }));
}

function rowOf(
  point: GridPoint | null,
  reference: string,
  pairs: readonly Ratio[],
  values: readonly number[],
): Omit<Reach, 'correctedP'> {
  const { algorithm, target, unit } = at(pairs, 0);
  return {
    point,
    algorithm,
    reference,
    target,
    unit,
    pairs: pairs.length,
    reached: pairs.filter(({ ratio }) => Number.isFinite(ratio)).length,
    ratio: { median: middleOf(values), interval: medianInterval(values) },
    test: signedRank(values.map((ratio) => Math.min(NEVER, Math.log(ratio)))),
  };
}

/** The median, also of values that are infinite. */
function middleOf(values: readonly number[]): number {
  const order = values.toSorted((a, b) => (a === b ? 0 : a < b ? -1 : 1));
  return (at(order, (order.length - 1) >> 1) + at(order, order.length >> 1)) / 2;
}
