import { expect, test } from 'vitest';
import { renderReport } from '../../lib/report/report.ts';
import { exampleHistory, exampleInput } from './example.ts';
import { expectSound, expectText, figuresOf } from './page.ts';

test('of a search that flips bits the page tells flips, and draws its cost over them', async () => {
  const { summary, ...input } = exampleInput({ widths: [64, 75, 10], objective: 'cross-entropy' });
  const rows = exampleHistory(40, 'cross-entropy').map((row) => ({
    ...row,
    flips: 5_000 * row.generation,
    bestCost: (row.bestLoss ?? 0) + 1 - row.bestSparsity,
  }));
  const history = { by: 'generation', rows } as const;
  const page = await renderReport({
    ...input,
    history,
    summary: { ...summary, flips: 195_000, flipsPerSecond: 60_123, restarts: 2 },
  });
  expectSound(page);
  expect(figuresOf(page)).toEqual([
    'confusion',
    'cost',
    'accuracy',
    'loss',
    'sparsity',
    'population',
    'kept',
  ]);
  expectText(page, '<dt>flips considered</dt><dd>195,000</dd>');
  expectText(page, '>Sparsity by flips</h3>');
  expectText(page, 'All starts of the search were at chance 2 times, and began anew at other random masks.');
  expectText(page, 'Restarts</th><td class="value">2');
  expectText(page, 'Flips per second</th><td class="value">60,123');
  expect(page).not.toContain('valuations per second');
});
