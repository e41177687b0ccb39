/** Leaps: however long they are, and wherever they end, the same bytes. */
import { afterAll, describe, expect, test } from 'vitest';
import { doHere, releaseEvaluators } from '../../lib/aws/lambda/evaluators.ts';
import { openStore } from '../../lib/places/store.ts';
import { openRun, type Run } from '../../lib/runs/run.ts';
import { type LeapContext, leap } from '../../lib/steps/leap.ts';
import type { Store } from '../../lib/store/store.ts';
import { EVENTS_OF_TASK } from '../../lib/workflow/fan-out.ts';
import type { SearchState } from '../../lib/workflow/payloads.ts';
import { finalize, prepare, search } from '../lambdas/invoke.ts';
import {
  contentOf,
  filesIn,
  placeOf,
  SMALL_BOUND,
  SMALL_DIGITS,
  SMALL_SPEC,
  temporaryFolder,
} from './small-run.ts';

afterAll(releaseEvaluators);

const LEAPS = { evaluation: { maxConcurrency: 1, minChunkSeconds: 0 } };
const NO_LEAPS = { evaluation: { ...LEAPS.evaluation, leapSeconds: 0 } };
const TEN = { minGenerations: 0, maxGenerations: 10 };
/** Two segments of the history. */
const LONG = {
  ...SMALL_SPEC,
  task: { ...SMALL_SPEC.task, train: 20, test: 10 },
  search: { population: 4 },
  stop: { minGenerations: 0, maxGenerations: 70, stagnation: null, targetAccuracy: null },
};
const { stop: _, ...WITHOUT_STOP } = SMALL_SPEC;
const FLIPS = {
  ...WITHOUT_STOP,
  algorithm: 'annealing',
  annealing: { flips: 400, starts: 1, firstSamples: 50 },
};

/** A clock that is one further each time that somebody looks: lengths are generations. */
function contextOf(generations: number, change: (run: Run) => Run = (run) => run): LeapContext {
  let looked = 0;
  return {
    run: async ({ run, manifest }) => change(await openRun(await openStore(run), manifest)),
    work: doHere,
    now: Date.now,
    elapsed: () => looked++,
    lengths: { first: generations, longest: generations },
  };
}

/** Leaps to the end of the search; the states on the way. */
async function leapTo(
  state: SearchState,
  generations: number,
  until: (state: SearchState) => boolean = ({ done }) => done,
): Promise<SearchState[]> {
  const states = [state];
  for (let at = state; !until(at); ) {
    expect(at.leap, `generation ${at.generation}`).toBe(true);
    at = await leap(at, contextOf(generations));
    states.push(at);
  }
  return states;
}

async function start(spec: object): Promise<{ folder: string; state: SearchState }> {
  const folder = await temporaryFolder();
  return { folder, state: await prepare({ ...spec, run: placeOf(folder) }) };
}

/** What must not depend on leaps: history, ticket, and the last generation. */
async function resultsOf(folder: string, end: SearchState): Promise<Record<string, unknown>> {
  await finalize(end);
  const last = String(end.generation).padStart(6, '0');
  const kept = new RegExp(`^(history|ticket|generations/${last}/survivors)`);
  const entries = Object.entries(await contentOf(folder)).filter(([file]) => kept.test(file));
  expect(entries.length).toBeGreaterThan(4);
  return Object.fromEntries(entries);
}

/** The search without leaps. */
async function undisturbed(spec: object): Promise<Record<string, unknown>> {
  const { folder, state } = await start({ ...spec, ...NO_LEAPS });
  expect(state.leap).toBe(false);
  return resultsOf(folder, await search(state));
}

test.each([
  ['accuracy', LONG],
  ['cross-entropy', { ...SMALL_DIGITS, stop: TEN }],
  ['an accuracy bound', { ...SMALL_BOUND, stop: TEN }],
  ['flips of one individual', FLIPS],
])('%s: leaps of 1 generation, of 7 and without end leave the same bytes as none', async (_, spec) => {
  const expected = await undisturbed(spec);
  for (const generations of [1, 7, Number.POSITIVE_INFINITY]) {
    const { folder, state } = await start({ ...spec, ...LEAPS });
    const states = await leapTo(state, generations);
    if (generations === Number.POSITIVE_INFINITY) expect(states.length).toBe(2);
    else expect(states.length).toBeGreaterThan(2);
    expect(await resultsOf(folder, states.at(-1) ?? state)).toEqual(expected);
  }
});

/** A store that fails for good at call number `last`, of those that change it. */
function killing(store: Store, last: number): { readonly store: Store; readonly calls: () => number } {
  let calls = 0;
  const counted = () => {
    if (++calls > last) throw new Error('killed');
  };
  return {
    calls: () => calls,
    store: {
      uri: store.uri,
      get: (key) => store.get(key),
      getRange: (key, from, to) => store.getRange(key, from, to),
      list: (prefix) => store.list(prefix),
      put: async (key, bytes) => {
        counted();
        await store.put(key, bytes);
      },
      deletePrefix: async (prefix) => {
        counted();
        await store.deletePrefix(prefix);
      },
    },
  };
}

