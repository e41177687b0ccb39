/** The files of a landscape. */
import { expect, test } from 'vitest';
import { writeLandscape } from '../../lib/runs/landscape-artifacts.ts';
import { FolderStore } from '../../lib/store/folder.ts';
import { exampleLandscape } from '../report/landscape-example.ts';
import { filesIn, placeOf, temporaryFolder } from '../steps/small-run.ts';

test('tables of an earlier landscape go where the last one has none', async () => {
  const folder = await temporaryFolder();
  const store = new FolderStore(placeOf(folder));
  const landscape = exampleLandscape();
  const written = await writeLandscape(store, landscape);
  expect(written).toContain('landscape-paths.csv');
  expect(await filesIn(folder)).toEqual(written.toSorted());
  await writeLandscape(store, { ...landscape, paths: [], slice: null, statistics: [] });
  expect(await filesIn(folder)).toEqual(['landscape.json']);
});
