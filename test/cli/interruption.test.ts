/** Runs that are killed or stopped, in processes of their own, and go on to the same end. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesIn, temporaryFolder } from '../steps/small-run.ts';
import { appears, type Started, start, tombola } from './command.ts';

/** Long enough to be caught in the middle, a few milliseconds a generation. */
const SPEC = {
  task: { dataset: 'moons', train: 300, test: 50 },
  network: { layers: [2, 12, 2] },
  search: { population: 20 },
  stop: { minGenerations: 0, maxGenerations: 150, stagnation: null, targetAccuracy: null },
  // The same generation each time: see below for leaps.
  evaluation: { leapSeconds: 0 },
};

let folder: string;
let spec: string;
let undisturbed: Record<string, Buffer>;

async function resultsOf(out: string): Promise<Record<string, Buffer>> {
  const names = ['ticket.safetensors', 'ticket.onnx', 'history.csv'];
  const entries = names.map(async (name) => [name, await readFile(join(out, name))] as const);
  return Object.fromEntries(await Promise.all(entries));
}

const stateOf = (out: string, generation: number) =>
  join(out, 'generations', String(generation).padStart(6, '0'), 'state.json');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tombola-'));
  spec = join(folder, 'spec.json');
  await writeFile(spec, JSON.stringify(SPEC));
});
afterAll(() => rm(folder, { recursive: true }));

test('undisturbed', async () => {
  const out = join(folder, 'undisturbed');
  expect(await tombola(['run', spec, '--out', out, '--quiet', '--workers', '1'])).toMatchObject({ code: 0 });
  undisturbed = await resultsOf(out);
});

test('killed with SIGKILL again and again, in the middle of a generation', async () => {
  const out = join(await temporaryFolder(), 'run');
  for (const [generation, command] of [
    [3, ['run', spec, '--out', out, '--workers', '2']],
    [30, ['resume', out]],
    [31, ['resume', out, '--workers', '1']],
  ] as const) {
    const started = start(command);
    await appears(stateOf(out, generation), started);
    started.child.kill('SIGKILL');
    const { signal, stderr } = await started.ended;
    expect({ signal, stderr }).toMatchObject({ signal: 'SIGKILL' });
  }
  expect(await filesIn(out)).not.toContain('summary.json');
  expect(await tombola(['resume', out, '--json'])).toMatchObject({ code: 0 });
  expect(await resultsOf(out)).toEqual(undisturbed);
});

test('stopped with Ctrl-C: exit code 130, and how to go on', async () => {
  const cwd = await temporaryFolder();
  const started = start(['run', spec, '--out', 'my run'], { cwd });
  await appears(stateOf(join(cwd, 'my run'), 5), started);
  started.child.kill('SIGINT');
  const stopped = await started.ended;
  expect(stopped).toMatchObject({ code: 130, stdout: '' });
  expect(stopped.stderr).toContain(
    'Stopping after the generation or the epochs in flight; Ctrl-C again stops at once.',
  );
  const [, generation = ''] =
    /^Stopped after generation (\d+)\. To continue: npx tombola resume 'my run'$/m.exec(stopped.stderr) ?? [];
  expect(Number(generation)).toBeGreaterThanOrEqual(4);
  expect(await filesIn(join(cwd, 'my run'))).toContain(
    `generations/${String(Number(generation) + 1).padStart(6, '0')}/state.json`,
  );

  const resumed = await tombola(['resume', 'my run', '--quiet'], { cwd });
  expect(resumed).toMatchObject({ code: 0, stdout: 'my run/ticket.onnx\n' });
  expect(await resultsOf(join(cwd, 'my run'))).toEqual(undisturbed);
});

test('stopped with SIGTERM: exit code 143; with --json the document says so', async () => {
  const out = join(await temporaryFolder(), 'run');
  const started = start(['run', spec, '--out', out, '--json', '--quiet']);
  await appears(stateOf(out, 2), started);
  started.child.kill('SIGTERM');
  const { code, stdout, stderr } = await started.ended;
  expect([code, stderr]).toEqual([143, '']);
  expect(JSON.parse(stdout)).toMatchObject({ status: 'stopped', out });

  // What there is can be looked at before it goes on.
  const report = await tombola(['report', out, '--json']);
  expect(report.code).toBe(0);
  const document: { status: string; seconds: number } = JSON.parse(report.stdout);
  expect(document).toMatchObject({ status: 'stopped', stopReason: null });
  // The time at work, which no pause and no later report lengthens; latencies are measured anew.
  const again = JSON.parse((await tombola(['report', out, '--json'])).stdout);
  expect(again).toEqual({ ...document, minimised: again.minimised });
});

