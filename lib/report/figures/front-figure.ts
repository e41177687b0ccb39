/** The tickets of a run that nothing beats in both fitness and sparsity, each a link to its model. */
import { at } from '../../base/at.ts';
import { percent, whole } from '../../base/format.ts';
import { TICKET } from '../../store/keys.ts';
import type { RunSummary } from '../summary.ts';
import { pickedText } from '../text/picked.ts';
import { drawChart, RING, sparsityAxis, upwards } from './chart.ts';
import { linearAxis } from './domain.ts';
import type { Figure } from './figure.ts';
import { shapeOf } from './marker.ts';

const TEST = shapeOf(0);
const TRAIN = shapeOf(1);

/** Null with fewer than two tickets. */
export async function frontFigure(
  { front: rows = [], ...summary }: RunSummary,
  place = '',
): Promise<Figure | null> {
  if (rows.length < 2) return null;
  const x = linearAxis(
    rows.map(({ sparsity }) => sparsity),
    0.02,
    [0, 1],
  );
  const accuracies = rows.flatMap(({ trainAccuracy, testAccuracy }) => [trainAccuracy, testAccuracy]);
  const y = upwards(linearAxis(accuracies, 0.005, [0, 1]), 'percent', 'accuracy');
  const own = rows.filter(({ file }) => file === TICKET);
  const linked = rows.map((row) => ({ ...row, file: place + row.file }));
  const points = { type: 'point', filled: true, opacity: 1, size: 60, cursor: 'pointer' } as const;
  const href = { field: 'file', type: 'nominal' } as const;
  const drawing = await drawChart(
    {
      data: { values: linked },
      layer: [
        {
          mark: { ...points, shape: TRAIN, color: 'var(--mean)' },
          encoding: { y: { field: 'trainAccuracy', ...y }, href },
        },
        {
          mark: { ...points, shape: TEST, color: 'var(--best)' },
          encoding: { y: { field: 'testAccuracy', ...y }, href },
        },
        {
          data: { values: own },
          mark: { ...RING, stroke: 'var(--ink)', size: 160, strokeWidth: 2 },
          encoding: { y: { field: 'testAccuracy', ...y } },
        },
      ],
      encoding: { x: sparsityAxis(x) },
    },
    320,
  );
  const picked = pickedText(summary);
  const [densest, sparsest] = [at(rows, 0), at(rows, rows.length - 1)];
  return {
    id: 'front',
    title: 'Other tickets of the front',
    legend: [
      { label: 'test accuracy', color: 'var(--best)', mark: { shape: TEST } },
      { label: 'train accuracy', color: 'var(--mean)', mark: { shape: TRAIN } },
      { label: 'the ticket', color: 'var(--ink)', mark: 'ring' },
    ],
    drawing,
    caption:
      `The ${whole(rows.length)} tickets of this run that none of its others beats in both fitness and sparsity; each point links to its model. ` +
      `From ${percent(densest.testAccuracy)} on the test data with ${whole(densest.keptWeights)} weights to ${percent(sparsest.testAccuracy)} with ${whole(sparsest.keptWeights)}.${picked === undefined ? '' : ` The ticket is ringed: ${picked}.`}`,
  };
}
