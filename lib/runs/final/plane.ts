/** For the report's figure of a task with two features: points of it, and what the ticket decides around them. */
import { extent } from 'd3-array';
import type { Samples } from '../../data/dataset.ts';
import type { TicketSession } from '../../evaluation/ticket.ts';

/** Points a figure shows, and cells along each side of the grid behind them. */
const SHOWN_POINTS = 1_500;
const GRID = 160;

/** For two features: a sample of the training data, and the ticket's class on a grid around it; raw units. */
export async function planeOf(session: TicketSession, { features, x, labels }: Samples) {
  if (features !== 2) return undefined;
  const [xMin, xMax] = extentOf(x, 0);
  const [yMin, yMax] = extentOf(x, 1);
  const cells = new Float32Array(GRID * GRID * 2);
  for (let row = 0; row < GRID; row++) {
    for (let column = 0; column < GRID; column++) {
      const cell = 2 * (row * GRID + column);
      cells[cell] = xMin + ((xMax - xMin) * (column + 0.5)) / GRID;
      cells[cell + 1] = yMin + ((yMax - yMin) * (row + 0.5)) / GRID;
    }
  }
  const classes = await session.predict(cells, 2);
  // Files may be sorted by class: points are taken from all over them.
  const shown = Math.min(SHOWN_POINTS, labels.length);
  const points = Array.from({ length: shown }, (_, point) => {
    const index = Math.floor((point * labels.length) / shown);
    return { x: x[2 * index] ?? 0, y: x[2 * index + 1] ?? 0, label: labels[index] ?? 0 };
  });
  return { points, grid: { xMin, xMax, yMin, yMax, columns: GRID, rows: GRID, labels: classes } };
}

/** A feature that is always the same still has a width on the page. */
function extentOf(x: Float32Array, feature: 0 | 1): readonly [number, number] {
  const [low = 0, high = 0] = extent(x.filter((_, index) => index % 2 === feature));
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}
