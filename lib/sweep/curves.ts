/** Learning curves of repeated runs: their median and the middle half, at the same amounts of work. */
import { ascending, quantile } from 'd3-array';
import type { GridPoint } from './cells.ts';
import type { ParsedHistory } from './parsed-history.ts';

/** The value that a run had reached after some work, at the end of a generation or an epoch. */
export interface CurvePoint {
  /** Evaluations; of training, passes over the training data. Or the seconds or dollars that the run had taken. */
  readonly work: number;
  readonly value: number;
}

/** Over all runs: a band begins once all of them have. A run that is over stays where it ended. */
export interface BandPoint {
  readonly work: number;
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

export type Measure = 'accuracy' | 'loss';

/** What the work of a run is counted in. */
const UNITS = ['evaluations', 'seconds', 'dollars'] as const;
export type Unit = (typeof UNITS)[number];

/** Accuracy in each unit of work, and loss by evaluations. */
export const CURVES = [...UNITS, 'loss'] as const;
type CurvesBy<Curve> = Readonly<Record<(typeof CURVES)[number], Curve>>;

/** The curves of a run. */
export type LearningCurves = CurvesBy<readonly CurvePoint[]>;

/** The runs of an algorithm at a grid point. */
export interface GroupCurves {
  readonly point: GridPoint;
  readonly algorithm: string;
  readonly bands: CurvesBy<readonly BandPoint[]>;
}

/** Columns of history.csv: of a search, and of a training. */
const VALUES = {
  accuracy: ['bestAccuracy', 'trainAccuracy'],
  loss: ['bestLoss', 'trainLoss'],
} as const satisfies Record<Measure, unknown>;

/**
 * The curve that a history describes, where its value changes, and at its end; empty if it has no such column, or no values in
 * it. `total`: seconds or dollars of the whole run, in which its work is given: a history does not tell them, so they are spread
 * evenly over its evaluations and flips, or its epochs.
 */
export function learningCurve(
  history: ParsedHistory,
  measure: Measure,
  total?: number,
): readonly CurvePoint[] {
  return curveOf(changesOf(history, measure), history, total);
}

/** All curves of a run that took so many seconds and dollars. */
export function learningCurves(
  history: ParsedHistory,
  { seconds, dollars }: Readonly<Record<Exclude<Unit, 'evaluations'>, number>>,
): LearningCurves {
  const accuracy = changesOf(history, 'accuracy');
  return {
    evaluations: curveOf(accuracy, history),
    seconds: curveOf(accuracy, history, seconds),
    dollars: curveOf(accuracy, history, dollars),
    loss: learningCurve(history, 'loss'),
  };
}

/** The value of a row of a history. */
interface Change {
  readonly row: number;
  readonly value: number;
}

/**
 * The rows where the value changes, and the last. A search keeps its best individual; a training may leave its best epoch
 * behind, above all where it begins anew with another kept share, so that its value is that of the best epoch so far.
 */
function changesOf(history: ParsedHistory, measure: Measure): readonly Change[] {
  const { columns } = history;
  const [ofSearch, ofTraining] = VALUES[measure];
  const values = columns[ofSearch] ?? columns[ofTraining];
  if (!values) return [];
  const isBetter = columns.evaluations ? () => true : betterEpochs(history);
  const changes: Change[] = [];
  let end: Change | undefined;
  let best = Number.NaN;
  for (const [row, value] of values.entries()) {
    if (isBetter(row)) best = value;
    if (!Number.isFinite(best)) continue;
    end = { row, value: best };
    if (best !== changes.at(-1)?.value) changes.push(end);
  }
  return end === undefined || end === changes.at(-1) ? changes : [...changes, end];
}

function curveOf(
  changes: readonly Change[],
  { rows, columns: { evaluations, flips } }: ParsedHistory,
  total?: number,
): CurvePoint[] {
  const countAt = (row: number) =>
    evaluations ? (evaluations[row] ?? 0) + (total === undefined ? 0 : (flips?.[row] ?? 0)) : row + 1;
  const all = rows === 0 ? 0 : countAt(rows - 1);
  const unit = total === undefined || all === 0 ? 1 : total / all;
  return changes.map(({ row, value }) => ({ work: countAt(row) * unit, value }));
}

/** Whether an epoch, asked for one after another, is the best so far: on validation data where some are held out. */
function betterEpochs({ columns }: ParsedHistory): (row: number) => boolean {
  const { trainAccuracy, validationAccuracy, validationLoss } = columns;
  let best: { readonly accuracy: number; readonly loss: number } | undefined;
  return (row) => {
    const epoch = {
      accuracy: numberAt(validationAccuracy, row) ?? numberAt(trainAccuracy, row) ?? Number.NEGATIVE_INFINITY,
      loss: numberAt(validationLoss, row) ?? Number.POSITIVE_INFINITY,
    };
    const isBest =
      !best || epoch.accuracy > best.accuracy || (epoch.accuracy === best.accuracy && epoch.loss < best.loss);
    if (isBest) best = epoch;
    return isBest;
  };
}

/** Undefined where the cell is empty. */
function numberAt(column: Float64Array | undefined, row: number): number | undefined {
  const value = column?.[row] ?? Number.NaN;
  return Number.isNaN(value) ? undefined : value;
}

/** Points of a band: as many as an eye can tell apart. */
const STEPS = 80;

/**
 * Median and quartiles of the curves at amounts of work that are evenly spaced on a logarithmic axis; and at `shared`, where
 * that is among them.
 */
export function bandOf(curves: readonly (readonly CurvePoint[])[], shared?: number): BandPoint[] {
  const { begun, first, last } = extentOf(curves);
  if (begun.length === 0) return [];
  const places = begun.map(() => 0);
  return worksOf(first, last, shared).map((work) => {
    const values = begun.flatMap((curve, index) => {
      let place = places[index] ?? 0;
      while ((curve[place + 1]?.work ?? Number.POSITIVE_INFINITY) <= work) place++;
      places[index] = place;
      const point = curve[place];
      return point && point.work <= work ? [point.value] : [];
    });
    const over = (share: number) => quantile(values, share) ?? Number.NaN;
    return { work, low: over(0.25), median: over(0.5), high: over(0.75) };
  });
}

/** The curves that have begun, and the amounts of work between which their band is drawn. */
function extentOf(curves: readonly (readonly CurvePoint[])[]) {
  const begun = curves.filter(([first]) => first !== undefined && first.work > 0);
  const first = begun.reduce((latest, [point]) => Math.max(latest, point?.work ?? latest), 0);
  const last = begun.reduce((high, curve) => Math.max(high, curve.at(-1)?.work ?? high), 0);
  return { begun, first, last };
}

/** Amounts of work from `first` to `last`. */
function worksOf(first: number, last: number, shared: number | undefined): number[] {
  const steps = last > first ? STEPS : 0;
  const works = Array.from({ length: steps + 1 }, (_, step) =>
    // The ends exactly, whatever a power is rounded to.
    step === 0 ? first : step === steps ? last : first * (last / first) ** (step / steps),
  );
  if (shared === undefined || shared <= first || shared >= last) return works;
  return [...new Set([...works, shared])].sort(ascending);
}

/** Bands of algorithms that are drawn together. Each has a point where the shortest line ends: a caption tells of that. */
export function bandsOf(algorithms: readonly (readonly (readonly CurvePoint[])[])[]): BandPoint[][] {
  const lines = algorithms.map(extentOf).filter(({ first, last }) => last > first);
  const shared = Math.min(...lines.map(({ last }) => last));
  return algorithms.map((curves) => bandOf(curves, shared));
}

/** Whether there is a line to draw. */
export function isLine(band: readonly BandPoint[]): boolean {
  return band.length > 1;
}

/** The work that every line among the bands reaches: that of the shortest; infinite without one. */
export function commonWork(bands: readonly (readonly BandPoint[])[]): number {
  return Math.min(...bands.filter(isLine).map((band) => band.at(-1)?.work ?? 0));
}

/** The band after so much work; undefined where not all of its runs had begun. */
export function bandAt(band: readonly BandPoint[], work: number): BandPoint | undefined {
  return band.findLast((point) => point.work <= work);
}
