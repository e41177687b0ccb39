/** Runs that are killed or stopped, in processes of their own, and go on to the same end. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filesIn, temporaryFolder } from '../steps/small-run.ts';
import { appears, type Started, start } from './command.ts';
import { runMain, runMainIn } from './main.ts';

/** Long enough to be caught in the middle, a few milliseconds a generation. */
const SPEC = {
  task: { dataset: 'moons', train: 300, test: 50 },
  network: { layers: [2, 12, 2] },
  search: { population: 20 },
  stop: { minGenerations: 0, maxGenerations: 120, stagnation: null, targetAccuracy: null },
  // The same generation each time: see below for leaps.
  evaluation: { leapSeconds: 0 },
};
/** The same in leaps of a second at most. */
const LEAPING = { ...SPEC, stop: { ...SPEC.stop, maxGenerations: 6_000 }, evaluation: {} };
/** A generation that takes half a minute. */
const HUGE = {
  preset: 'digits-10',
  network: { layers: [64, 500, 500, 10] },
  search: { population: 1_000 },
};
/** A generation that takes no second, and a pruning pass that takes a minute. */
const LONG_PRUNING = {
  preset: 'digits-10',
  network: { layers: [64, 500, 500, 10] },
  search: { population: 2 },
  stop: { minGenerations: 0, maxGenerations: 0 },
};

let folder: string;
let spec: string;
let undisturbed: Record<string, Buffer>;

async function resultsOf(out: string): Promise<Record<string, Buffer>> {
  const names = ['ticket.safetensors', 'ticket.onnx', 'history.csv'];
  const entries = names.map(async (name) => [name, await readFile(join(out, name))] as const);
  return Object.fromEntries(await Promise.all(entries));
}

const generationIn = (out: string, generation: number, file: string) =>
  join(out, 'generations', String(generation).padStart(6, '0'), file);
const stateOf = (out: string, generation: number) => generationIn(out, generation, 'state.json');

const isLock = (name: string) => name.includes('lock');
const locksIn = async (out: string) => (await filesIn(out)).filter(isLock);

/** All files of a run, but its locks. */
async function bytesIn(out: string): Promise<Record<string, Buffer>> {
  const names = (await filesIn(out)).filter((name) => !isLock(name));
  const entries = names.map(async (name) => [name, await readFile(join(out, name))] as const);
  return Object.fromEntries(await Promise.all(entries));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tombola-'));
  spec = join(folder, 'spec.json');
  await writeFile(spec, JSON.stringify(SPEC));
  const out = join(folder, 'undisturbed');
  expect(await runMain('run', spec, '--out', out, '--quiet', '--workers', '1')).toMatchObject({ code: 0 });
  undisturbed = await resultsOf(out);
});
afterAll(() => rm(folder, { recursive: true }));

test('killed with SIGKILL again and again, in the middle of a generation', async () => {
  const out = join(await temporaryFolder(), 'run');
  for (const [generation, command] of [
    [3, ['run', spec, '--out', out, '--workers', '2']],
    [20, ['resume', out]],
    [21, ['resume', out, '--workers', '1']],
  ] as const) {
    const started = start(command);
    await appears(stateOf(out, generation), started);
    started.child.kill('SIGKILL');
    const { signal, stderr } = await started.ended;
    expect({ signal, stderr }).toMatchObject({ signal: 'SIGKILL' });
  }
  expect(await filesIn(out)).not.toContain('summary.json');
  expect(await runMain('resume', out, '--json')).toMatchObject({ code: 0 });
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
    /^Stopped after generation ([\d,]+)\. To continue: npx tombola resume 'my run'$/m.exec(stopped.stderr) ??
    [];
  const complete = Number(generation.replaceAll(',', ''));
  expect(complete).toBeGreaterThanOrEqual(4);
  expect(await filesIn(join(cwd, 'my run'))).toContain(
    `generations/${String(complete + 1).padStart(6, '0')}/state.json`,
  );

  const resumed = await runMainIn(cwd, 'resume', 'my run', '--quiet');
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
  const report = await runMain('report', out, '--json');
  expect(report.code).toBe(0);
  const document: { status: string; seconds: number } = JSON.parse(report.stdout);
  expect(document).toMatchObject({ status: 'stopped', stopReason: null });
  // The time at work, which no pause and no later report lengthens; latencies are measured anew.
  const again = JSON.parse((await runMain('report', out, '--json')).stdout);
  expect(again).toEqual({ ...document, minimised: again.minimised });
});

