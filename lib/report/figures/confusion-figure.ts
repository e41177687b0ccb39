/** Which classes the ticket takes for which: the confusion matrix of the test data. */
import { greatest } from 'd3-array';
import type { TopLevelSpec } from 'vega-lite';
import type { Confusion } from '../../base/classes.ts';
import { percent, whole } from '../../base/format.ts';
import { namesOf } from '../../base/record.ts';
import { type ConfusionCell, confusionCells, mistakesOf } from '../tables/class-scores.ts';
import { className, type Names } from '../text/names.ts';
import { drawChart, lookOf, TITLE_ABOVE } from './chart.ts';
import { classMatrix, MATRIX_WIDTH } from './class-matrix.ts';
import type { Figure } from './figure.ts';

/** With more classes the numbers in the cells could not be read. */
const MOST_CLASSES = 20;
/** Height of a row, in SVG units, and of all rows at most. */
const ROW = 44;
const HEIGHT = 460;
/** Opacity of the cells that have samples: a single mistake shows, and numbers can be read on any of them. */
const OPACITY = [0.15, 0.55];

const COLORS = { correct: 'var(--best)', mistake: 'var(--mean)' } as const;

type Cell = ConfusionCell & { readonly kind: keyof typeof COLORS };

/** Null where there are too many classes to draw. */
export async function confusionFigure(confusion: Confusion, names: Names = {}): Promise<Figure | null> {
  if (confusion.classes > MOST_CLASSES) return null;
  const cells = confusionCells(confusion).map((cell): Cell => {
    return { ...cell, kind: cell.actual === cell.predicted ? 'correct' : 'mistake' };
  });
  return {
    id: 'confusion',
    title: 'Confusion matrix of the test data',
    legend: [
      { label: 'correct', color: COLORS.correct, mark: 'band' },
      { label: 'mistakes', color: COLORS.mistake, mark: 'band' },
    ],
    drawing: await drawChart(matrixSpec(cells, confusion.classes, names)),
    caption: `Test samples by their true class and the class that the ticket answers. ${worst(confusion, names)}`,
  };
}

function matrixSpec(cells: readonly Cell[], classes: number, names: Names): TopLevelSpec {
  const { width, place, below, left, titleX } = classMatrix(classes, names);
  return {
    width,
    height: Math.min(HEIGHT, ROW * classes),
    data: { values: [...cells] },
    encoding: {
      x: {
        ...place,
        field: 'predicted',
        axis: { ...below, title: 'predicted class' },
      },
      y: { ...place, field: 'actual', axis: { ...left, ...TITLE_ABOVE, title: 'true class', titleX } },
    },
    layer: layers(cells, classes),
  };
}

/** Coloured cells, and their numbers. */
function layers(cells: readonly Cell[], classes: number): Extract<TopLevelSpec, { layer: unknown }>['layer'] {
  // The longest number fits into its cell: digits are somewhat more than half as wide as high.
  const format = classes > 10 ? 'd' : ',d';
  const digits = String(Math.max(...cells.map(({ count }) => count))).length + (format === 'd' ? 0 : 1);
  const fontSize = Math.min(13, Math.floor(MATRIX_WIDTH / classes / (0.65 * digits)));
  return [
    {
      mark: { type: 'rect', stroke: 'var(--grid)', strokeWidth: 1 },
      encoding: {
        fill: lookOf('kind', namesOf(COLORS), (kind) => COLORS[kind]),
        // By the square root, so that few mistakes and more of them differ.
        fillOpacity: {
          condition: {
            test: 'datum.count > 0',
            field: 'share',
            type: 'quantitative',
            scale: { type: 'sqrt', domain: [0, 1], range: OPACITY },
            legend: null,
          },
          value: 0,
        },
      },
    },
    {
      transform: [{ filter: 'datum.count > 0' }],
      mark: { type: 'text', color: 'var(--ink)', fontSize },
      encoding: { text: { field: 'count', type: 'quantitative', format } },
    },
  ];
}

/** The mistake that is made most often, as a share of its class. */
function worst(confusion: Confusion, names: Names): string {
  const most = greatest(mistakesOf(confusion), ({ share }) => share);
  if (!most) return 'It makes no mistake.';
  const { actual, predicted, count, share } = most;
  return (
    'The stronger the colour, the larger the share of the true class. Most often it takes ' +
    `class ${className(names, actual)} for class ${className(names, predicted)}: ${count === 1 ? 'once' : `${whole(count)} times`}, ${percent(share)} of that class.`
  );
}
