import { describe, expect, test } from 'vitest';
import { EPOCH_COLUMNS, type EpochRow, epochRowSchema } from '../../lib/algorithms/parts/epoch-row.ts';
import { learningFigures } from '../../lib/report/figures/learning-figures.ts';
import { historyCsv } from '../../lib/report/history.ts';
import { renderReport } from '../../lib/report/report.ts';
import { exampleInput } from './example.ts';
import { expectNone, expectSound, expectText, figuresOf, sectionsOf } from './page.ts';

function epochs(count: number, keep = 0.5, heldOut = true): EpochRow[] {
  return Array.from({ length: count }, (_, index) => {
    const accuracy = (1 - 0.4 * Math.exp(-index / 10)) * (0.9 + keep / 10);
    return {
      epoch: index + 1,
      keep,
      learningRate: 0.1,
      trainAccuracy: accuracy,
      trainLoss: 1 - accuracy,
      validationAccuracy: heldOut ? accuracy - 0.01 : null,
      validationLoss: heldOut ? 1.1 - accuracy : null,
      sparsity: 1 - keep,
    };
  });
}

const report = (algorithm: string, rows: readonly EpochRow[]) => {
  const input = exampleInput();
  const stopReason = 'max-epochs' as const;
  return renderReport({
    ...input,
    summary: { ...input.summary, algorithm, stopReason },
    history: { by: 'epoch', rows },
    population: [],
  });
};

describe('the report of a training', () => {
  test('has learning curves, and no generations', async () => {
    const page = await report('edge-popup', epochs(30));
    expectSound(page);
    expect(sectionsOf(page)).toEqual(['ticket', 'training', 'details', 'files']);
    expect(figuresOf(page)).toEqual(['network', 'confusion', 'accuracy', 'loss']);
    expectText(page, 'found by training scores');
    expectText(page, 'epoch limit');
    expectText(page, 'Passes over the data');
    expectNone(page, /generation|pruning pass/i);
  });

  test('of a network whose weights were trained says so', async () => {
    const page = await report('backprop', epochs(3));
    const { keptWeights, prunableWeights } = exampleInput().summary;
    expectText(page, `trained by backpropagation: with ${keptWeights} of its ${prunableWeights} weights`);
    expectText(page, 'the trained network');
    expectNone(page, /without training|as they were drawn/);
  });

  test('with one epoch has a note instead of curves', async () => {
    const page = await report('backprop', epochs(1));
    expectSound(page);
    expectText(page, 'has one epoch');
  });
});

describe('the figures', () => {
  test('show a curve on training data, and one on held-out samples if there are any', async () => {
    const labels = async (rows: readonly EpochRow[]) =>
      (await learningFigures(rows)).map(({ legend }) => legend?.map(({ label }) => label));
    expect(await labels(epochs(9, 0.5, false))).toEqual([['training data'], ['training data']]);
    const both = ['training data', 'held-out samples'];
    expect(await labels(epochs(9))).toEqual([both, both]);
  });

  test('show a curve per kept share, and name the best', async () => {
    const [accuracy] = await learningFigures([...epochs(9, 0.3), ...epochs(9, 0.7)]);
    expect(accuracy?.legend?.map(({ label }) => label)).toEqual(['30 % kept', '70 % kept']);
    expect(accuracy?.caption).toContain('in epoch 9 with 70 % kept');
  });

  test('show one training whose kept share changes as one', async () => {
    const rows = epochs(9).map((row, index) => ({ ...row, keep: 1 - index / 10 }));
    const [accuracy] = await learningFigures(rows);
    expect(accuracy?.legend?.map(({ label }) => label)).toEqual(['training data', 'held-out samples']);
    expect(accuracy?.caption).toContain('in epoch 9 with 20 % kept');
  });
});

test('history.csv has a row per epoch, empty where nothing was measured', () => {
  const [row] = epochs(1, 0.25, false);
  if (!row) throw new Error('no row');
  epochRowSchema.parse(row);
  const [head, line] = historyCsv({ by: 'epoch', rows: [row] })
    .trim()
    .split('\n');
  expect(head).toBe(EPOCH_COLUMNS.join());
  expect(line).toBe(`1,0.25,0.1,${row.trainAccuracy},${row.trainLoss},,,0.75`);
});
