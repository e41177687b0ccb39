/** Classes that are added to a probabilistic neural network, and unlearned. */
import { expect, test } from 'vitest';
import { makeDataset } from '../../lib/data/builtin/generators.ts';
import { pick } from '../../lib/data/dataset.ts';
import { readTicketInfo } from '../../lib/network/models/ticket-info.ts';
import { renderClassesPage } from '../../lib/report/class-phases-page.ts';
import { learnInOnePass } from '../../lib/runs/class-phases.ts';
import { builtInTaskSchema } from '../../lib/runspec/task.ts';

test('four digits are learned in one pass, and nothing is left of those that are unlearned', async () => {
  const dataset = makeDataset(builtInTaskSchema.parse({ dataset: 'digits', classes: 4 }));
  const found = await learnInOnePass(dataset, 1, () => 0);
  expect(found.testAccuracy).toBeGreaterThan(0.95);
  expect(found.phases.map(({ classes }) => classes)).toEqual([1, 2, 3, 4]);
  const [one, , , four] = found.phases;
  // A single class is always right, and needs one centre; with all of them nothing is unlearned.
  expect(one).toMatchObject({
    added: { accuracy: 1, centers: 1 },
    unlearned: { accuracy: 1 },
    alone: { centers: 1 },
  });
  expect(four?.unlearned).toEqual({ accuracy: found.testAccuracy, centers: found.centers });
  expect(four?.alone).toEqual(four?.unlearned);
  for (const { added, unlearned } of found.phases) {
    expect(added.accuracy).toBeGreaterThan(0.9);
    expect(unlearned.accuracy).toBeGreaterThan(0.9);
  }
  expect(await learnInOnePass(dataset, 1, () => 0)).toEqual(found);
});

test('classes without test samples have no accuracy', async () => {
  const dataset = makeDataset(builtInTaskSchema.parse({ dataset: 'blobs', classes: 3, pointsPerClass: 40 }));
  const { labels } = dataset.test;
  const others = Uint32Array.from(labels.keys()).filter((sample) => (labels[sample] ?? 0) > 0);
  const names = { classNames: ['a', 'b', 'c'], featureNames: ['p', 'q'] };
  const found = await learnInOnePass({ ...dataset, ...names, test: pick(dataset.test, others) }, 1, () => 0);
  expect(readTicketInfo(found.model, 'pnn.onnx')).toMatchObject(names);
  const [one, two] = found.phases;
  const none = { accuracy: null, centers: 1 };
  expect(one).toEqual({ classes: 1, added: none, unlearned: none, alone: none });
  expect(two?.alone.accuracy).toBeGreaterThan(0.5);
  expect(await renderClassesPage('three blobs', found, found.phases)).not.toContain('NaN');
});
