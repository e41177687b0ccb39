/** Two processes on one folder: one works, the other says why it does not, and nothing is lost. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { filesIn, temporaryFolder } from '../steps/small-run.ts';
import { appears, start } from './command.ts';
import { runMainIn } from './main.ts';

const SPEC = {
  task: { dataset: 'moons', train: 300, test: 50 },
  network: { layers: [2, 12, 2] },
  search: { population: 20 },
  stop: { minGenerations: 0, maxGenerations: 60, stagnation: null, targetAccuracy: null },
};

async function folderWith(name: string, value: object): Promise<string> {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, name), JSON.stringify(value));
  return cwd;
}

test('the same run at the same moment', async () => {
  const cwd = await folderWith('spec.json', SPEC);
  const args = ['run', 'spec.json', '--quiet', '--workers', '1', '--out'];
  const run = (out: string) => start([...args, out], { cwd });
  await runMainIn(cwd, ...args, 'alone');
  for (const delay of [0, 60]) {
    const out = `out-${delay}`;
    const first = run(out);
    await pause(delay);
    const second = run(out);
    const ended = await Promise.all([first.ended, second.ended]);
    const codes = ended.map(({ code }) => code).toSorted();
    expect(codes).toEqual([0, 2]);
    expect(ended.find(({ code }) => code === 2)?.stderr).toMatch(
      new RegExp(
        `^error: ${out}: another process is at work in this folder: 'tombola run', process \\d+, since`,
      ),
    );
    expect(await readFile(join(cwd, out, 'history.csv'))).toEqual(
      await readFile(join(cwd, 'alone/history.csv')),
    );
  }
});

test('resume, report, landscape and a sweep of a folder that a run is at work in', async () => {
  const cwd = await folderWith('spec.json', {
    ...SPEC,
    stop: { ...SPEC.stop, maxGenerations: 10_000 },
    evaluation: { leapSeconds: 0 },
    keepGenerations: true,
  });
  await writeFile(join(cwd, 'sweep.json'), JSON.stringify({ base: SPEC, seeds: 1 }));
  const running = start(['run', 'spec.json', '--quiet', '--out', 'out'], { cwd });
  await appears(join(cwd, 'out/run.json'), running);
  for (const args of [
    ['resume', 'out'],
    ['report', 'out'],
    ['sweep', 'sweep.json', '--out', 'out'],
  ]) {
    const { code, stderr } = await runMainIn(cwd, ...args);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^error: out: another process is at work in this folder: 'tombola run', process/),
    ]);
  }
  // A report needs a whole generation.
  await appears(join(cwd, 'out/generations/000001/state.json'), running);
  running.child.kill('SIGKILL');
  await running.ended;
  // A dead process holds nothing.
  expect((await runMainIn(cwd, 'report', 'out', '--quiet')).code).toBe(0);
  expect((await filesIn(cwd)).filter((name) => name.includes('lock'))).toEqual([]);
});
