/** Rounds within a generation: random masks that must reach an accuracy bound. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { boundRulesOf } from '../../lib/algorithms/parts/accuracy-bound.ts';
import { parsedIfSound } from '../../lib/base/artifact-json.ts';
import { hasLivePath } from '../../lib/network/minimising/liveness.ts';
import { summarySchema } from '../../lib/report/summary.ts';
import { decodeSurvivors } from '../../lib/runs/individuals.ts';
import * as keys from '../../lib/store/keys.ts';
import { EVENTS_BEFORE } from '../../lib/workflow/fan-out.ts';
import type { SearchState } from '../../lib/workflow/payloads.ts';
import { evaluate, finalize, prepare, search, select } from '../lambdas/invoke.ts';
import { complete } from '../runspec/complete.ts';
import { contentOf, placeOf, SMALL_BOUND, SMALL_SPEC, temporaryFolder } from '../steps/small-run.ts';

/** Runs until `ends` says so; the states of all rounds on the way. */
async function roundsOf(input: object, ends: (state: SearchState) => boolean = () => false) {
  const states = [await prepare(input)];
  for (;;) {
    const state = states.at(-1);
    if (!state || state.done || ends(state)) return states;
    await evaluate(state);
    states.push(await select(state));
  }
}

async function survivorsOf(folder: string, generation: number) {
  const key = keys.survivorsOf(generation);
  return decodeSurvivors(await readFile(join(folder, key)), 48, key);
}

const historyOf = async (folder: string) => {
  const [head = '', ...rows] = (await readFile(join(folder, 'history.csv'), 'utf8')).trim().split('\n');
  const columns = head.split(',');
  return rows.map((row) =>
    Object.fromEntries(row.split(',').map((value, at) => [columns[at], Number(value)])),
  );
};

