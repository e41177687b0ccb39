import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test, vi } from 'vitest';
import { lockFolder } from '../../../lib/store/folder-lock.ts';
import { temporaryFolder } from '../../steps/small-run.ts';
import { runMain } from '../main.ts';
import { finished, leave, SPEC } from './stored.ts';

/** Runs a command on a terminal of its own. */
const SCRIPT = '/usr/bin/script';

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

test.runIf(existsSync(SCRIPT) && process.platform === 'linux')(
  'on a terminal it asks; Ctrl-C is a no',
  async () => {
    const command = fileURLToPath(new URL('../../../bin/tombola.ts', import.meta.url));
    const answered = async (answer: string) => {
      const words = `"${process.execPath}" "${command}" remove moons-1`;
      const child = spawn(SCRIPT, ['-qec', words, '/dev/null'], { cwd: here });
      let shown = '';
      for await (const chunk of child.stdout.setEncoding('utf8')) {
        const isNew = !shown.includes('[y/N]');
        shown += String(chunk);
        if (isNew && shown.includes('[y/N]')) child.stdin.write(answer);
      }
      if (child.exitCode === null) await once(child, 'exit');
      return { code: child.exitCode, shown };
    };
    const refused = await answered('\u0003');
    expect(refused).toEqual({ code: 2, shown: expect.stringContaining('error: nothing was removed') });
    expect(refused.shown).not.toMatch(/\\u001b|bug/);
    expect(at('runs/moons-1')).toBe(true);
    expect(await answered('y\r')).toEqual({
      code: 0,
      shown: expect.stringContaining('removed runs/moons-1'),
    });
    expect(at('runs/moons-1')).toBe(false);
  },
);

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
  expect(await told('')).toMatch(/^error: '': is not the folder of a run or a sweep; 'tombola list'/);
  expect(await told('\u001b[31m../x')).toMatch(/^error: \\u001b\[31m\.\.\/x: is not the folder/);
  await leave(join(here, 'sweeps/study/cells/a'), finished());
  expect(await told('sweeps/study/cells/a')).toMatch(/is a cell of a sweep.*remove sweeps\/study whole/);
  vi.spyOn(process, 'cwd').mockReturnValue(join(here, 'runs/moons-2'));
  expect(await told('../moons-2')).toMatch(/holds the current folder/);
  expect(['runs/moons-1', 'runs/moons-2', 'runs/mixed', 'runs/linked', 'precious/data.csv'].every(at)).toBe(
    true,
  );
});

test('names are shown on one line, and may end with a slash', async () => {
  await leave(join(here, 'runs/a\n\u001b[31mb'), finished());
  const { code, stdout } = await runMain('remove', 'a\n\u001b[31mb/', '--yes');
  expect([code, stdout]).toEqual([0, 'removed runs/a\\n\\u001b[31mb\n']);
});

test.runIf(process.getuid?.() !== 0 && process.platform !== 'win32')(
  'nothing is deleted of a folder that cannot be deleted whole',
  async () => {
    const fixed = ['runs/moons-1/history', 'runs'];
    for (const folder of fixed) {
      await chmod(join(here, folder), 0o500);
      const { code, stderr } = await runMain('remove', 'moons-1', '--yes');
      const why = `${folder}: permission denied; check who may write there`;
      expect([code, stderr]).toEqual([2, expect.stringContaining(`runs/moons-1: cannot be removed: ${why}`)]);
      await chmod(join(here, folder), 0o700);
      expect(at('runs/moons-1/history/000000.json') && at('runs/moons-1/summary.json')).toBe(true);
    }
  },
);
