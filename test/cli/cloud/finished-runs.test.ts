/** Commands for finished runs, which read them from S3 as they are. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { S3Store } from '../../../lib/aws/s3/store.ts';
import { cloud, NAME, tombola, URI } from './cloud.ts';

const here = cloud();
const folder = () => join(here.folder, 'local');
/** Without flips, so that it is quick. */
const extracted = async (place: string, ...options: string[]) => {
  here.printed = '';
  expect(await tombola('extract', place, '--class', '1', '--flips', '0', '--quiet', ...options)).toBe(0);
  return here.printed.trim();
};

test('a classifier is written beside the run, or to this computer, the same bytes as of a folder', async () => {
  await here.upload(NAME);
  const expected = await readFile(await extracted(folder()));
  const uri = await extracted(URI.slice(0, -1));
  expect(uri).toBe(`${URI}classes/1.onnx`);
  const file = join(here.folder, 'one.onnx');
  await extracted(URI, '--out', file);
  const stored = await new S3Store(URI).get('classes/1.onnx');
  expect([Buffer.from(stored), await readFile(file)]).toEqual([expected, expected]);
});

test('names are of runs in the cloud where the command line says so', async () => {
  await here.upload(NAME);
  for (const seed of [1, 2]) await here.upload(`named/cells/ga_seed-${seed}`);
  expect(await extracted(NAME, '--cloud')).toBe(`${URI}classes/1.onnx`);
  here.aws.asked.length = 0;
  expect(await extracted(URI, '--cloud')).toBe(`${URI}classes/1.onnx`);
  expect(here.aws.asked).toEqual([]);
  here.printed = '';
  expect(await tombola('evaluate', NAME, '--stack', 'Tombola', '--json')).toBe(0);
  const { ticket } = JSON.parse(here.printed);
  expect(ticket).toBe(URI);
  here.printed = '';
  expect(await tombola('predict', NAME, '--cloud', '--json')).toBe(0);
  const { data, samples, predictions } = JSON.parse(here.printed);
  expect([data, predictions.length]).toEqual(['test', samples]);
  const prior = join(here.folder, 'prior by name.json');
  expect(await tombola('learn', 'named', '--cloud', '--out', prior, '--quiet')).toBe(0);
  expect(await tombola('learn', 'nothing', '--cloud')).toBe(2);
  expect(here.complained).toMatch(/^error: s3:\S+nothing\/: holds no finished run .+\n$/);
});

test('a sweep gives its cells, and --cells chooses among them', async () => {
  const ids = ['ga_seed-2', 'ga_seed-10', 'other_seed-2'];
  for (const id of ids) await here.upload(`sweep/cells/${id}`);
  const sweep = URI.replace(`${NAME}/`, 'sweep/');
  const table = join(here.folder, 'classes.csv');
  const files = await extracted(sweep, '--cells', 'ga_', '--csv', table);
  expect(files.split('\n')).toEqual(ids.slice(0, 2).map((id) => `${sweep}cells/${id}/classes/1.onnx`));
  expect((await readFile(table, 'utf8')).match(/ga_seed-\d+/g)).toEqual(ids.slice(0, 2));
  const prior = join(here.folder, 'prior.json');
  here.printed = '';
  expect(await tombola('learn', sweep, '--out', prior, '--json')).toBe(0);
  expect(JSON.parse(here.printed)).toMatchObject({ prior, runs: ids.length });
});

test('the landscape of a run in S3 is written to this computer', async () => {
  await here.upload(NAME);
  const out = join(here.folder, 'landscape');
  expect(await tombola('landscape', URI, '--resolution', '3', '--out', out, '--quiet')).toBe(0);
  expect(await readFile(join(out, 'landscape.html'), 'utf8')).toContain(NAME);
});

test('where there is no run, that is said in one line', async () => {
  const nowhere = URI.replace(NAME, 'nowhere');
  expect(await tombola('extract', nowhere, '--all')).toBe(2);
  expect(here.complained).toMatch(/^error: s3:\S+nowhere\/: holds no finished run .+\n$/);
  here.complained = '';
  expect(await tombola('extract', URI, URI.slice(0, -1), '--all')).toBe(2);
  expect(here.complained).toBe(`error: ${URI}: is given twice\n`);
});