describe('an adaptive bound', () => {
  test('takes as many rounds as it needs, tells how far it is, and fills the population', async () => {
    const folder = await temporaryFolder();
    const states = await roundsOf({ ...SMALL_BOUND, keepGenerations: true, run: placeOf(folder) });
    const starts = states.filter(({ generation }) => generation === 0);
    expect(starts.length).toBeGreaterThan(2);
    expect(starts.map(({ round }) => round)).toEqual(starts.map((_, index) => index));
    expect(starts[0]?.progress.start).toEqual({ found: 0, wanted: 12, bound: 0.95 });
    const bounds = starts.map(({ progress }) => progress.start?.bound ?? Number.NaN);
    expect(bounds).toEqual(bounds.toSorted((a, b) => b - a));
    expect(bounds.at(-1)).toBeLessThan(0.95);
    expect(states.at(-1)?.done).toBe(true);

    const last = states.at(-1);
    if (last) await finalize(last);
    const rows = await historyOf(folder);
    expect(
      rows.map(({ survivorsStart, survivorsMigration, survivorsMutation, survivorsRecombination }) =>
        [survivorsStart, survivorsMigration, survivorsMutation, survivorsRecombination].reduce<number>(
          (sum, count) => sum + (count ?? 0),
          0,
        ),
      ),
    ).toEqual([12, 12, 12, 12, 12]);
    expect(rows[0]?.offspring).toBe(12);
    // Every migrant is one of the four that a generation wants.
    expect(rows.slice(1).every(({ offspring = 0 }) => offspring >= 4)).toBe(true);
    const evaluated = rows.reduce((sum, row) => sum + (row.evaluated ?? 0), 0);
    expect(evaluated).toBe(rows.at(-1)?.evaluations);
    const ids = (await survivorsOf(folder, 4)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(12);
    const population = await survivorsOf(folder, 0);
    expect(population.every(({ genome }) => hasLivePath({ widths: [2, 12, 2] }, genome))).toBe(true);
    // Better than random masks are: the bound has seen to it.
    expect(Math.min(...population.map(({ score }) => score.correct / 200))).toBeGreaterThan(0.5);
  });

  test.each([
    [0, 1],
    [0, 2],
    [1, 0],
    [2, 0],
  ])('goes on from generation %i, round %i with the same result', async (generation, round) => {
    const [whole, killed] = [await temporaryFolder(), await temporaryFolder()];
    await search(await prepare({ ...SMALL_BOUND, run: placeOf(whole) }));
    const there = (state: SearchState) => state.generation === generation && state.round === round;
    const states = await roundsOf({ ...SMALL_BOUND, run: placeOf(killed) }, there);
    const last = states.at(-1);
    expect(last && there(last)).toBe(true);
    const resumed = await prepare({ run: placeOf(killed) });
    expect(resumed).toEqual({ ...last, events: EVENTS_BEFORE });
    await search(resumed);
    // The manifest tells the run's name.
    const { 'run.json': _killed, ...content } = await contentOf(killed);
    const { 'run.json': _whole, ...expected } = await contentOf(whole);
    expect(content).toEqual(expected);
  });

  test('a selection that is repeated gives the same round', async () => {
    const folder = await temporaryFolder();
    const [state] = (
      await roundsOf({ ...SMALL_BOUND, run: placeOf(folder) }, ({ round }) => round === 1)
    ).slice(-2);
    if (!state) throw new Error('there is no round');
    const before = await contentOf(folder);
    const again = await select(state);
    expect(again.round).toBe(1);
    expect(await contentOf(folder)).toEqual(before);
  });
});

describe('a static bound', () => {
  const spec = (start: object) => ({
    ...SMALL_SPEC,
    search: { ...SMALL_SPEC.search, start: { strategy: 'static-bound', ...start } },
  });

  test('is reached by every mask of the first population', async () => {
    const folder = await temporaryFolder();
    await roundsOf({ ...spec({ bound: 0.6 }), run: placeOf(folder) });
    const population = await survivorsOf(folder, 0).catch(() => survivorsOf(folder, 3));
    expect(population.every(({ score }) => score.correct >= 120)).toBe(true);
  });

  test('that nothing reaches is an error that says what to do', async () => {
    const folder = await temporaryFolder();
    await expect(roundsOf({ ...spec({ bound: 1, tries: 100 }), run: placeOf(folder) })).rejects.toMatchObject(
      {
        name: 'InvalidSpec',
        message: expect.stringMatching(
          /^search\.start\.bound: no random mask reached 1 in 100 tries; lower it, or allow more with search\.start\.tries$/,
        ),
      },
    );
  });

  test.each([
    ['moons', {}, 0.7],
    ['digits', { classes: 10 }, 0.15],
    ['digits', { classes: 3 }, 0.5],
  ])('of %s %j begins at %f unless the spec says otherwise', (dataset, more, bound) => {
    const classes = 'classes' in more ? more.classes : 2;
    const task = { dataset, ...more };
    const network = { layers: [dataset === 'digits' ? 64 : 2, 8, classes] };
    expect(boundRulesOf(complete({ ...spec({}), task, network }))).toMatchObject({ bound });
  });
});

test.each([
  [7, 7, 0],
  [12, 12, 0],
  [13, 13, 1],
  [100, 60, 4],
])(
  'a random search of %i evaluations ends after %i, in generation %i',
  async (maxEvaluations, evaluations, generation) => {
    const folder = await temporaryFolder();
    const spec = { ...SMALL_SPEC, algorithm: 'random-search', stop: { ...SMALL_SPEC.stop, maxEvaluations } };
    const state = await search(await prepare({ ...spec, run: placeOf(folder) }));
    await finalize(state);
    const summary = parsedIfSound(await readFile(join(folder, 'summary.json')), summarySchema);
    expect(summary).toMatchObject({
      evaluations,
      generations: generation,
      stopReason: maxEvaluations === evaluations ? 'max-evaluations' : 'max-generations',
    });
  },
);
