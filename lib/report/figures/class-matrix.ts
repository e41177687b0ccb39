/** The frame of figures with a row and a column for each class. */
import { range } from 'd3-array';
import { className, MOST_LETTERS, type Names, shortened, widest } from '../text/names.ts';
import { placeLabels } from './chart.ts';

/** Of the cells of such a figure and the labels on its left, in SVG units. */
export const MATRIX_WIDTH = 500;
/** Width of a letter of a label, about. */
const LETTER = 7.4;

/** What Vega-Lite needs: the width of the cells, the classes along an edge, and the axes below and on the left, without titles. */
export function classMatrix(classes: number, names: Names) {
  const labels = range(classes);
  // The axes show names, not numbers: slanted where they would not fit beside each other.
  const shownNames = labels.map((label) => shortened(className(names, label)));
  const longest = widest(shownNames);
  const left = Math.max(44, Math.min(LETTER * MOST_LETTERS, LETTER * longest) + 8);
  const slanted = LETTER * longest > MATRIX_WIDTH / classes - 6;
  const labelExpr = placeLabels(shownNames);
  const axis = { grid: false, domain: false, labelFlush: false, labelExpr, labelLimit: 0 } as const;
  return {
    width: MATRIX_WIDTH + 44 - left,
    place: { type: 'ordinal', scale: { domain: labels, padding: 0.06 } },
    below: { ...axis, labelAngle: slanted ? -40 : 0 },
    left: { ...axis, minExtent: left, maxExtent: left },
    /** Where a title above the axis on the left begins. */
    titleX: -left,
  } as const;
}
