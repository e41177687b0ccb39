import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { lockFolder } from '../../../lib/store/folder-lock.ts';
import { temporaryFolder } from '../../steps/small-run.ts';
import { runMain } from '../main.ts';
import { finished, leave, SPEC } from './stored.ts';

let here: string;
beforeEach(async () => {
  here = await temporaryFolder();
  vi.spyOn(process, 'cwd').mockReturnValue(here);
  await leave(join(here, 'runs/moons-1'), { ...finished(), 'history/000000.json': [] }, 40 * 86_400);
  await leave(join(here, 'runs/moons-2'), finished(), 60);
  await leave(
    join(here, 'sweeps/study'),
    { 'sweep.json': { base: { preset: 'moons-a' }, seeds: 2 }, 'sweep.csv': '', 'cells/a/summary.json': {} },
    41 * 86_400,
  );
});

const at = (name: string) => existsSync(join(here, name));

test('what is named goes, by name or path, once somebody says yes', async () => {
  const asked = await runMain('remove', 'moons-1');
  expect([asked.code, asked.stderr]).toEqual([2, expect.stringMatching(/error: nobody is here.*give --yes/)]);
  expect(await runMain('remove', 'moons-1', '--dry-run')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^would remove 1 run/),
  });
  expect(at('runs/moons-1')).toBe(true);
  const { code, stdout } = await runMain('remove', 'moons-1', 'sweeps/study', 'runs/moons-1', '--yes');
  expect([code, stdout]).toEqual([0, 'removed runs/moons-1\nremoved sweeps/study\n']);
  expect([at('runs/moons-1'), at('sweeps/study'), at('runs/moons-2')]).toEqual([false, false, true]);
});

test('prune takes what did not change for long', async () => {
  const json = JSON.parse((await runMain('prune', '--older-than', '30d', '--dry-run', '--json')).stdout);
  expect(json).toMatchObject({ removed: [], would: [{ name: 'runs/moons-1' }, { name: 'sweeps/study' }] });
  using _ = await lockFolder(join(here, 'sweeps/study'), { command: 'tombola sweep' });
  const { code, stdout, stderr } = await runMain('prune', '--older-than', '4w', '--yes');
  expect([code, stdout]).toEqual([0, 'removed runs/moons-1\n']);
  expect(stderr).toContain('sweeps/study: stays: a process is at work in it');
  expect(await runMain('prune', '--older-than', '4w')).toMatchObject({ code: 0, stdout: '' });
  expect(await runMain('prune', '--older-than', 'long')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Expected hours, days or weeks, such as 12h, 30d or 4w.'),
  });
});

test('what is no run, is in use, or holds files of others stays', async () => {
  await leave(join(here, 'runs/mixed'), { ...finished(), 'thesis.tex': 'mine' });
  await leave(join(here, 'runs/linked'), finished());
  await mkdir(join(here, 'precious'));
  await writeFile(join(here, 'precious/data.csv'), '');
  await symlink(join(here, 'precious'), join(here, 'runs/linked/generations'));
  await symlink('moons-2', join(here, 'runs/link'));
  await leave(join(here, 'notes'), { 'spec.json': SPEC });
  using _ = await lockFolder(join(here, 'runs/moons-1'), { command: 'tombola run' });
  const told = async (...args: string[]) => {
    const { code, stderr } = await runMain('remove', ...args, '--yes');
    expect(code).toBe(2);
    return stderr;
  };
  expect(await told('moons-2', 'moons-1')).toMatch(
    /^error: runs\/moons-1: a process is at work in it \(process \d+\)/,
  );
  expect(await told('moons-3')).toMatch(/^error: moons-3: is not the folder of a run.*did you mean moons-1/);
  expect(await told('notes')).toMatch(/^error: notes: is not the folder/);
  expect(await told('runs')).toMatch(/^error: runs: is not the folder/);
  expect(await told('mixed')).toMatch(
    /^error: runs\/mixed: holds runs\/mixed\/thesis\.tex, which Tombola did not/,
  );
  expect(await told('linked')).toMatch(/^error: runs\/linked: holds runs\/linked\/generations, which/);
  expect(await told('link')).toMatch(/^error: runs\/link: is a symbolic link/);
  expect(await told('\u001b[31m../x')).toMatch(/^error: \\u001b\[31m\.\.\/x: is not the folder/);
  await leave(join(here, 'sweeps/study/cells/a'), finished());
  expect(await told('sweeps/study/cells/a')).toMatch(/is a cell of a sweep.*remove sweeps\/study whole/);
  vi.spyOn(process, 'cwd').mockReturnValue(join(here, 'runs/moons-2'));
  expect(await told('../moons-2')).toMatch(/holds the current folder/);
  expect(['runs/moons-1', 'runs/moons-2', 'runs/mixed', 'runs/linked', 'precious/data.csv'].every(at)).toBe(
    true,
  );
});
