/**
 * The splits of the study of ten data sets, for programs that Tombola is compared with.
 * `npx vitest run test/docs/own-data.test.ts -u` writes them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { csvText } from '../../lib/base/csv.ts';
import { readFiles } from '../../lib/data/samples/task-files.ts';
import { csv, filesInMemory, filesTask } from '../data/memory.ts';

const STUDIES = fileURLToPath(new URL('../../docs/studies', import.meta.url));
const study = z
  .object({
    grid: z.object({ task: z.array(z.object({ train: z.string(), test: z.string().optional() })) }),
    resample: z.literal(true),
    seeds: z.number(),
  })
  .parse(JSON.parse(readFileSync(join(STUDIES, 'own-data.json'), 'utf8')));

test('docs/studies/own-data/splits.csv has the test samples of each seed', async () => {
  const rows: [string, number, string][] = [];
  for (const { train } of study.grid.task.filter((task) => task.test === undefined)) {
    const text = gunzipSync(readFileSync(join(STUDIES, train))).toString();
    const samples = Papa.parse<{ class: string }>(text, { header: true, skipEmptyLines: true }).data;
    // Classes decide the split: with the number of its row as the only feature, each sample tells where it was.
    const open = filesInMemory({
      'rows.csv': csv(
        samples.map((sample, row) => [row, sample.class]),
        ['row', 'class'],
      ),
    });
    for (let seed = 0; seed < study.seeds; seed++) {
      const data = await readFiles(filesTask({ train: 'rows.csv', label: 'class', seed }), open);
      const name = train.replace(/^.*\/|\.csv\.gz$/g, '');
      rows.push([name, seed, data.test.x.join(' ')]);
    }
  }
  await expect(csvText(['task', 'seed', 'test'], rows)).toMatchFileSnapshot(
    join(STUDIES, 'own-data/splits.csv'),
  );
});
