/** The tickets of a run that nothing beats in both fitness and sparsity, or other figures, each a link to its model. */
import type { FrontAxis } from '../../algorithms/algorithm.ts';
import { at } from '../../base/at.ts';
import { percent, whole } from '../../base/format.ts';
import { TICKET } from '../../store/keys.ts';
import type { FrontRow, RunSummary } from '../summary.ts';
import { pickedText } from '../text/picked.ts';
import { acrossAxis, drawChart, RING, upwards } from './chart.ts';
import { type Axis, linearAxis, lossAxis } from './domain.ts';
import type { Figure } from './figure.ts';
import { shapeOf } from './marker.ts';

const TEST = shapeOf(0);
const TRAIN = shapeOf(1);

/** How an axis is called, in sentence and on the figure, and the columns of its values. */
const ACROSS = {
  sparsity: { title: 'sparsity', train: 'sparsity', test: 'sparsity' },
  units: { title: 'units of the minimised network', train: 'units', test: 'units' },
  'multiply-adds': {
    title: 'multiply-adds of the minimised network',
    train: 'multiplyAdds',
    test: 'multiplyAdds',
  },
  loss: { title: 'cross-entropy', train: 'trainLoss', test: 'testLoss' },
  demographicParity: {
    title: 'gap of demographic parity',
    train: 'trainDemographicParity',
    test: 'testDemographicParity',
  },
  equalOpportunity: {
    title: 'gap of equal opportunity',
    train: 'trainEqualOpportunity',
    test: 'testEqualOpportunity',
  },
  equalisedOdds: {
    title: 'gap of equalised odds',
    train: 'trainEqualisedOdds',
    test: 'testEqualisedOdds',
  },
} as const satisfies Readonly<
  Record<Exclude<FrontAxis, 'fitness'>, { title: string; train: keyof FrontRow; test: keyof FrontRow }>
>;
type Across = keyof typeof ACROSS;

/** One for each figure that accuracy is traded for; none with fewer than two tickets. `place`: before the files that points link to. */
export async function frontFigures(summary: RunSummary, place = ''): Promise<Figure[]> {
  const { front: rows = [], frontAxes = ['fitness', 'sparsity'] } = summary;
  if (rows.length < 2) return [];
  const linked = rows.map((row) => ({ ...row, file: place + row.file }));
  const figures: Figure[] = [];
  for (const axis of frontAxes) {
    if (axis !== 'fitness') figures.push(await figureOf(summary, linked, axis, place + TICKET));
  }
  return figures;
}

async function figureOf(
  summary: RunSummary,
  rows: readonly FrontRow[],
  along: Across,
  ticket: string,
): Promise<Figure> {
  const { title, train, test } = ACROSS[along];
  const unit = along === 'units' || along === 'multiply-adds' || along === 'loss' ? 'number' : 'percent';
  const across = axisOf(
    along,
    rows.flatMap((row) => [row[train] ?? null, row[test] ?? null]),
  );
  const accuracies = rows.flatMap(({ trainAccuracy, testAccuracy }) => [trainAccuracy, testAccuracy]);
  const y = upwards(linearAxis(accuracies, 0.005, [0, 1]), 'percent', 'accuracy');
  const own = rows.filter(({ file }) => file === ticket);
  const points = { type: 'point', filled: true, opacity: 1, size: 60, cursor: 'pointer' } as const;
  const href = { field: 'file', type: 'nominal' } as const;
  const drawing = await drawChart(
    {
      data: { values: [...rows] },
      layer: [
        {
          mark: { ...points, shape: TRAIN, color: 'var(--mean)' },
          encoding: {
            x: acrossAxis(train, across, unit, title),
            y: { field: 'trainAccuracy', ...y },
            href,
          },
        },
        {
          mark: { ...points, shape: TEST, color: 'var(--best)' },
          encoding: { x: acrossAxis(test, across, unit, title), y: { field: 'testAccuracy', ...y }, href },
        },
        {
          data: { values: own },
          mark: { ...RING, stroke: 'var(--ink)', size: 160, strokeWidth: 2 },
          encoding: { x: acrossAxis(test, across, unit, title), y: { field: 'testAccuracy', ...y } },
        },
      ],
    },
    320,
  );
  const picked = pickedText(summary);
  const several = (summary.frontAxes?.length ?? 2) > 2;
  return {
    id: along === 'sparsity' ? 'front' : `front-${along}`,
    title: several ? `Other tickets of the front: ${title}` : 'Other tickets of the front',
    legend: [
      { label: 'test accuracy', color: 'var(--best)', mark: { shape: TEST } },
      { label: 'train accuracy', color: 'var(--mean)', mark: { shape: TRAIN } },
      { label: 'the ticket', color: 'var(--ink)', mark: 'ring' },
    ],
    drawing,
    caption: `${captionOf(summary, rows)}${picked === undefined ? '' : ` The ticket is ringed: ${picked}.`}`,
  };
}

function axisOf(along: Across, values: readonly (number | null)[]): Axis {
  if (along === 'loss') return lossAxis(values);
  const counted = along === 'units' || along === 'multiply-adds';
  return counted ? linearAxis(values, 2, [0, Number.POSITIVE_INFINITY]) : linearAxis(values, 0.02, [0, 1]);
}

function captionOf({ frontAxes = ['fitness', 'sparsity'] }: RunSummary, rows: readonly FrontRow[]): string {
  const [densest, sparsest] = [at(rows, 0), at(rows, rows.length - 1)];
  const names = frontAxes.map((axis) => (axis === 'fitness' ? axis : ACROSS[axis].title));
  const beaten =
    names.length === 2
      ? `both ${names.join(' and ')}`
      : `${names.slice(0, -1).join(', ')} and ${names.at(-1)} at once`;
  return (
    `The ${whole(rows.length)} tickets of this run that none of its others beats in ${beaten}; each point links to its model. ` +
    `From ${percent(densest.testAccuracy)} on the test data with ${whole(densest.keptWeights)} weights to ${percent(sparsest.testAccuracy)} with ${whole(sparsest.keptWeights)}.`
  );
}