describe('a leap', () => {
  test('that is killed anywhere and tried again leaves the same', async () => {
    const expected = await undisturbed(LONG);
    let killed = 0;
    for (let last = 0; ; last++) {
      const { folder, state } = await start({ ...LONG, ...LEAPS });
      const [, second = state] = await leapTo(state, 40, ({ generation }) => generation > 30);
      const broken = killing(await openStore(second.run), last);
      const context = contextOf(32, (run) => ({ ...run, store: broken.store }));
      const failed = await leap(second, context).then(
        () => false,
        () => true,
      );
      if (failed) killed++;
      // Another length, and so another end.
      const states = await leapTo(second, 25);
      expect(await resultsOf(folder, states.at(-1) ?? state), `killed at ${last}`).toEqual(expected);
      if (!failed) break;
    }
    expect(killed).toBeGreaterThan(4);
  });

  test('that comes again answers with what it reached, and changes nothing', async () => {
    const { folder, state } = await start({ ...LONG, ...LEAPS });
    const [, second = state, third = state] = await leapTo(state, 20, ({ generation }) => generation > 30);
    const before = await contentOf(folder);
    const events = (of: SearchState) => of.events + EVENTS_OF_TASK;
    expect(await leap(second, contextOf(3))).toEqual({ ...third, events: events(second) });
    expect(await leap(state, contextOf(1))).toEqual({ ...third, events: events(state) });
    expect(await contentOf(folder)).toEqual(before);
  });

  test('that is overtaken by a retry leaves what that wrote, and answers with it', async () => {
    const { folder, state } = await start({ ...LONG, ...LEAPS });
    let ahead: SearchState | undefined;
    let before: unknown;
    const slow = contextOf(10);
    const answered = await leap(state, {
      ...slow,
      work: async (run, piece) => {
        if (!ahead) {
          ahead = await leap(state, contextOf(30));
          before = await contentOf(folder);
        }
        return doHere(run, piece);
      },
    });
    expect(answered).toEqual(ahead);
    expect(await contentOf(folder)).toEqual(before);
  });

  test('keeps what a resume needs, and the generation that it began with', async () => {
    const { folder, state } = await start({ ...LONG, ...LEAPS });
    const states = await leapTo(state, 9, ({ generation }) => generation > 40);
    const [from = state, at = state] = states.slice(-2);
    const there = (await filesIn(folder)).flatMap((file) => /^generations\/(\d+)/.exec(file)?.[1] ?? []);
    const kept = [from.generation - 1, from.generation, at.generation - 1, at.generation];
    expect(new Set(there.map(Number))).toEqual(new Set(kept));
    expect(await prepare({ run: placeOf(folder) })).toMatchObject({ generation: at.generation });
  });

  test('ends where generations have become more work, and Select goes on', async () => {
    const { state } = await start({ ...LONG, ...LEAPS });
    const context = contextOf(Number.POSITIVE_INFINITY);
    let generations = 0;
    const grown = await leap(state, {
      ...context,
      work: async (run, piece) => {
        const done = await doHere(run, piece);
        return { ...done, milliseconds: ++generations < 5 ? 1 : 60_000 };
      },
    });
    expect(grown).toMatchObject({ generation: 5, leap: false, done: false });
    const next = await search(grown, { until: 6 });
    expect(next).toMatchObject({ generation: 6, leap: true });
  });

  test('is as long as the spec says, and a later one as long as all before it', async () => {
    const { state } = await start({ ...LONG, evaluation: { ...LEAPS.evaluation, leapSeconds: 0.04 } });
    let now = 0;
    const context = {
      ...contextOf(0),
      now: () => now,
      elapsed: () => now++,
      lengths: { first: 10, longest: 1_000 },
    };
    const starts: number[] = [];
    for (let at = { ...state }; !at.done; at = await leap(at, context)) starts.push(at.generation);
    const lengths = starts.slice(1).map((generation, index) => generation - (starts[index] ?? 0));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(40);
    expect(lengths[0]).toBeLessThanOrEqual(10);
    expect(Math.max(...lengths)).toBeGreaterThan(20);
  });
});

test.each([
  ['many chunks', { maxConcurrency: 3, minChunkSeconds: 0 }, {}],
  ['a Distributed Map that was asked for', { ...LEAPS.evaluation, fanOut: 'distributed' }, {}],
  ['all generations kept', LEAPS.evaluation, { keepGenerations: true }],
  ['no leaps', NO_LEAPS.evaluation, {}],
])('with %s there are none', async (_, evaluation, more) => {
  const { state } = await start({ ...SMALL_SPEC, ...more, evaluation });
  expect(state.leap).toBe(false);
});
