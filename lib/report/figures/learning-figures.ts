/** Figures over the epochs of a training: accuracy and loss, on training data and on held-out samples. */
import { maxIndex, min } from 'd3-array';
import type { EpochRow } from '../../algorithms/parts/epoch-row.ts';
import { at } from '../../base/at.ts';
import { nats, percent, whole } from '../../base/format.ts';
import { countAxis, upwards } from './chart.ts';
import { linearAxis, lossAxis } from './domain.ts';
import type { Figure } from './figure.ts';
import { drawLines, type Line, legendOf } from './lines.ts';
import { classColor } from './marker.ts';
import { thin } from './thinning.ts';

const HEIGHT = 290;

interface Curve extends Pick<Line, 'name' | 'color' | 'mark'> {
  readonly rows: readonly EpochRow[];
  readonly value: (row: EpochRow) => number | null;
}

/** The figures that the rows can fill: none with fewer than two epochs. */
export async function learningFigures(rows: readonly EpochRow[]): Promise<Figure[]> {
  if (rows.length < 2) return [];
  return [await accuracyFigure(rows), await lossFigure(rows)];
}

async function accuracyFigure(rows: readonly EpochRow[]): Promise<Figure> {
  const curves = curvesOf(rows, 'Accuracy');
  const axis = linearAxis(valuesOf(curves), 0.01, [0, 1]);
  const heldOut = rows.some(({ validationAccuracy }) => validationAccuracy !== null);
  const accuracies = rows.map((row) => (heldOut ? row.validationAccuracy : row.trainAccuracy) ?? 0);
  const best = maxIndex(accuracies);
  const { epoch, keep } = at(rows, best);
  return {
    id: 'accuracy',
    title: 'Accuracy by epoch',
    ...(await draw(curves, upwards(axis, 'percent'), 'accuracy')),
    caption: `${described(curves, heldOut)} The highest is ${percent(at(accuracies, best))}, in epoch ${whole(epoch)}${severalShares(rows) ? ` with ${percent(keep)} kept` : ''}.`,
  };
}

async function lossFigure(rows: readonly EpochRow[]): Promise<Figure> {
  const curves = curvesOf(rows, 'Loss');
  const axis = lossAxis(valuesOf(curves));
  const heldOut = rows.some(({ validationLoss }) => validationLoss !== null);
  const least = min(rows, (row) => (heldOut ? row.validationLoss : row.trainLoss)) ?? Infinity;
  return {
    id: 'loss',
    title: 'Cross-entropy by epoch',
    ...(await draw(curves, upwards(axis, 'number'), 'loss')),
    caption:
      `Mean cross-entropy per sample in nats${axis.type === 'log' ? ', on a logarithmic scale' : ''}; lower is better. ` +
      `The lowest${heldOut ? ' on held-out samples' : ''} is ${nats(least)}.`,
  };
}

/** Both curves of one training; of several, one for each kept share, those that decide among them. */
function curvesOf(rows: readonly EpochRow[], quantity: 'Accuracy' | 'Loss'): readonly Curve[] {
  const train = (row: EpochRow) => row[`train${quantity}`];
  const validation = (row: EpochRow) => row[`validation${quantity}`];
  const courses = coursesOf(rows);
  if (courses.length > 1) {
    return courses.map((course, index) => ({
      name: `${percent(course.at(-1)?.keep ?? 1)} kept`,
      color: classColor(index),
      mark: 'line',
      rows: course,
      value: validation,
    }));
  }
  const heldOut = rows.some((row) => validation(row) !== null);
  return [
    { name: 'training data', mark: 'dashed', rows, value: train },
    ...(heldOut ? [{ name: 'held-out samples', mark: 'line', rows, value: validation } as const] : []),
  ];
}

function severalShares(rows: readonly EpochRow[]): boolean {
  return rows.some(({ keep }) => keep !== rows[0]?.keep);
}

/** The trainings that stand one after another; each begins with its epoch 1. */
function coursesOf(rows: readonly EpochRow[]): EpochRow[][] {
  const starts = [...rows.keys()].filter((index) => rows[index]?.epoch === 1);
  return starts.map((start, index) => rows.slice(start, starts[index + 1]));
}

function described(curves: readonly Curve[], heldOut: boolean): string {
  if (!heldOut) return 'Share of the training data classified correctly, each sample as it was trained on.';
  if (curves.length === 2 && curves[0]?.mark === 'dashed') {
    return 'Share classified correctly: of the training data, each sample as it was trained on, and of held-out samples at the end of the epoch.';
  }
  return 'Share of held-out samples classified correctly at the end of each epoch, a curve for each share of the weights kept.';
}

async function draw(curves: readonly Curve[], y: ReturnType<typeof upwards>, name: string) {
  const last = Math.max(...curves.map(({ rows }) => rows.at(-1)?.epoch ?? 1));
  const lines = curves.map(
    ({ rows, value, ...curve }): Line => ({
      ...curve,
      field: 'value',
      rows: thin(rows, [value]).map((row) => ({ epoch: row.epoch, value: value(row) })),
    }),
  );
  const chart = { rows: [], x: countAxis('epoch', [1, last]), y, lines, height: HEIGHT };
  return { legend: legendOf(chart).reverse(), drawing: await drawLines(chart, name) };
}

function* valuesOf(curves: readonly Curve[]): Generator<number | null> {
  for (const { rows, value } of curves) for (const row of rows) yield value(row);
}
