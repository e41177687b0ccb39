/** Fronts of other figures than sparsity, whole runs on the embedded engine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../lib/places/store.ts';
import { placeOf } from '../steps/small-run.ts';
import { run, summaryOf } from './runs.ts';

test('by fitness, units and multiply-adds: nothing beats a ticket in all three, and each has its figure', async () => {
  const { folder } = await run({
    task: { dataset: 'moons', train: 300, test: 200 },
    network: { layers: [2, 8, 2] },
    algorithm: 'nsga',
    nsga: { objectives: ['multiply-adds', 'units', 'fitness'] },
    search: { population: 20 },
    stop: { minGenerations: 0, maxGenerations: 15 },
    pruning: { enabled: false },
  });
  const { front = [], frontAxes } = await summaryOf(folder);
  expect(frontAxes).toEqual(['fitness', 'multiply-adds', 'units']);
  expect(front.length).toBeGreaterThan(2);
  for (const { trainAccuracy, units = 0, multiplyAdds = 0 } of front) {
    const better = front.filter(
      (other) =>
        other.trainAccuracy >= trainAccuracy &&
        (other.units ?? 0) <= units &&
        (other.multiplyAdds ?? 0) <= multiplyAdds &&
        (other.trainAccuracy > trainAccuracy ||
          (other.units ?? 0) < units ||
          (other.multiplyAdds ?? 0) < multiplyAdds),
    );
    expect(better).toEqual([]);
  }
  expect(await readFile(join(folder, 'front.csv'), 'utf8')).toMatch(
    /^file,sparsity,keptWeights,units,multiplyAdds,trainAccuracy,/,
  );
  const report = await readFile(join(folder, 'report.html'), 'utf8');
  for (const id of ['front-units', 'front-multiply-adds', 'hypervolume']) {
    expect(report).toContain(`<figure id="${id}"`);
  }
  expect(report).not.toContain('<figure id="front"');
  // Each point is a link to a file that is there.
  const links = new Set([...report.matchAll(/xlink:href="([^"]+)"/g)].map(([, file = '']) => file));
  expect([...links].sort()).toEqual(front.map(({ file }) => file).sort());
  const store = await openStore(placeOf(folder));
  for (const file of links) expect((await store.get(file)).length).toBeGreaterThan(100);
});
