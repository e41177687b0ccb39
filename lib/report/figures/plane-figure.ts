/** Two-dimensional tasks: the ticket's decision regions under the data. */
import type { TopLevelSpec } from 'vega-lite';
import { whole } from '../../base/format.ts';
import { featureName, type Names, shortened } from '../text/names.ts';
import { drawChart, TITLE_ABOVE } from './chart.ts';
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

/** The decision regions, and the points in the colours of their true classes over them. */
export async function planeFigure({ points, grid }: Plane, names: Names = {}): Promise<Figure> {
  const { xMin, xMax, yMin, yMax, columns, rows } = grid;
  const toX = (column: number) => xMin + ((xMax - xMin) * column) / columns;
  const toY = (row: number) => yMin + ((yMax - yMin) * row) / rows;
  const regions = regionsOf(grid).map(({ label, x0, x1, y0, y1 }) => ({
    label,
    x: toX(x0),
    x2: toX(x1),
    y: toY(y0),
    y2: toY(y1),
  }));
  const inside = points.filter(({ x, y }) => x >= xMin && x <= xMax && y >= yMin && y <= yMax);
  const pointClasses = classesOf(inside);
  const regionClasses = classesOf(regions);
  const ratio = (yMax - yMin) / (xMax - xMin);
  const axis = { grid: false, tickCount: 6, domain: false } as const;
  const spec: TopLevelSpec = {
    width: VIEW.width,
    height: Math.min(VIEW.most, Math.max(VIEW.least, VIEW.width * ratio)),
    layer: [
      {
        data: { values: regions },
        mark: { type: 'rect' },
        encoding: {
          x2: { field: 'x2' },
          y2: { field: 'y2' },
          fill: byClass(regionClasses, regionColor),
        },
      },
      {
        data: { values: inside },
        mark: { type: 'point', filled: true, size: 22, stroke: 'var(--surface)', strokeWidth: 0.5 },
        encoding: {
          fill: byClass(pointClasses, classColor),
          shape: byClass(pointClasses, classShape),
        },
      },
    ],
    resolve: { scale: { fill: 'independent' } },
    encoding: {
      x: {
        field: 'x',
        type: 'quantitative',
        scale: fixed(xMin, xMax),
        axis: { ...axis, title: shortened(featureName(names, 0), 40) },
      },
      y: {
        field: 'y',
        type: 'quantitative',
        scale: fixed(yMin, yMax),
        axis: {
          ...axis,
          ...TITLE_ABOVE,
          title: shortened(featureName(names, 1), 40),
          titleX: -22,
          minExtent: 44,
          maxExtent: 44,
        },
      },
    },
  };
  return {
    id: 'plane',
    title: 'What the ticket decides',
    legend: legendOf(
      [...new Set([...pointClasses, ...regionClasses])].sort((a, b) => a - b),
      names,
    ),
    drawing: await drawChart(spec),
    caption:
      `${whole(inside.length)} points of the data, coloured by their true class, over the class that the ticket ` +
      'answers at each place. A point on a ground of another colour is a mistake.',
  };
}

function classesOf(items: readonly { readonly label: number }[]): number[] {
  return [...new Set(items.map(({ label }) => label))].sort((a, b) => a - b);
}

function byClass(classes: number[], look: (label: number) => string) {
  return {
    field: 'label',
    type: 'nominal',
    scale: { domain: classes, range: classes.map(look) },
    legend: null,
  } as const;
}

function fixed(low: number, high: number) {
  return { domain: [low, high], nice: false, zero: false };
}

function legendOf(classes: readonly number[], names: Names): LegendEntry[] {
  const nameOf = (label: number) => names.classes?.[label] ?? `class ${label}`;
  return classes.slice(0, LEGEND_CLASSES).map((label, index) => ({
    label:
      index === LEGEND_CLASSES - 1 && classes.length > LEGEND_CLASSES
        ? `${nameOf(label)}, and ${whole(classes.length - LEGEND_CLASSES)} more`
        : nameOf(label),
    color: classColor(label),
    mark: { shape: classShape(label) },
  }));
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
