import { expect, test } from 'vitest';
import { whole } from '../../lib/base/format.ts';
import { keptWeights } from '../../lib/landscape/kept-shares.ts';
import { channelRoles } from '../../lib/report/figures/wiring.ts';
import { renderReport } from '../../lib/report/report.ts';
import { classScores, worstMistakes } from '../../lib/report/tables/class-scores.ts';
import { pack } from '../../lib/search/genome.ts';
import { exampleInput, examplePlane } from './example.ts';
import { exampleGraph, exampleGraphInput } from './graph-example.ts';
import { expectNone, expectSound, expectText, figuresOf } from './page.ts';

test('a convolutional network has its layers and filters drawn, and a row for each layer', async () => {
  const page = await renderReport(exampleGraphInput());
  expectSound(page);
  expect(figuresOf(page)).toEqual([
    'layers',
    'confusion',
    'accuracy',
    'sparsity',
    'origins',
    'population',
    'kept',
  ]);
  expectText(page, 'A subnetwork of a random conv-small network, found without training');
  expectText(page, 'features.conv2.weight<br><small>convolution</small>');
  expectText(page, '16 × 8 × 8');
  expectText(page, 'features.conv2.weight · 16 filters of 144');
  expectText(page, '98.12 %');
  // In the matrix cut, in the table whole; and never as markup.
  expectText(page, 'ankle boot wi…');
  expectText(page, '<th scope="row">ankle boot with a long name</th>');
  expectText(page, '&lt;sneaker&gt;');
  expectNone(page, /<sneaker>/);
});

test('a model whose weights were given is pruned, not drawn', async () => {
  const input = exampleGraphInput();
  const unpruned = { trainAccuracy: 0.9951, testAccuracy: 0.9876, trainLoss: 0.01, testLoss: 0.02 };
  const summary = { ...input.summary, network: 'net.onnx', unpruned };
  const page = await renderReport({ ...input, given: true, summary });
  expectText(page, 'A pruned subnetwork of net.onnx, found without further training');
  expectText(page, 'all as they were given');
  const weights = whole(summary.prunableWeights);
  expectText(page, `With all ${weights} weights, before anything was pruned, net.onnx classified 98.76 %`);
  expectText(page, `98.76 % test, 99.51 % train accuracy with all ${weights} weights, `);
  expectNone(page, /random net/);
  const redrawn = await renderReport({ ...input, summary: { ...input.summary, network: 'net.onnx' } });
  expectNone(redrawn, /efore anything was pruned/);
  expectText(redrawn, 'A subnetwork of a random network built as net.onnx');
});

test('names of classes and features stand where numbers would', async () => {
  const names = { classes: ['setosa', 'virginica'], features: ['petal length', 'petal width'] };
  const page = await renderReport({ ...exampleInput(), plane: examplePlane(), names });
  expectSound(page);
  for (const name of [...names.classes, ...names.features]) expectText(page, `>${name}<`);
  expectNone(page, /class [01]\b/);
});

test('what minimising saves stands in a table, and is left out where nothing is known', async () => {
  const input = exampleInput();
  const page = await renderReport(input);
  expectText(page, 'The ticket, minimised');
  expectText(page, '1.29 kB');
  const { minimised: _, ...earlier } = input.summary;
  expectNone(await renderReport({ ...input, summary: earlier }), /The ticket, minimised/);
});

test('precision, recall and F1 of each class', () => {
  // Two of class 0, three of class 1, none of class 2, which is answered once.
  const confusion = { classes: 3, counts: [2, 0, 0, 1, 1, 1, 0, 0, 0] };
  expect(classScores(confusion)).toMatchObject([
    { samples: 2, precision: 2 / 3, recall: 1, f1: 0.8 },
    { samples: 3, precision: 1, recall: 1 / 3, f1: 0.5 },
    { samples: 0, precision: 0, recall: null, f1: 0 },
  ]);
  expect(worstMistakes(confusion, 1)).toEqual([{ actual: 1, predicted: 0, count: 1, share: 1 / 3 }]);
});

test('a channel that reads nothing is constant or dead, and so is what only it feeds', () => {
  const graph = exampleGraph();
  const bits = graph.prunable.reduce((sum, { size }) => sum + size, 0);
  const mask = new Uint8Array(bits).fill(1);
  mask.fill(0, 0, 9);
  const roles = channelRoles(graph, pack(mask));
  expect(roles.get('b')?.slice(0, 2)).toEqual(['dead', 'live']);
  expect(roles.get('d')?.[0]).toBe('live');
  expect(roles.get('logits')).toEqual(new Array(6).fill('live'));
  const nothing = channelRoles(graph, pack(new Uint8Array(bits)));
  expect(nothing.get('logits')).toEqual(new Array(6).fill('constant'));
  expect(nothing.get('a')).toEqual(new Array(16).fill('dead'));
});

test('of a filter all kept weights stand in a row, channel after channel', () => {
  const graph = exampleGraph();
  const [first, second] = graph.prunable;
  const bits = graph.prunable.reduce((sum, { size }) => sum + size, 0);
  const mask = new Uint8Array(bits);
  const at = (second?.offset ?? 0) + 2 * 144 + 5;
  mask[at] = 1;
  const { layers } = keptWeights(graph, [pack(mask)]);
  expect(layers[0]).toMatchObject({ name: first?.name, op: 'Conv', inputs: 9, outputs: 16 });
  // 144 weights in 128 cells: the sixth weight is in the fifth cell.
  expect(layers[1]?.share.findIndex((share) => share > 0)).toBe(2 * 128 + 4);
});
