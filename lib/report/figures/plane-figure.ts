/** Two-dimensional tasks: the ticket's decision regions under the data. */
import type { TopLevelSpec } from 'vega-lite';
import { whole } from '../../base/format.ts';
import { featureName, type Names, shortened } from '../text/names.ts';
import { drawChart, lookOf, TITLE_ABOVE } from './chart.ts';
import type { Figure } from './figure.ts';
import { classColor, classShape, type LegendEntry, regionColor } from './marker.ts';

/** Raw units: the data as the task makes it, before scaling. */
export interface Plane {
  /** A sample of the data, at most about 1,500 points. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly label: number }[];
  readonly grid: LabelGrid;
}

/** The ticket's class at the centres of `columns` × `rows` equal cells, row by row from the lowest y. */
export interface LabelGrid {
  readonly xMin: number;
  readonly xMax: number;
  readonly yMin: number;
  readonly yMax: number;
  readonly columns: number;
  readonly rows: number;
  readonly labels: Uint8Array | Uint16Array;
}

/** Cells `x0`..`x1`−1 of rows `y0`..`y1`−1, all of one class. */
export interface Region {
  readonly label: number;
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

/** Classes that the legend names. */
const LEGEND_CLASSES = 10;
const VIEW = { width: 500, least: 300, most: 500 } as const;
const EXTENT = { minExtent: 44, maxExtent: 44 } as const;

/** The far corner of a rectangle. */
export const CORNER = { x2: { field: 'x2' }, y2: { field: 'y2' } } as const;

/** The decision regions, and the points in the colours of their true classes over them; `mask`: what decides. */
export async function planeFigure(
  { points, grid }: Plane,
  names: Names = {},
  mask = 'ticket',
): Promise<Figure> {
  const { xMin, xMax, yMin, yMax, columns, rows } = grid;
  const toX = (column: number) => xMin + ((xMax - xMin) * column) / columns;
  const toY = (row: number) => yMin + ((yMax - yMin) * row) / rows;
  const regions = regionsOf(grid).map(({ label, x0, x1, y0, y1 }) => {
    return { label, x: toX(x0), x2: toX(x1), y: toY(y0), y2: toY(y1) };
  });
  const inside = points.filter(({ x, y }) => x >= xMin && x <= xMax && y >= yMin && y <= yMax);
  const classes = classesOf(inside);
  const ratio = (yMax - yMin) / (xMax - xMin);
  const axis = { grid: false, tickCount: 6, domain: false } as const;
  const nameOf = (feature: number) => shortened(featureName(names, feature), 40);
  const spec: TopLevelSpec = {
    width: VIEW.width,
    height: Math.min(VIEW.most, Math.max(VIEW.least, VIEW.width * ratio)),
    layer: [
      {
        data: { values: regions },
        mark: { type: 'rect' },
        encoding: { ...CORNER, fill: lookOf('label', classesOf(regions), regionColor) },
      },
      {
        data: { values: inside },
        mark: { type: 'point', filled: true, size: 22, stroke: 'var(--surface)', strokeWidth: 0.5 },
        encoding: {
          fill: lookOf('label', classes, classColor),
          shape: lookOf('label', classes, classShape),
        },
      },
    ],
    resolve: { scale: { fill: 'independent' } },
    encoding: {
      x: alongAxis('x', [xMin, xMax], { ...axis, title: nameOf(0) }),
      y: alongAxis('y', [yMin, yMax], { ...axis, ...TITLE_ABOVE, title: nameOf(1), titleX: -22, ...EXTENT }),
    },
  };
  return {
    id: 'plane',
    title: `What the ${mask} decides`,
    legend: legendOf(classesOf([...inside, ...regions]), names),
    drawing: await drawChart(spec),
    caption:
      `${whole(inside.length)} points of the data, coloured by their true class, over the class that the ${mask} ` +
      'answers at each place. A point on a background of another colour is misclassified.',
  };
}

function classesOf(items: readonly { readonly label: number }[]): number[] {
  return [...new Set(items.map(({ label }) => label))].sort((a, b) => a - b);
}

/** A place in the plane along one of its axes. */
export function alongAxis<Shown extends object>(field: string, domain: [number, number], axis: Shown) {
  return { field, type: 'quantitative', scale: { domain, nice: false, zero: false }, axis } as const;
}

function legendOf(classes: readonly number[], names: Names): LegendEntry[] {
  const more = classes.length - LEGEND_CLASSES;
  return classes.slice(0, LEGEND_CLASSES).map((label, index) => {
    const others = more > 0 && index === LEGEND_CLASSES - 1 ? `, and ${whole(more)} more` : '';
    const name = names.classes?.[label] ?? `class ${label}`;
    return { label: name + others, color: classColor(label), mark: { shape: classShape(label) } };
  });
}

/** Joins neighbouring cells of one class: runs within a row, and equal runs of successive rows. Covers the grid. */
export function regionsOf({ columns, rows, labels }: LabelGrid): Region[] {
  const done: Region[] = [];
  let open = new Map<string, Region>();
  for (let row = 0; row < rows; row++) {
    const next = new Map<string, Region>();
    for (const { label, x0, x1 } of runsOf(labels.subarray(row * columns, (row + 1) * columns))) {
      const key = `${label} ${x0} ${x1}`;
      const below = open.get(key);
      open.delete(key);
      next.set(key, { label, x0, x1, y0: below?.y0 ?? row, y1: row + 1 });
    }
    done.push(...open.values());
    open = next;
  }
  return [...done, ...open.values()];
}

function runsOf(labels: Uint8Array | Uint16Array): { label: number; x0: number; x1: number }[] {
  const runs: { label: number; x0: number; x1: number }[] = [];
  for (const [column, label] of labels.entries()) {
    const last = runs.at(-1);
    if (last?.label === label) last.x1 = column + 1;
    else runs.push({ label, x0: column, x1: column + 1 });
  }
  return runs;
}
