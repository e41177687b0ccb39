/** A table of the weights that each class uses, by layer. */
import { mean } from 'd3-array';
import { percent, whole } from '../../base/format.ts';
import { type Html, html } from '../html.ts';
import type { ClassPaths, RunSummary } from '../summary.ts';
import { className, type Names } from '../text/names.ts';
import { numbersTable } from './table.ts';

/** Rows, and columns of layers, at most: more would not be read. */
const MOST_ROWS = 100;
const MOST_LAYERS = 8;
const MOST_GROUPS = 24;

/** Nothing for summaries without paths. */
export function pathsTable({ paths, keptWeights }: RunSummary, names: Names): Html {
  if (!paths) return html``;
  const { classes, layers = [] } = paths;
  const shown = layers.length <= MOST_LAYERS ? layers : [];
  const coded = classes.some(({ codeword = '' }) => codeword !== '' && codeword.length <= MOST_GROUPS);
  const rows = classes
    .slice(0, MOST_ROWS)
    .map(({ weights, testAccuracy, codeword = '' }, label) => [
      className(names, label),
      ...(coded ? [codeword] : []),
      whole(weights),
      percent(weights / Math.max(1, keptWeights)),
      ...shown.map(({ shared }) => whole(shared[label]?.[label] ?? 0)),
      percent(testAccuracy),
    ]);
  const overlaps =
    layers.length === 0 || classes.length < 2 ? [] : [overlapRow(layers, shown, coded ? [''] : [])];
  const heads = [
    'class',
    ...(coded ? ['codeword'] : []),
    'weights',
    'of the ticket',
    ...shown.map(({ name }) => name),
    'against the rest',
  ];
  const more =
    classes.length > MOST_ROWS ? ` The first ${MOST_ROWS} of ${whole(classes.length)} classes.` : '';
  return html`<div>${numbersTable('Paths of the classes', heads, [...rows, ...overlaps])}
<p class="note">A path is the weights by which the logit of a class depends on the input. Overlap: weights that two classes share, of those that either uses. Against the rest: test accuracy of the ticket's answer whether a sample is of the class.${more}</p></div>`;
}

type Layer = NonNullable<ClassPaths['layers']>[number];

function overlapRow(
  layers: readonly Layer[],
  shown: readonly Layer[],
  codeword: readonly string[],
): string[] {
  const overlapOf = (some: readonly Layer[]) => {
    const pairs = overlaps(some).flatMap((row, one) => row.filter((_, other) => other > one));
    return percent(mean(pairs.filter((share) => share !== null)) ?? null);
  };
  return [
    'mean overlap',
    ...codeword,
    '',
    overlapOf(layers),
    ...shown.map((layer) => overlapOf([layer])),
    '',
  ];
}

/** The overlap of each two classes over these layers; null where neither has weights there. */
export function overlaps(layers: readonly Layer[]): (number | null)[][] {
  const count = layers[0]?.shared.length ?? 0;
  const shared = (one: number, other: number) =>
    layers.reduce((sum, layer) => sum + (layer.shared[one]?.[other] ?? 0), 0);
  return Array.from({ length: count }, (_, one) =>
    Array.from({ length: count }, (__, other) => {
      const both = shared(one, other);
      const either = shared(one, one) + shared(other, other) - both;
      return either === 0 ? null : both / either;
    }),
  );
}
