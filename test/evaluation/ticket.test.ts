import { describe, expect, test } from 'vitest';
import { TicketSession } from '../../lib/evaluation/ticket.ts';
import { countWeights } from '../../lib/network/architecture.ts';
import { uniformNetwork } from '../../lib/network/initializer.ts';
import { buildTicketModel } from '../../lib/network/models/ticket-model.ts';
import { pack } from '../../lib/search/genome.ts';
import { drawMasks, drawSamples } from './cases.ts';
import { argmax, crossEntropy, forward, macroAverages, scaledSample } from './forward.ts';

const SCALING = { scale: [0.5], offset: [-0.25] };

describe.each([[[2, 20, 2]], [[5, 9, 4, 3]], [[64, 30, 10]]])('the ticket of network %j', (widths) => {
  const network = uniformNetwork(widths, 9);
  // More rows than one batch of the session.
  const samples = drawSamples(4, 4_500, widths[0] ?? 0, widths.at(-1) ?? 0);
  const mask = drawMasks(3, network).rows[2] ?? [];
  const model = buildTicketModel(network, pack(mask), SCALING);
  const logits = Array.from(samples.labels, (_, index) =>
    forward(network, mask, scaledSample(samples, SCALING, index)),
  );

  test('takes raw features and predicts what the masked network does', async () => {
    await using session = await TicketSession.open(model);
    const labels = await session.predict(samples.x, samples.features);
    const wrong = logits.filter((row, index) => {
      const [first = 0, second = 0] = row.toSorted((a, b) => b - a);
      return first - second >= 1e-4 && argmax(row) !== labels[index];
    });
    expect(wrong).toEqual([]);
  });

  test('scores accuracy, means over the classes, mean cross-entropy and confidence', async () => {
    await using session = await TicketSession.open(model);
    const { accuracy, loss, confidence, balancedAccuracy, macroF1, confusion } = await session.score(samples);
    const count = samples.labels.length;
    const correct = logits.filter((row, index) => argmax(row) === samples.labels[index]).length;
    const total = logits.reduce((sum, row, index) => sum + crossEntropy(row, samples.labels[index] ?? 0), 0);
    expect(Math.abs(accuracy * count - correct)).toBeLessThanOrEqual(2);
    expect(Math.abs((loss ?? Number.NaN) / (total / count) - 1)).toBeLessThan(1e-5);
    const sure = logits.reduce((sum, row) => sum + Math.exp(-crossEntropy(row, argmax(row))), 0);
    expect(confidence).toBeCloseTo(sure / count, 5);

    const classes = widths.at(-1) ?? 0;
    const labels = await session.predict(samples.x, samples.features);
    const matrix = Array.from({ length: classes }, (_, actual) =>
      Array.from(
        { length: classes },
        (_, predicted) =>
          labels.filter((label, index) => label === predicted && samples.labels[index] === actual).length,
      ),
    );
    expect(confusion).toEqual({ classes, counts: Uint32Array.from(matrix.flat()) });
    const expected = macroAverages(matrix);
    expect(balancedAccuracy).toBeCloseTo(expected.balancedAccuracy, 12);
    expect(macroF1).toBeCloseTo(expected.macroF1, 12);
  });
});

test('the lowest class wins a tie', async () => {
  const network = {
    widths: [1, 3],
    weights: [Float32Array.of(1, 1, 1)],
    biases: [Float32Array.of(-1, 2, 2)],
  };
  await using session = await TicketSession.open(buildTicketModel(network, pack([0, 0, 0]), SCALING));
  expect([...(await session.predict(Float32Array.of(1, 2), 1))]).toEqual([1, 1]);
  expect(countWeights(network.widths)).toBe(3);
});
