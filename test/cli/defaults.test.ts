import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { applyDefaults, defaults } from '../../lib/cli/defaults.ts';
import { SMALL_SPEC, temporaryFolder } from '../steps/small-run.ts';
import { finished, leave } from './local/stored.ts';
import { runMain } from './main.ts';

let here: string;
beforeEach(async () => {
  here = await temporaryFolder();
  vi.spyOn(process, 'cwd').mockReturnValue(join(here, 'project/below'));
});

test('environment, project, user: the nearest to the command line first', async () => {
  const environment = { XDG_CONFIG_HOME: join(here, 'config'), APPDATA: join(here, 'config') };
  expect(defaults(environment)).toEqual({});
  await leave(join(here, 'config/tombola'), {
    'tombola.json': { out: '~/found', workers: 1, stack: 'Mine' },
  });
  await leave(join(here, 'project'), { 'tombola.json': { out: 'results', workers: 2 } });
  expect(defaults(environment)).toEqual({ out: join(here, 'project/results'), workers: 2, stack: 'Mine' });
  const set = { ...environment, TOMBOLA_WORKERS: '3', TOMBOLA_OUT: 'there', TOMBOLA_REGION: '' };
  expect(defaults(set)).toEqual({
    out: join(here, 'project/below/there'),
    workers: 3,
    stack: 'Mine',
  });
  vi.spyOn(process, 'cwd').mockReturnValue(here);
  expect(defaults(environment)).toMatchObject({ out: join(homedir(), 'found'), workers: 1 });
  expect(() => defaults({ ...environment, TOMBOLA_WORKERS: 'many' })).toThrow(
    'TOMBOLA_WORKERS: found "many", expected a whole number, at least 1',
  );
});

test('an option stands, what it leaves open is filled', async () => {
  await leave(join(here, 'project'), { 'tombola.json': { workers: 2, stack: 'Mine' } });
  const set = new Map<string, unknown>();
  applyDefaults({
    options: [{ long: '--workers' }, { long: '--stack' }],
    getOptionValueSource: (name) => (name === 'workers' ? 'cli' : 'default'),
    setOptionValueWithSource: (name, value) => set.set(name, value),
  });
  expect([...set]).toEqual([['stack', 'Mine']]);
});

test('what a file may not say', async () => {
  await leave(join(here, 'project'), { 'tombola.json': { worker: 2, out: 3 } });
  const { code, stdout, stderr } = await runMain('list');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('tombola.json: worker: unknown key; did you mean workers?');
  expect(stderr).toContain('tombola.json: out: found 3, expected a text in quotes');
  await leave(join(here, 'project'), { 'tombola.json': '[]' });
  expect((await runMain('list')).stderr).toMatch(/tombola\.json: the file: found \[\], expected an object/);
  await leave(join(here, 'project'), { 'tombola.json': '{,' });
  expect((await runMain('list')).stderr).toMatch(/tombola\.json: not valid JSON at line 1/);
  expect((await runMain('schema', '--defaults')).code).toBe(0);
});

test('runs go where it says, are ignored by git, and are found there by their names', async () => {
  await leave(join(here, 'project'), { 'tombola.json': { out: '.' }, 'spec.json': SMALL_SPEC });
  await leave(join(here, 'project/below'), { 'iris/x': '' });
  const { code, stdout } = await runMain('run', join(here, 'project/spec.json'), '--quiet', '--workers', '1');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^\.\.\/runs\/\S+\/ticket\.onnx\n$/)]);
  expect(await readFile(join(here, 'project/runs/.gitignore'), 'utf8')).toBe('*\n');
  await leave(join(here, 'project/runs/moons-1'), finished());
  expect(JSON.parse((await runMain('list', '--json')).stdout)).toHaveLength(2);
  expect(await runMain('resume', 'moons-1')).toMatchObject({
    code: 2,
    stderr: expect.not.stringContaining('did you mean'),
  });
  for (const command of ['resume', 'report', 'evaluate', 'predict']) {
    expect((await runMain(command, 'moons-2')).stderr).toMatch(
      /^error: moons-2: there is no such run; did you mean moons-1/,
    );
  }
  await leave(join(here, 'project/runs/moons-1'), { 'report.html': '' });
  expect((await runMain('open', 'moons-1', '--no-browser')).stdout).toMatch(/runs\/moons-1\/report\.html\n$/);
});

test('a run that is refused leaves no folder', async () => {
  await leave(join(here, 'project/below'), {
    'spec.json': { ...SMALL_SPEC, task: { dataset: 'files', train: 'gone.csv' } },
  });
  expect((await runMain('run', join(here, 'project/below/spec.json'))).code).toBe(2);
  expect(existsSync(join(here, 'project/below/runs'))).toBe(false);
});
