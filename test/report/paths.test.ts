import { expect, test } from 'vitest';
import { pathsFigure } from '../../lib/report/figures/paths-figure.ts';
import { overlaps, pathsTable } from '../../lib/report/tables/paths-table.ts';
import { classPaths } from '../../lib/runs/final/class-paths.ts';
import { pack } from '../../lib/search/genome.ts';
import { exampleInput } from './example.ts';

/** [2, 2, 3]: the first class uses the first unit, the others use both. */
const network = {
  widths: [2, 2, 3],
  weights: [Float32Array.of(1, 2, 3, 4), Float32Array.of(1, 2, 3, 4, 5, 6)],
  biases: [new Float32Array(2), new Float32Array(3)],
};
const ticket = { network, genome: pack([1, 0, 1, 1, 1, 0, 1, 1, 1, 1]), metadata: {}, model: pack([]) };
/** Ten samples of each class; one of the first is taken for the second. */
const confusion = { classes: 3, counts: [9, 1, 0, 0, 10, 0, 0, 0, 10] };

test('weights by class, those that two classes share, and their overlap', async () => {
  const paths = classPaths(ticket, confusion);
  expect(paths).toEqual({
    classes: [
      { weights: 2, testAccuracy: 29 / 30 },
      { weights: 5, testAccuracy: 29 / 30 },
      { weights: 5, testAccuracy: 1 },
    ],
    layers: [
      {
        name: 'layers.0',
        shared: [
          [1, 1, 1],
          [1, 3, 3],
          [1, 3, 3],
        ],
      },
      {
        name: 'layers.1',
        shared: [
          [1, 0, 0],
          [0, 2, 0],
          [0, 0, 2],
        ],
      },
    ],
  });
  expect(overlaps(paths?.layers ?? [])).toEqual([
    [1, 1 / 6, 1 / 6],
    [1 / 6, 1, 3 / 7],
    [1 / 6, 3 / 7, 1],
  ]);
  const summary = { ...exampleInput().summary, keptWeights: 8, ...(paths && { paths }) };
  const table = pathsTable(summary, { classes: ['ant', 'bee', 'cat'] }).markup;
  expect(table).toContain('<th scope="row">bee</th><td class="number">5</td>');
  expect(table).toContain('mean overlap');
  const figure = await pathsFigure(summary, { classes: ['ant', 'bee', 'cat'] });
  expect(figure?.caption).toContain('Most: bee and cat (42.86 %); least: ant and bee (16.67 %).');
});

test('where nothing is pruned, or all answers are of two classes, there is nothing to draw', async () => {
  expect(classPaths({ ...ticket, genome: pack(new Uint8Array(10).fill(1)) }, confusion)).toBeUndefined();
  const layers = [
    {
      name: 'layers.0',
      shared: [
        [1, 0],
        [0, 1],
      ],
    },
  ];
  const classes = [1, 2].map((weights) => ({ weights, testAccuracy: 1 }));
  expect(await pathsFigure({ ...exampleInput().summary, paths: { classes, layers } })).toBeNull();
});