test('the same where it leaps: killed, stopped and at the end, what it goes on from is there', async () => {
  const folder = await temporaryFolder();
  const leaping = join(folder, 'leaping.json');
  const stop = { ...SPEC.stop, maxGenerations: 5_000 };
  await writeFile(leaping, JSON.stringify({ ...SPEC, stop, evaluation: {} }));
  const [whole, out] = [join(folder, 'whole'), join(folder, 'out')];
  /** Until a leap is written that is not there yet. */
  const leapt = async (started: Started) => {
    const before = (await filesIn(out).catch(() => [])).filter((file) => file.endsWith('/state.json'));
    const isNew = (file: string) => file.endsWith('/state.json') && !before.includes(file);
    const beyond = (files: string[]) => files.some((file) => isNew(file) && !file.includes('/000000/'));
    while (started.child.exitCode === null && !beyond(await filesIn(out).catch(() => []))) await pause(2);
  };
  const killed = start(['run', leaping, '--out', out]);
  await leapt(killed);
  killed.child.kill('SIGKILL');
  expect(await killed.ended).toMatchObject({ signal: 'SIGKILL' });
  const stopped = start(['resume', out]);
  await leapt(stopped);
  stopped.child.kill('SIGINT');
  const { code, stderr } = await stopped.ended;
  expect(code).toBe(130);
  const [, generation] = /^Stopped after generation (\d+)\./m.exec(stderr) ?? [];
  expect(Number(generation)).toBeGreaterThan(2);
  expect(await tombola(['resume', out, '--quiet'])).toMatchObject({ code: 0 });
  expect(await tombola(['run', leaping, '--out', whole, '--quiet'])).toMatchObject({ code: 0 });
  expect(await resultsOf(out)).toEqual(await resultsOf(whole));
});

test('a huge first generation is stopped within seconds, and a second Ctrl-C stops at once', async () => {
  const cwd = await temporaryFolder();
  const huge = {
    preset: 'digits-10',
    network: { layers: [64, 1000, 1000, 10] },
    search: { population: 3_000 },
  };
  await writeFile(join(cwd, 'huge.json'), JSON.stringify(huge));
  const started = start(['run', 'huge.json', '--out', 'out', '--workers', '1', '--json'], { cwd });
  await appears(join(cwd, 'out/run.json'), started);
  await pause(2_000);
  started.child.kill('SIGTERM');
  const asked = performance.now();
  const stopped = await started.ended;
  // Three, and what a busy machine adds; the generation takes minutes.
  expect(performance.now() - asked).toBeLessThan(20_000);
  expect(stopped).toMatchObject({ signal: 'SIGTERM', code: null });
  expect(JSON.parse(stopped.stdout)).toMatchObject({ status: 'stopped', generations: 0 });
  expect(stopped.stderr).toMatch(/^Stopped after generation 0\. To continue: npx tombola resume out$/m);

  const again = start(['resume', 'out', '--quiet'], { cwd });
  await pause(2_000);
  again.child.kill('SIGINT');
  await pause(100);
  again.child.kill('SIGINT');
  expect(await again.ended).toMatchObject({ signal: 'SIGINT', stderr: '' });
  expect((await filesIn(join(cwd, 'out'))).filter((name) => name.includes('lock'))).toEqual([]);
});

test('a run that is over is not run again; its report can be written anew', async () => {
  const out = join(folder, 'undisturbed');
  const summary = await readFile(join(out, 'summary.json'), 'utf8');
  expect(await tombola(['resume', out, '--json'])).toMatchObject({ code: 0, stderr: '' });
  await rm(join(out, 'report.html'));
  expect(await tombola(['report', out, '--quiet'])).toMatchObject({ code: 0 });
  expect(await filesIn(out)).toContain('report.html');
  expect(await readFile(join(out, 'summary.json'), 'utf8')).toBe(summary);
});
