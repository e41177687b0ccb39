/** Groups that a run cannot measure its gaps between. */
import { expect, test } from 'vitest';
import { loadDataset } from '../../lib/data/task-data.ts';
import { sourceOpener } from '../../lib/places/sources.ts';
import { checkGroups } from '../../lib/runs/groups.ts';
import { complete } from '../runspec/complete.ts';

const specOf = (objectives: readonly string[]) =>
  complete({
    task: { dataset: 'two-groups', train: 60, test: 10 },
    network: { layers: [2, 4, 2] },
    algorithm: 'nsga',
    search: { population: 4, constraints: { demographicParity: { atMost: 0.1 } } },
    stop: { minGenerations: 0, maxGenerations: 1 },
    nsga: { objectives },
  });

test('a group must have the samples that constraints and objectives compare, and no others', async () => {
  const spec = specOf(['fitness', 'equal-opportunity']);
  const { dataset } = await loadDataset(spec.task, sourceOpener());
  const { groups } = dataset.train;
  const labels = dataset.train.labels.map((label, row) => (groups?.[row] === 1 ? 0 : label));
  const negative = { ...dataset, train: { ...dataset.train, labels } };
  expect(() => checkGroups(spec, dataset)).not.toThrow();
  expect(() => checkGroups(spec, negative)).toThrow('task.group: the group "b" has no positive samples');
  expect(() => checkGroups(specOf(['fitness', 'demographic-parity']), negative)).not.toThrow();
});
