/** Learning curves of repeated runs: their median and the middle half, at the same amounts of work. */
import { quantile } from 'd3-array';

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
export const UNITS = ['evaluations', 'seconds', 'dollars'] as const;
export type Unit = (typeof UNITS)[number];

/** Columns of history.csv: of a search, and of a training. */
const VALUES: Readonly<Record<Measure, readonly string[]>> = {
  accuracy: ['bestAccuracy', 'trainAccuracy'],
  loss: ['bestLoss', 'trainLoss'],
};

/**
 * The curve that a history.csv describes; empty if it has no such column, or no values in it. A search keeps its best
 * individual; a training may leave its best epoch behind, above all where it begins anew with another kept share, so
 * that its curve is that of the best epoch so far. `total`: seconds or dollars of the whole run, in which its work is given:
 * a history does not tell them, so they are spread evenly over its evaluations and flips, or its epochs.
 */
export function parseCurve(history: string, measure: Measure, total?: number): CurvePoint[] {
  // Tombola's own file, nothing but numbers: it needs no quoting rules, and there may be millions of rows.
  const [head = '', ...lines] = history.trimEnd().split('\n');
  const columns = head.trimEnd().split(',');
  const value = columns.findIndex((column) => VALUES[measure].includes(column));
  const evaluations = columns.indexOf('evaluations');
  if (value < 0) return [];
  const isBetter = evaluations < 0 ? betterEpochs(columns) : () => true;
  const flips = columns.indexOf('flips');
  const countIn = (cells: readonly string[], index: number) =>
    evaluations < 0
      ? index + 1
      : Number(cells[evaluations]) + (total === undefined ? 0 : (numberIn(cells, flips) ?? 0));
  const all = countIn((lines.at(-1) ?? '').trimEnd().split(','), lines.length - 1);
  const unit = total === undefined || all === 0 ? 1 : total / all;
  let best: number | undefined;
  return lines.flatMap((line, index) => {
    const cells = line.trimEnd().split(',');
    const work = countIn(cells, index) * unit;
    if (isBetter(cells)) best = numberIn(cells, value);
    return best === undefined ? [] : [{ work, value: best }];
  });
}

/** Whether an epoch, asked for one after another, is the best so far: on validation data where some are held out. */
function betterEpochs(columns: readonly string[]): (cells: readonly string[]) => boolean {
  const [train, validation, loss] = ['trainAccuracy', 'validationAccuracy', 'validationLoss'].map((column) =>
    columns.indexOf(column),
  );
  let best: { readonly accuracy: number; readonly loss: number } | undefined;
  return (cells) => {
    const row = {
      accuracy: numberIn(cells, validation) ?? numberIn(cells, train) ?? Number.NEGATIVE_INFINITY,
      loss: numberIn(cells, loss) ?? Number.POSITIVE_INFINITY,
    };
    const isBest =
      !best || row.accuracy > best.accuracy || (row.accuracy === best.accuracy && row.loss < best.loss);
    if (isBest) best = row;
    return isBest;
  };
}

/** Undefined where the cell is empty or holds no number. */
function numberIn(cells: readonly string[], column = -1): number | undefined {
  const text = cells[column] ?? '';
  return text === '' || !Number.isFinite(Number(text)) ? undefined : Number(text);
}

/** Points of a band: as many as an eye can tell apart. */
const STEPS = 80;

/** Median and quartiles of the curves at amounts of work that are evenly spaced on a logarithmic axis. */
export function bandOf(curves: readonly (readonly CurvePoint[])[]): BandPoint[] {
  const begun = curves.filter(([first]) => first !== undefined && first.work > 0);
  const first = begun.reduce((latest, [point]) => Math.max(latest, point?.work ?? latest), 0);
  const last = begun.reduce((high, curve) => Math.max(high, curve.at(-1)?.work ?? high), 0);
  if (begun.length === 0) return [];
  const steps = last > first ? STEPS : 0;
  const places = begun.map(() => 0);
  return Array.from({ length: steps + 1 }, (_, step) => {
    // The ends exactly, whatever a power is rounded to.
    const work = step === 0 ? first : step === steps ? last : first * (last / first) ** (step / steps);
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

/** The work that every one of the bands reaches: that of the shortest. */
export function commonWork(bands: readonly (readonly BandPoint[])[]): number {
  return Math.min(...bands.map((band) => band.at(-1)?.work ?? 0));
}

/** The band after so much work; undefined where none of its runs had begun. */
export function bandAt(band: readonly BandPoint[], work: number): BandPoint | undefined {
  return band.findLast((point) => point.work <= work);
}
