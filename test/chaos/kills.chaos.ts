/**
 * Runs and sweeps that are killed at random moments, or started twice, end as undisturbed ones do. `npm run test:chaos`;
 * CHAOS_SEED=n repeats what was tried, CHAOS_TRIES=n tries more or fewer.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { start, tombola } from '../cli/command.ts';
import { filesIn } from '../steps/small-run.ts';

const SEED = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const TRIES = Number(process.env.CHAOS_TRIES ?? 10);
const SIGNALS = ['SIGKILL', 'SIGTERM', 'SIGINT'] as const;

/** Mulberry32: the same numbers for the same seed. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const MOONS = {
  task: { dataset: 'moons', train: 300, test: 50 },
  network: { layers: [2, 12, 2] },
  search: { population: 20 },
  stop: { minGenerations: 0, maxGenerations: 120, stagnation: null, targetAccuracy: null },
};
const SPECS = {
  moons: { ...MOONS, evaluation: { leapSeconds: 0 } },
  leaps: { ...MOONS, stop: { ...MOONS.stop, maxGenerations: 1_500 } },
  bound: {
    ...MOONS,
    search: {
      population: 20,
      start: { strategy: 'adaptive-bound', bound: 0.95, tries: { reasonable: 400, given: 500 } },
    },
  },
  training: { ...MOONS, algorithm: 'backprop', backprop: { epochs: 60 } },
};

let folder: string;
beforeAll(async () => {
  process.stdout.write(`CHAOS_SEED=${SEED} CHAOS_TRIES=${TRIES}\n`);
  folder = await mkdtemp(join(tmpdir(), 'tombola-chaos-'));
  for (const [name, spec] of Object.entries(SPECS)) {
    await writeFile(join(folder, `${name}.json`), JSON.stringify(spec));
  }
  const base = { ...MOONS, stop: { ...MOONS.stop, maxGenerations: 10 } };
  await writeFile(
    join(folder, 'sweep.json'),
    JSON.stringify({ base, grid: { 'search.population': [12, 20] }, seeds: 2 }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

async function resultsOf(out: string): Promise<Record<string, Buffer>> {
  const names = ['ticket.safetensors', 'ticket.onnx', 'history.csv'];
  const entries = names.map(async (name) => [name, await readFile(join(out, name))] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** Without what is measured, and the order of nothing. */
async function sweepResults(out: string): Promise<string[]> {
  const lines = (await readFile(join(out, 'table.csv'), 'utf8')).trim().split('\n');
  const histories = (await filesIn(out)).filter((name) => name.endsWith('history.csv'));
  return [...lines, ...(await Promise.all(histories.map((name) => readFile(join(out, name), 'utf8'))))];
}

test.each(Object.keys(SPECS))('%s, killed at random moments', async (name) => {
  const random = numbers(SEED ^ name.length);
  const run = (out: string) => ['run', `${name}.json`, '--out', out, '--quiet', '--workers', '1'];
  const began = performance.now();
  expect(await tombola(run(`${name}-whole`), { cwd: folder })).toMatchObject({ code: 0 });
  const lasts = performance.now() - began;
  const whole = await resultsOf(join(folder, `${name}-whole`));
  for (let tries = 0; tries < TRIES; tries++) {
    const out = `${name}-${tries}`;
    for (let kills = 0; kills < 3; kills++) {
      // The same command goes on with what is there, however little that is.
      const { child, ended } = start(run(out), { cwd: folder });
      const [moment, which] = [random() * lasts, random()];
      await Promise.race([pause(moment), ended]);
      child.kill(SIGNALS[Math.floor(which * SIGNALS.length)]);
      await ended;
    }
    const last = await tombola(run(out), { cwd: folder });
    expect(last, `CHAOS_SEED=${SEED}, ${out}: ${last.stderr}`).toMatchObject({ code: 0 });
    expect(await resultsOf(join(folder, out)), `CHAOS_SEED=${SEED}, ${out}`).toEqual(whole);
    await rm(join(folder, out), { recursive: true });
  }
});

test('a sweep, killed at random moments', async () => {
  const random = numbers(SEED);
  const sweep = (out: string) => ['sweep', 'sweep.json', '--out', out, '--quiet', '--workers', '2'];
  expect(await tombola(sweep('sweep-whole'), { cwd: folder })).toMatchObject({ code: 0 });
  const whole = await sweepResults(join(folder, 'sweep-whole'));
  for (let tries = 0; tries < Math.ceil(TRIES / 3); tries++) {
    const out = `sweep-${tries}`;
    for (let kills = 0; kills < 3; kills++) {
      const { child, ended } = start(sweep(out), { cwd: folder });
      await Promise.race([pause(random() * 3_000), ended]);
      child.kill('SIGKILL');
      await ended;
    }
    const last = await tombola(sweep(out), { cwd: folder });
    expect(last, `CHAOS_SEED=${SEED}, ${out}: ${last.stderr}`).toMatchObject({ code: 0 });
    expect(await sweepResults(join(folder, out)), `CHAOS_SEED=${SEED}, ${out}`).toEqual(whole);
  }
});

test('two processes on one folder lose nothing', async () => {
  const random = numbers(SEED + 1);
  const run = (out: string) => ['run', 'moons.json', '--out', out, '--quiet', '--workers', '1'];
  expect(await tombola(run('pair-whole'), { cwd: folder })).toMatchObject({ code: 0 });
  const whole = await resultsOf(join(folder, 'pair-whole'));
  for (let tries = 0; tries < TRIES; tries++) {
    const out = `pair-${tries}`;
    const first = start(run(out), { cwd: folder });
    await pause(random() * 600);
    const second = start(run(out), { cwd: folder });
    const ended = await Promise.all([first.ended, second.ended]);
    const told = `CHAOS_SEED=${SEED}, ${out}: ${ended.map(({ stderr }) => stderr).join('')}`;
    for (const { code, stderr } of ended) {
      if (code === 0) continue;
      expect([code, stderr], told).toEqual([2, expect.stringContaining('another process is at work')]);
    }
    expect(await tombola(['resume', out, '--quiet'], { cwd: folder }), told).toMatchObject({ code: 0 });
    expect(await resultsOf(join(folder, out)), told).toEqual(whole);
    await rm(join(folder, out), { recursive: true });
  }
});
