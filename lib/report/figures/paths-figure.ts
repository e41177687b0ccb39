/** How much of the ticket the classes share: the overlap of their paths, each two of them. */
import { greatest, least } from 'd3-array';
import type { TopLevelSpec } from 'vega-lite';
import { percent } from '../../base/format.ts';
import type { RunSummary } from '../summary.ts';
import { overlaps } from '../tables/paths-table.ts';
import { className, type Names } from '../text/names.ts';
import { drawChart } from './chart.ts';
import { classMatrix } from './class-matrix.ts';
import type { Figure } from './figure.ts';

/** Height of a row, in SVG units, and of all rows at most. */
const ROW = 36;
const HEIGHT = 420;
/** Opacity of no overlap, and of full overlap. */
const OPACITY = [0, 0.6];

interface Pair {
  readonly one: number;
  readonly other: number;
  readonly overlap: number;
}

/** Null with fewer than three classes, whose overlap the table tells, or with too many to draw. */
export async function pathsFigure({ paths }: RunSummary, names: Names = {}): Promise<Figure | null> {
  if (!paths?.layers || paths.classes.length < 3) return null;
  const cells = overlaps(paths.layers).flatMap((row, one) =>
    row.flatMap((overlap, other): Pair[] => (overlap === null ? [] : [{ one, other, overlap }])),
  );
  const pairs = cells.filter(({ one, other }) => one < other);
  const [most, fewest] = [greatest(pairs, byOverlap), least(pairs, byOverlap)];
  const told = (pair: Pair) =>
    `${className(names, pair.one)} and ${className(names, pair.other)} (${percent(pair.overlap)})`;
  const ends = most && fewest && most !== fewest ? ` Most: ${told(most)}; least: ${told(fewest)}.` : '';
  return {
    id: 'paths',
    title: 'Weights that the classes share',
    legend: [],
    drawing: await drawChart(matrixSpec(cells, paths.classes.length, names)),
    caption: `The path of a class is the weights by which its logit depends on the input. In per cent: weights on the paths of both classes, of those on either.${ends}`,
  };
}

const byOverlap = ({ overlap }: Pair) => overlap;

function matrixSpec(cells: readonly Pair[], classes: number, names: Names): TopLevelSpec {
  const { width, place, below, left } = classMatrix(classes, names);
  return {
    width,
    height: Math.min(HEIGHT, ROW * classes),
    data: { values: [...cells] },
    encoding: {
      x: { ...place, field: 'other', axis: { ...below, title: null } },
      y: { ...place, field: 'one', axis: { ...left, title: null } },
    },
    layer: [
      {
        mark: { type: 'rect', stroke: 'var(--grid)', strokeWidth: 1, fill: 'var(--best)' },
        encoding: {
          fillOpacity: {
            field: 'overlap',
            type: 'quantitative',
            scale: { domain: [0, 1], range: OPACITY },
            legend: null,
          },
        },
      },
      {
        mark: { type: 'text', color: 'var(--ink)', fontSize: classes > 12 ? 10 : 13 },
        transform: [{ calculate: 'round(100 * datum.overlap)', as: 'percent' }],
        encoding: { text: { field: 'percent', type: 'quantitative' } },
      },
    ],
  };
}
