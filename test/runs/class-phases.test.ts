/** Classes that are added to a probabilistic neural network, and unlearned. */
import { expect, test } from 'vitest';
import { makeDataset } from '../../lib/data/builtin/generators.ts';
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
