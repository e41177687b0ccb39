import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { HistoryRow } from '../../lib/algorithms/parts/history-row.ts';
import { renderLandscapePage } from '../../lib/report/landscape-page.ts';
import { type ReportInput, renderReport } from '../../lib/report/report.ts';
import { exampleHistory, exampleInput, examplePlane } from './example.ts';
import { exampleLandscape } from './landscape-example.ts';
import { expectNone, expectSound, expectText, figuresOf, sectionsOf } from './page.ts';

// Vega reports what it cannot draw on the console.
beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  expect(console.warn).not.toHaveBeenCalled();
  expect(console.error).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

test('a two-dimensional run has every section and figure', async () => {
  const page = await renderReport({ ...exampleInput(), plane: examplePlane() });
  expectSound(page);
  expect(sectionsOf(page)).toEqual(['ticket', 'search', 'details', 'files']);
  expect(figuresOf(page)).toEqual([
    'plane',
    'network',
    'confusion',
    'accuracy',
    'sparsity',
    'origins',
    'population',
    'kept',
  ]);
  expect(page.length).toBeLessThan(500_000);
});

test('figures take their colours from the style sheet, which has them for light and dark', async () => {
  const page = await renderReport({ ...exampleInput(), plane: examplePlane() });
  const [style = '', body = ''] = page.split('</style>');
  const used = new Set([...page.matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => name ?? ''));
  for (const name of used) expectText(style, `${name}:`);
  expectText(style, '@media (prefers-color-scheme:dark)');
  expectNone(body, /(?:fill|stroke)="(?:#|white|black|rgb)/);
});

test('a large network on many features has neither a plane nor a drawn network', async () => {
  const page = await renderReport(exampleInput({ widths: [64, 75, 10], objective: 'cross-entropy' }));
  expectSound(page);
  expect(sectionsOf(page)).toEqual(['ticket', 'search', 'details', 'files']);
  expect(figuresOf(page)).toEqual([
    'confusion',
    'accuracy',
    'loss',
    'sparsity',
    'origins',
    'population',
    'kept',
  ]);
  expectText(page, '64 → 75 → 10');
});

test('a landscape has a section of its own, and its files are listed', async () => {
  const page = await renderReport({ ...exampleInput(), landscape: exampleLandscape() });
  expectSound(page);
  expect(sectionsOf(page)).toEqual(['ticket', 'search', 'landscape', 'details', 'files']);
  expect(figuresOf(page).filter((id) => /^(slice|path)/.test(id ?? ''))).toEqual([
    'slice-accuracy',
    'slice-loss',
    'path-1-accuracy',
    'path-1-loss',
  ]);
  for (const file of ['landscape.json', 'landscape-paths.csv', 'landscape-slice.csv']) {
    expectText(page, `href="${file}"`);
  }
  expectText(page, '2 masks without a finite loss are left out');
});

test('the page of a landscape: across runs, and without paths', async () => {
  const landscape = exampleLandscape();
  const runs = ['<a>', 'b', 'c'].map((name, index) => ({
    name,
    specHash: name,
    ticket: name,
    group: index < 2 ? 'one' : 'other',
    sameWeights: index === 0,
  }));
  const { kept } = landscape;
  if (!kept) throw new Error('the example has no kept weights');
  const groups = [{ ...kept, name: 'one' }];
  const across = { ...landscape, runs, slice: null, paths: [], evaluations: 0, kept: null };
  const page = await renderLandscapePage({ ...across, groups });
  expectSound(page);
  expect(figuresOf(page)).toEqual(['kept']);
  expectText(page, 'The first 1 of 2 groups of runs are drawn.');
  expectText(page, '<li>&lt;a&gt;</li>');
  expectText(page, '2 of the runs drew other weights than the first.');

  const [layer] = kept.layers;
  if (!layer) throw new Error('the example has no layers');
  const both = await renderLandscapePage({
    ...across,
    groups: [...groups, { ...kept, layers: [layer], name: '<other>' }],
  });
  expectSound(both);
  expect(figuresOf(both)).toEqual(['kept-1', 'kept-2']);
  expectText(both, '&lt;other&gt;: kept weights');
  expectText(both, 'Masks over 40 to 80 frozen random weights.');
  const single = await renderLandscapePage({ ...landscape, kept: null });
  expectSound(single);
  expect(figuresOf(single)).toHaveLength(4);
});

test.each([
  ['balanced-accuracy', 'Balanced accuracy by generation', 'balanced accuracy', '92.74 %'],
  ['macro-f1', 'Macro-F1 by generation', 'macro-F1', '92.46 %'],
] as const)('by %s the page has its curve and its figures', async (objective, title, name, reached) => {
  const page = await renderReport(exampleInput({ widths: [64, 75, 10], objective }));
  expectSound(page);
  expect(figuresOf(page)).toEqual([
    'confusion',
    'accuracy',
    objective,
    'sparsity',
    'origins',
    'population',
    'kept',
  ]);
  expectText(page, `>${title}</h3>`);
  expectText(page, `<dt>test ${name}</dt><dd>${reached}</dd>`);
  expectText(page, `${name} on training data`);
  expectText(page, `It is the best by ${name}, so others may be more accurate.`);
});

describe('the confusion matrix', () => {
  test('shows every count that is not 0, and names the worst mistake', async () => {
    const counts = [12, 0, 3, 0, 1_234, 0, 7, 8, 9];
    const page = await renderReport({ ...exampleInput(), confusion: { classes: 3, counts } });
    expectSound(page);
    const [, figure = ''] = /<figure id="confusion">(.*?)<\/figure>/s.exec(page) ?? [];
    const shown = [...figure.matchAll(/>([\d,]+)<\/text>/g)].map(([, text]) => text);
    expect(shown.toSorted()).toEqual(
      ['0', '1', '2', '0', '1', '2', '12', '3', '1,234', '7', '8', '9'].toSorted(),
    );
    expectText(figure, 'class 2 for class 1: 8 times, 33.33 % of that class.');
    // A line never ends between a number and its sign.
    expect(figure).toContain('33.33\u00a0% of');
  });

  test('of a ticket without mistakes says so; of many classes it is not drawn', async () => {
    const perfect = await renderReport({
      ...exampleInput(),
      confusion: { classes: 2, counts: [5, 0, 0, 7] },
    });
    expectText(perfect, 'It makes no mistake.');
    const many = await renderReport({
      ...exampleInput(),
      confusion: { classes: 21, counts: new Uint32Array(441) },
    });
    expect(figuresOf(many)).not.toContain('confusion');
  });
});

test('the headline figures and the files beside the report are on the page', async () => {
  const page = await renderReport(exampleInput());
  for (const text of ['98.78 %', '98.91 %', '8,560', '3,413', '3.2 s', 'stagnation']) expectText(page, text);
  for (const file of [
    'ticket.onnx',
    'ticket.min.onnx',
    'ticket.safetensors',
    'history.csv',
    'summary.json',
  ]) {
    expectText(page, `href="${file}"`);
  }
});

test('text from the spec is text, not markup', async () => {
  const hostile = `</title><script>alert("1")</script><img src=x onerror='alert(2)'>&amp;`;
  const input = exampleInput();
  const page = await renderReport({
    ...input,
    summary: { ...input.summary, preset: hostile, runId: hostile, version: hostile },
    spec: { preset: hostile, [hostile]: '</pre></code>' },
  });
  expectNone(page, /<script|<img/);
  expect(page.match(/<\/title>/g)).toHaveLength(1);
  expect(page.match(/<\/pre>/g)).toHaveLength(1);
  expectText(page, '&lt;/title&gt;&lt;script&gt;');
  expectText(page, '&amp;amp;');
});

test.each([0, 1])('a history of %i rows yields a note instead of curves', async (rows) => {
  const page = await renderReport(exampleInput({ rows }));
  expectSound(page);
  expect(figuresOf(page)).toEqual(['network', 'confusion', 'population', 'kept']);
  expectText(page, rows === 0 ? 'has no generations' : 'has one generation');
});

test('two generations are drawn', async () => {
  const page = await renderReport(exampleInput({ rows: 2 }));
  expectSound(page);
  expect(figuresOf(page)).toContain('accuracy');
});

test('a stopped run says so', async () => {
  const input = exampleInput();
  const page = await renderReport({
    ...input,
    summary: { ...input.summary, status: 'stopped', stopReason: null },
  });
  expectSound(page);
  expectText(page, 'stopped before it was over');
});

/** The history of an example, each row changed. */
function changed({ history }: ReportInput, change: (row: HistoryRow) => HistoryRow): ReportInput['history'] {
  if (history.by !== 'generation') throw new Error('the example is a search');
  return { by: 'generation', rows: history.rows.map(change) };
}

test('losses that are not finite leave gaps', async () => {
  const input = exampleInput({ objective: 'cross-entropy' });
  const gaps: ReportInput = {
    ...input,
    history: changed(input, (row) =>
      row.generation < 20 ? { ...row, worstLoss: null, meanLoss: null } : row,
    ),
    population: input.population.map((one, index) => (index > 90 ? { ...one, loss: null } : one)),
  };
  const page = await renderReport(gaps);
  expectSound(page);
  expectText(page, '9 without a finite loss are not shown');

  const none: ReportInput = {
    ...input,
    summary: { ...input.summary, trainLoss: null, testLoss: null },
    history: changed(input, (row) => ({ ...row, bestLoss: null, worstLoss: null, meanLoss: null })),
    population: input.population.map((one) => ({ ...one, loss: null })),
  };
  const empty = await renderReport(none);
  expectSound(empty);
  expect(figuresOf(empty)).toEqual(['network', 'confusion', 'accuracy', 'sparsity', 'origins', 'kept']);
});

test('values that never change are drawn', async () => {
  const input = exampleInput();
  const [row] = exampleHistory(1, 'accuracy');
  const [one] = input.population;
  if (row === undefined || one === undefined) throw new Error('the example is empty');
  const flat = { ...row, bestAccuracy: 1, meanAccuracy: 1, worstAccuracy: 1 };
  const page = await renderReport({
    ...input,
    summary: { ...input.summary, trainAccuracy: 1, sparsity: one.sparsity },
    history: { by: 'generation', rows: [0, 1, 2].map((generation) => ({ ...flat, generation })) },
    population: [{ ...one, accuracy: 1 }],
  });
  expectSound(page);
  expectText(page, 'begins at 100 % and ends at 100 %.');
});

test('20,000 generations and a large population stay small', { timeout: 20_000 }, async () => {
  const page = await renderReport({
    ...exampleInput({ rows: 20_000, survivors: 50_000, objective: 'cross-entropy' }),
    plane: examplePlane(1_500),
  });
  expectSound(page);
  expect(page.length).toBeLessThan(1_000_000);
});

test('the same input yields the same page', async () => {
  const input = { ...exampleInput(), plane: examplePlane(50) };
  const before = JSON.stringify(input);
  const [first, second] = [await renderReport(input), await renderReport(input)];
  expect(first === second).toBe(true);
  expect(JSON.stringify(input)).toBe(before);
});

test('the example is a history as the search writes it', () => {
  const rows = exampleHistory(50, 'accuracy');
  for (const row of rows) {
    const survivors =
      (row.survivorsStart ?? 0) +
      (row.survivorsRecombination ?? 0) +
      (row.survivorsMutation ?? 0) +
      (row.survivorsMigration ?? 0);
    expect(survivors).toBe(100);
  }
});
