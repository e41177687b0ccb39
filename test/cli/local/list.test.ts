import { chmod, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { sealedJson } from '../../../lib/base/seal.ts';
import { storedRuns, tableOf } from '../../../lib/cli/local/list.ts';
import { lockFolder } from '../../../lib/store/folder-lock.ts';
import { temporaryFolder } from '../../steps/small-run.ts';
import { runMain } from '../main.ts';
import { finished, leave, SPEC } from './stored.ts';

let here: string;
beforeEach(async () => {
  here = await temporaryFolder();
  vi.spyOn(process, 'cwd').mockReturnValue(here);
});

const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/));

test('runs and sweeps of this folder, of its runs and its sweeps, newest first, other folders not', async () => {
  const summary = { testAccuracy: 0.9, sparsity: 0.75 };
  await leave(
    join(here, 'iris'),
    finished({ ...SPEC, task: { dataset: 'files', train: '/data/iris.csv' } }, summary),
    60,
  );
  await leave(join(here, 'runs/old'), finished({ ...SPEC, preset: 'moons-a' }, summary), 3 * 86_400);
  await leave(
    join(here, 'runs/begun'),
    {
      'spec.json': SPEC,
      'run.json': {},
      'generations/000007/state.json': { complete: 6 },
    },
    7_200,
  );
  await leave(
    join(here, 'sweeps/study'),
    {
      'sweep.json': { base: SPEC.task, grid: { preset: ['moons-a', 'moons-b'] }, seeds: 2 },
      'sweep.csv': 'cell,status\na,succeeded\nb,failed\nc,failed\nd,missing\n',
      'cells/a/summary.json': {},
    },
    10,
  );
  await leave(join(here, 'runs/notes'), { 'spec.json': SPEC, 'notes.txt': 'a spec that somebody wrote' });
  await leave(join(here, 'data'), { 'sweep.json': {} });
  const { code, stdout } = await runMain('list');
  expect(code).toBe(0);
  expect(lines(stdout)).toEqual([
    ['run', 'task', 'algorithm', 'test accuracy', 'sparsity', 'age', 'state', 'size'],
    [
      'sweeps/study',
      'moons-a, moons-b',
      'sltn-ga',
      '–',
      '–',
      '10 s',
      'failed: 1 of 4 cells, 2 failed',
      expect.any(String),
    ],
    ['iris', 'iris.csv', 'sltn-ga', '90.0 %', '75.0 %', '1 min', 'done', expect.any(String)],
    ['runs/begun', 'moons', 'sltn-ga', '–', '–', '2 h', 'stopped at 6', expect.any(String)],
    ['runs/old', 'moons-a', 'sltn-ga', '90.0 %', '75.0 %', '3 d', 'done', expect.any(String)],
  ]);
  const json = await runMain('list', 'runs', '--json', '--limit', '1');
  expect(JSON.parse(json.stdout)).toMatchObject([
    {
      kind: 'run',
      name: 'runs/begun',
      folder: join(here, 'runs/begun'),
      state: 'stopped',
      generation: 6,
      seed: 7,
    },
  ]);
  expect(storedRuns(['sweeps/study'])).toEqual([]);
  expect(storedRuns(['iris', 'runs', '.']).map(({ name }) => name)).toEqual([
    'sweeps/study',
    'iris',
    'runs/begun',
    'runs/old',
  ]);
});

test('a run that a process is at work in', async () => {
  await leave(join(here, 'runs/busy'), { 'spec.json': SPEC });
  await leave(
    join(here, 'runs/dead'),
    { 'spec.json': SPEC, 'run.json': {}, '.tombola-lock-0123456789abcdef': '' },
    600,
  );
  using _ = await lockFolder(join(here, 'runs/busy'), { command: 'tombola run' });
  const [busy, dead] = storedRuns([]);
  expect(busy).toMatchObject({ state: 'running', process: { pid: process.pid, command: 'tombola run' } });
  expect(tableOf(busy ? [busy] : [])).toContain(`running (process ${process.pid})`);
  expect(dead).toMatchObject({ name: 'runs/dead', state: 'stopped' });
});