test('the same where it leaps: killed, stopped and at the end, what it goes on from is there', async () => {
  const folder = await temporaryFolder();
  const leaping = join(folder, 'leaping.json');
  await writeFile(leaping, JSON.stringify(LEAPING));
  const [whole, out] = [join(folder, 'whole'), join(folder, 'out')];
  /** Until a leap is written that is not there yet. */
  const leapt = async (started: Started) => {
    const before = (await filesIn(out).catch(() => [])).filter((file) => file.endsWith('/state.json'));
    const isNew = (file: string) => file.endsWith('/state.json') && !before.includes(file);
    const beyond = (files: string[]) => files.some((file) => isNew(file) && !file.includes('/000000/'));
    while (started.child.exitCode === null && !beyond(await filesIn(out).catch(() => []))) await pause(20);
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
  const [, generation] = /^Stopped after generation ([\d,]+)\./m.exec(stderr) ?? [];
  expect(Number(generation?.replaceAll(',', ''))).toBeGreaterThan(2);
  expect(await runMain('resume', out, '--quiet')).toMatchObject({ code: 0 });
  expect(await runMain('run', leaping, '--out', whole, '--quiet')).toMatchObject({ code: 0 });
  expect(await resultsOf(out)).toEqual(await resultsOf(whole));
});

describe('what takes minutes is stopped within seconds', () => {
  /** Three, and what a busy machine adds. */
  const SECONDS = 20;

  /** A huge first generation; a second Ctrl-C stops at once. */
  async function stopEvaluating(cwd: string) {
    await writeFile(join(cwd, 'huge.json'), JSON.stringify(HUGE));
    const started = start(['run', 'huge.json', '--out', 'out', '--workers', '1', '--json'], { cwd });
    await appears(join(cwd, 'out/run.json'), started);
    // By then it has said where it is, and evaluates.
    await pause(1_000);
    started.child.kill('SIGTERM');
    const asked = performance.now();
    const stopped = await started.ended;
    expect(performance.now() - asked).toBeLessThan(SECONDS * 1000);
    expect(stopped).toMatchObject({ signal: 'SIGTERM', code: null });
    expect(JSON.parse(stopped.stdout)).toMatchObject({ status: 'stopped', generations: 0 });
    expect(stopped.stderr).toMatch(
      /^Stopped before the end of generation 0\. To continue: npx tombola resume out$/m,
    );

    const again = start(['resume', 'out', '--quiet'], { cwd });
    while (again.child.exitCode === null && (await locksIn(join(cwd, 'out'))).length === 0) await pause(2);
    // It listens to signals soon after.
    await pause(2_000);
    again.child.kill('SIGINT');
    await pause(100);
    again.child.kill('SIGINT');
    expect(await again.ended).toMatchObject({ signal: 'SIGINT', stderr: '' });
    expect(await locksIn(join(cwd, 'out'))).toEqual([]);
  }

  /** The pruning pass, of which nothing is lost. */
  async function stopPruning(cwd: string) {
    await writeFile(join(cwd, 'spec.json'), JSON.stringify(LONG_PRUNING));
    const out = join(cwd, 'out');
    const started = start(['run', 'spec.json', '--out', 'out', '--workers', '1'], { cwd });
    await appears(generationIn(out, 0, 'end.json'), started);
    await pause(500);
    const before = await bytesIn(out);
    started.child.kill('SIGINT');
    const asked = performance.now();
    const stopped = await started.ended;
    expect(performance.now() - asked).toBeLessThan(SECONDS * 1000);
    expect(stopped).toMatchObject({ signal: 'SIGINT', code: null, stdout: '' });
    expect(stopped.stderr).toMatch(
      /^Stopped after generation 0, before the ticket was written\. To continue: npx tombola resume out$/m,
    );
    expect(await bytesIn(out)).toEqual(before);
  }

  // Side by side, since most of their time is waiting.
  test('a huge generation, and the pruning pass of a large network', async () => {
    await Promise.all([stopEvaluating(await temporaryFolder()), stopPruning(await temporaryFolder())]);
  });
});

test('a run that is over is not run again; its report can be written anew', async () => {
  const out = join(folder, 'undisturbed');
  const summary = await readFile(join(out, 'summary.json'), 'utf8');
  expect(await runMain('resume', out, '--json')).toMatchObject({ code: 0, stderr: '' });
  await rm(join(out, 'report.html'));
  expect(await runMain('report', out, '--quiet')).toMatchObject({ code: 0 });
  expect(await filesIn(out)).toContain('report.html');
  expect(await readFile(join(out, 'summary.json'), 'utf8')).toBe(summary);
});
