/** What `tombola evaluate` says of data that the ticket has seen. */
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shown } from '../../../lib/cli/paths.ts';
import { treesCsv } from '../../engine/own-data.ts';
import { run, summaryOf } from '../../engine/runs.ts';
import { SMALL_SPEC, temporaryFolder } from '../../steps/small-run.ts';
import { runMain } from '../main.ts';

async function evaluate(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runMain('evaluate', ...args);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

const scoreOf = async (...args: string[]) => JSON.parse(await evaluate(...args, '--json')).data[0];

/** Rows whose first value is another one. */
const changed = (row: string) => row.replace(/^-?\d+/, (digits) => `${digits}9`);

test('data that a ticket has seen are named, and new ones are not spoken of', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'trees.csv');
  await writeFile(file, treesCsv());
  const { folder: trees } = await run({ ...SMALL_SPEC, task: { train: file }, network: { hidden: [6] } });
  const { trainSamples } = await summaryOf(trees);

  const same = `${file} is the file that the ticket was trained on; ${trainSamples} of 90 samples are training data`;
  expect(await evaluate(trees, '--data', file)).toContain(
    `${same}.\nOn data that it has not seen: npx tombola evaluate ${shown(trees)} --on test\n`,
  );
  expect(await evaluate(join(trees, 'ticket.min.onnx'), '--data', file)).toContain(`${same}\n`);
  expect(await scoreOf(trees)).not.toHaveProperty('seen');

  // Half of the rows are new ones, the others in another order.
  const [head = '', ...rows] = treesCsv().trim().split('\n');
  const half = rows.slice(45);
  const some = join(folder, 'some.csv');
  await writeFile(some, `${[head, ...half.toReversed(), ...half.map(changed)].join('\n')}\n`);
  const { seen } = await scoreOf(trees, '--data', some);
  expect(seen).toEqual({ sameFile: false, samples: expect.any(Number) });
  expect(seen.samples).toBeGreaterThan(15);
  expect(seen.samples).toBeLessThan(45);
  expect(await evaluate(trees, '--data', some)).toContain(
    `${some}: ${seen.samples} of 90 samples are in the training data of the ticket as well`,
  );

  // A ticket that is elsewhere knows the digest of its file.
  const ticket = join(folder, 'ticket.onnx');
  await copyFile(join(trees, 'ticket.onnx'), ticket);
  expect((await scoreOf(ticket, '--data', file)).seen).toEqual({ sameFile: true });
  const fresh = join(folder, 'fresh.csv');
  await writeFile(fresh, `${[head, ...rows.map(changed)].join('\n')}\n`);
  for (const target of [ticket, trees]) {
    expect(await scoreOf(target, '--data', fresh)).not.toHaveProperty('seen');
  }
  // The same, where the data of the run are gone.
  await rm(join(trees, 'data'), { recursive: true });
  await rm(file);
  expect(await scoreOf(trees, '--data', some)).not.toHaveProperty('seen');
});