describe('runs in a bad state', () => {
  test('damaged ones are said to be, and the others are listed', async () => {
    await leave(join(here, 'runs/whole'), finished());
    const summary = sealedJson({ seed: 7, testAccuracy: 0.5 });
    await leave(join(here, 'runs/changed'), {
      ...finished(),
      'summary.json': Buffer.from(summary.toString().replace('0.5', '0.9')),
    });
    await leave(join(here, 'runs/torn'), { 'spec.json': '{"task": ', 'run.json': {} });
    await leave(join(here, 'sweeps/torn'), { 'sweep.json': '{', 'sweep.csv': '' });
    const sweep = sealedJson({ base: { preset: 'moons-a' }, seeds: 2 }).toString();
    await leave(join(here, 'sweeps/sealed'), { 'sweep.json': sweep, 'sweep.csv': '' });
    await leave(join(here, 'sweeps/edited'), { 'sweep.json': sweep.replace('2', '3'), 'sweep.csv': '' });
    const { code, stdout, stderr } = await runMain('list');
    expect(code).toBe(0);
    expect(
      lines(stdout)
        .slice(1)
        .map((row) => [row[0], row[6]])
        .toSorted(),
    ).toEqual([
      ['runs/changed', 'damaged'],
      ['runs/torn', 'damaged'],
      ['runs/whole', 'done'],
      ['sweeps/edited', 'damaged'],
      ['sweeps/sealed', 'stopped: 0 of 2 cells'],
      ['sweeps/torn', 'damaged'],
    ]);
    expect(stderr).toMatch(/^runs\/torn: spec\.json is not a run spec$/m);
    expect(stderr).toMatch(/^runs\/changed: summary\.json: damaged: it has changed/m);
  });

  test.runIf(process.platform !== 'win32')('hostile names stay on their line', async () => {
    await leave(join(here, 'runs/a\u001b[31m<b>\nc'), finished({ ...SPEC, preset: '\u001b]0;x\u0007' }));
    const { stdout } = await runMain('list');
    expect(lines(stdout)[1]?.slice(0, 2)).toEqual(['runs/a\\u001b[31m<b>\\nc', '\\u001b]0;x\\u0007']);
    expect(JSON.parse((await runMain('list', '--json')).stdout)).toHaveLength(1);
  });

  test.runIf(process.getuid?.() !== 0 && process.platform !== 'win32')(
    'a folder without rights',
    async () => {
      await leave(join(here, 'runs/closed'), finished());
      await chmod(join(here, 'runs/closed'), 0);
      const { stdout, stderr } = await runMain('list');
      expect(lines(stdout)[1]?.[6]).toBe('unreadable');
      expect(stderr).toBe('runs/closed: permission denied\n');
      await chmod(join(here, 'runs/closed'), 0o700);
    },
  );

  test('links that lead nowhere are nothing', async () => {
    await leave(join(here, 'runs/whole'), finished());
    await symlink('nowhere', join(here, 'runs/link'));
    await symlink('whole', join(here, 'runs/other'));
    expect(
      storedRuns([])
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(['runs/other', 'runs/whole']);
  });
});

test('nothing there, and folders that are none', async () => {
  expect(await runMain('list')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: expect.stringContaining("'tombola run' starts a run"),
  });
  expect((await runMain('list', '--json')).stdout).toBe('[]\n');
  await writeFile(join(here, 'file'), '');
  for (const [folder, told] of [
    ['nowhere', 'there is no such folder; check the path'],
    ['file', 'is a file; give a folder that holds runs or sweeps'],
  ])
    expect(await runMain('list', folder ?? '')).toMatchObject({
      code: 2,
      stderr: `error: ${folder}: ${told}\n`,
    });
  expect(await runMain('list', 'runs', '--cloud')).toMatchObject({
    code: 2,
    stderr: 'error: runs: folders are on this computer; leave them out to list the cloud\n',
  });
});

test('a task that counts no samples is one, too', async () => {
  const spec = { ...SPEC, task: { dataset: 'digits', classes: 3 } };
  await leave(join(here, 'digits'), finished(spec, { testAccuracy: 0.9, sparsity: 0.75 }), 60);
  expect(storedRuns([])).toMatchObject([{ state: 'done', task: 'digits', testAccuracy: 0.9 }]);
});
