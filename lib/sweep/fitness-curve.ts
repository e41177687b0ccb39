/** How fit a search was over its generations, from its history.csv. */
import type { AskedSpec } from '../runspec/schema.ts';

type Objective = AskedSpec['search']['objective'];

/** A row of the history in which the best mask became fitter, counted from 0, which is the start. */
interface FitnessPoint {
  readonly row: number;
  readonly work: number;
  /** Larger is better. */
  readonly fitness: number;
  /** Of the best mask on training data; NaN if the history has none. */
  readonly accuracy: number;
}

/** How fit a search was, and how soon; only where it became fitter. */
export interface FitnessCurve {
  /** Evaluations of the whole training set; of a search that flips bits, flips as well. */
  readonly unit: 'evaluations' | 'flips';
  /** Column of history.csv. */
  readonly figure: string;
  readonly points: readonly FitnessPoint[];
  /** Of the whole search. */
  readonly work: number;
  /** Of the history: the start, and every generation. */
  readonly rows: number;
}

/** Reads the curve of a cell; undefined where it has no history, or none that tells how fit its masks were. */
export type ReadCurve = (cell: string) => Promise<FitnessCurve | undefined>;

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
  const accuracy = columns.indexOf('bestAccuracy');
  const points: FitnessPoint[] = [];
  let best = Number.NEGATIVE_INFINITY;
  let work = 0;
  for (const [row, line] of lines.entries()) {
    const cells = line.trimEnd().split(',');
    work = Number(cells[evaluations]) + (flips < 0 ? 0 : Number(cells[flips]));
    const found = cells[value] ?? '';
    const reached = found === '' ? Number.NaN : sign * Number(found);
    if (reached > best)
      points.push({ row, work, fitness: reached, accuracy: Number(cells[accuracy] || Number.NaN) });
    best = Math.max(best, points.at(-1)?.fitness ?? best);
  }
  return points.length === 0
    ? undefined
    : { unit: flips < 0 ? 'evaluations' : 'flips', figure, points, work, rows: lines.length };
}

/** Reads curves of cells. Within limits the fittest mask need not be the one with the best figure: such searches have none. */
export function curveReader(
  cells: readonly { readonly id: string; readonly spec: AskedSpec }[],
  readHistory: (cell: string) => Promise<string | undefined>,
): ReadCurve {
  const searches = new Map(cells.map(({ id, spec }) => [id, spec.search]));
  return async (id) => {
    const search = searches.get(id);
    if (!search || search.constraints) return undefined;
    const history = await readHistory(id);
    return history === undefined ? undefined : fitnessCurve(history, search.objective);
  };
}
