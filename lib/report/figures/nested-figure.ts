/** Accuracy over sparsity of an order of the weights whose every beginning is a ticket. */
import { minIndex } from 'd3-array';
import { at } from '../../base/at.ts';
import { percent } from '../../base/format.ts';
import { TICKET_NESTED } from '../../store/keys.ts';
import type { NestedRow } from '../summary.ts';
import { drawChart, sparsityAxis, upwards } from './chart.ts';
import { linearAxis } from './domain.ts';
import type { Figure } from './figure.ts';
import { DASHES } from './marker.ts';

const CURVES = [
  { field: 'trainAccuracy', label: 'train accuracy', color: 'var(--mean)', mark: 'dashed' },
  { field: 'validationAccuracy', label: 'validation accuracy', color: 'var(--muted)', mark: 'dotted' },
  { field: 'testAccuracy', label: 'test accuracy', color: 'var(--best)', mark: 'line' },
] as const;

/** Sparsities that the caption tells of, as far as there are any. */
const TOLD = [0.5, 0.8, 0.9, 0.95];

/** `rows`: densest first. Null with fewer than two. */
export async function nestedFigure(rows: readonly NestedRow[] = []): Promise<Figure | null> {
  if (rows.length < 2) return null;
  const curves = CURVES.filter(({ field }) => rows.some((row) => row[field] !== null));
  const sparsities = linearAxis(
    rows.map(({ sparsity }) => sparsity),
    0.02,
    [0, 1],
  );
  const accuracies = rows.flatMap((row) => curves.map(({ field }) => row[field]));
  const y = upwards(linearAxis(accuracies, 0.005, [0, 1]), 'percent', 'accuracy');
  const drawing = await drawChart(
    {
      data: { values: [...rows] },
      layer: curves.map(({ field, color, mark }) => ({
        mark: {
          type: 'line',
          color,
          strokeWidth: 2,
          strokeDash: [...DASHES[mark]],
          point: { color, size: 24 },
        },
        encoding: { y: { field, ...y } },
      })),
      encoding: { x: sparsityAxis(sparsities) },
    },
    320,
  );
  const told = [
    ...new Set(TOLD.map((sparsity) => minIndex(rows, (row) => Math.abs(row.sparsity - sparsity)))),
  ]
    .map((index) => at(rows, index))
    .map(({ sparsity, testAccuracy }) => `${percent(testAccuracy)} at ${percent(sparsity)}`);
  return {
    id: 'nested',
    title: 'One file for all sparsities',
    legend: curves.map(({ label, color, mark }) => ({ label, color, mark })),
    drawing,
    caption: `${TICKET_NESTED} with more and more of its weights left out, the last of its order first. On the test data: ${told.join(', ')} sparsity.`,
  };
}
