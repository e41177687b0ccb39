import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { changesSchema } from '../../lib/serve/messages.ts';
import { lockFolder } from '../../lib/store/folder-lock.ts';
import { finished, leave, SPEC } from '../cli/local/stored.ts';
import { serveHere } from './requests.ts';

const errorSchema = z.object({ error: z.string() });
const said = async (answer: Response) => [answer.status, errorSchema.parse(await answer.json()).error];

test('a run is a process of the command line; it tells why it cannot begin', async () => {
  const { here, post, read } = await serveHere();
  const spec = { task: SPEC.task, network: SPEC.network, stop: { minGenerations: 0, maxGenerations: 2 } };
  const answer = await post('/api/start', { spec, name: 'new', workers: 1 });
  expect([answer.status, await answer.json()]).toEqual([200, { name: 'runs/new' }]);
  await expect
    .poll(async () => changesSchema.parse(await read('/api/runs')).runs[0]?.state, { timeout: 30_000 })
    .toBe('done');
  const missing = { task: { dataset: 'files', train: join(here, 'missing.csv') } };
  expect(await said(await post('/api/start', { spec: missing, name: 'none' }))).toEqual([
    400,
    expect.stringContaining('missing.csv'),
  ]);
  expect(existsSync(join(here, 'runs/none'))).toBe(false);
});

test('names that are taken or lead elsewhere, and specs that are none, start nothing', async () => {
  const { here, post } = await serveHere();
  await mkdir(join(here, 'runs/taken'), { recursive: true });
  const start = async (name: string, spec: object = {}) => said(await post('/api/start', { spec, name }));
  expect(await start('taken')).toEqual([409, 'name: runs/taken is there already; choose another one']);
  for (const name of [
    '',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    '-rf',
    '.hidden',
    'a\u001b[31m',
    '%2e%2e',
    '$(x)',
    'x'.repeat(200),
  ]) {
    expect(await start(name)).toEqual([400, expect.stringContaining('name: found')]);
  }
  expect(await start('new', { preset: 'mons-a' })).toEqual([
    422,
    expect.stringContaining('did you mean moons-a'),
  ]);
  expect(existsSync(join(here, 'runs/new'))).toBe(false);
});

test('what is at work is not resumed, what is not is not stopped, and programs of others are left alone', async () => {
  const { here, post } = await serveHere();
  await leave(join(here, 'runs/done'), finished());
  await leave(join(here, 'runs/begun'), { 'spec.json': SPEC, 'run.json': {} });
  const ask = async (action: string, name: string) => said(await post(`/api/${action}`, { name }));
  expect(await ask('stop', 'runs/done')).toEqual([409, 'runs/done: nothing is at work in it']);
  expect(await ask('resume', 'runs/done')).toEqual([409, 'runs/done: is done; there is nothing to continue']);
  expect(await ask('stop', 'runs/nothing')).toEqual([404, expect.stringContaining('no run or sweep')]);
  using _ = await lockFolder(join(here, 'runs/begun'), { command: 'a search' });
  expect(await ask('resume', 'runs/begun')).toEqual([409, 'runs/begun: is at work already']);
  expect(await ask('stop', 'runs/begun')).toEqual([
    409,
    `runs/begun: a program of yours is at work in it (a search, process ${process.pid}); stop it there`,
  ]);
});
