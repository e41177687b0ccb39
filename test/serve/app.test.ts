import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runSearch } from '../../lib/engine/engine.ts';
import { changesSchema, comparisonSchema, fragmentSchema, runViewSchema } from '../../lib/serve/messages.ts';
import { lockFolder } from '../../lib/store/folder-lock.ts';
import { finished, leave, SPEC } from '../cli/local/stored.ts';
import { placeOf, SMALL_BOUND, SMALL_SPEC } from '../steps/small-run.ts';
import { serveHere } from './requests.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';

/** A run and its sections as one text. */
async function viewOf(read: (path: string) => Promise<unknown>, name: string) {
  const view = runViewSchema.parse(await read(`/api/run?name=${encodeURIComponent(name)}`));
  return { ...view, markup: view.sections.flatMap(({ parts }) => parts).join('') };
}

test('lists what `tombola list` lists, names as they are', async () => {
  const { here, read } = await serveHere();
  await leave(join(here, 'runs', HOSTILE), finished(SPEC, { testAccuracy: 0.9 }), 60);
  await leave(join(here, 'sweeps/study'), {
    'sweep.json': { base: { task: SPEC.task, network: SPEC.network }, seeds: 2 },
    'sweep.csv': 'cell,status\na,failed\n',
  });
  await mkdir(join(here, 'runs/other'));
  const { runs, all } = changesSchema.parse(await read('/api/runs'));
  expect(all).toBe(true);
  expect(runs.map(({ name, state, testAccuracy }) => [name, state, testAccuracy])).toEqual([
    [`runs/${HOSTILE}`, 'done', 0.9],
    ['sweeps/study', 'failed', null],
  ]);
});

describe('a run', () => {
  test('has its figures, of all generations, and its files; two are compared', async () => {
    const { here, read, get } = await serveHere();
    const folder = join(here, 'runs/one');
    await runSearch({ ...SMALL_SPEC, run: placeOf(folder) }, { workers: 1, name: 'one' });
    const other = placeOf(join(here, 'runs', HOSTILE));
    await runSearch({ ...SMALL_SPEC, algorithm: 'nsga', run: other }, { workers: 1, name: 'two' });
    const view = await viewOf(read, 'runs/one');
    expect(view.run).toMatchObject({ state: 'done', problem: null });
    expect(view.tiles.map(({ label }) => label)).toContain('test accuracy');
    expect(view.context).toContain('95 % interval');
    expect(view.sections.map(({ id }) => id)).toEqual(['ticket', 'course']);
    for (const id of ['network', 'accuracy', 'sparsity', 'origins', 'population', 'kept']) {
      expect(view.markup).toContain(`<figure id="${id}">`);
    }
    // The policy would take them away.
    expect(view.markup).not.toMatch(/ style=|<style|<script/);
    expect(view.frames).toHaveLength(1);
    const plane = fragmentSchema.parse(await read(`/api/plane?name=runs/one&generation=${view.frames[0]}`));
    expect(plane.markup).toContain('<figure id="plane">');
    expect(plane.markup).toContain('What the ticket decides');
    expect((await get('/api/plane?name=runs/one&generation=99')).status).toBe(404);

    // A link of the front leads to the file of its ticket.
    const { markup } = await viewOf(read, `runs/${HOSTILE}`);
    const [, model = ''] = /href="(\/files\/[^"]*\/front\/\d+\.onnx)"/.exec(markup) ?? [];
    expect((await get(model)).headers.get('Content-Disposition')).toMatch(
      /^attachment; filename="\d+\.onnx"$/,
    );

    const report = view.files.find(({ key }) => key === 'report.html');
    expect(report?.size).toMatch(/kB$/);
    const answer = await get('/files/runs%2Fone/report.html');
    expect(await answer.text()).toContain('<svg');
    expect(answer.headers.get('Content-Security-Policy')).toMatch(/^default-src 'none'; style-src/);
    const ticket = await get('/files/runs%2Fone/ticket.onnx');
    expect(ticket.headers.get('Content-Disposition')).toBe('attachment; filename="ticket.onnx"');

    const query = `name=runs/one&name=${encodeURIComponent(`runs/${HOSTILE}`)}`;
    const comparison = comparisonSchema.parse(await read(`/api/compare?${query}`));
    expect(comparison.title).toBe(`one and ${HOSTILE}`);
    expect(comparison.markup).toContain('<h2 id="figures">Figures</h2>');
    expect(comparison.markup).toContain('&lt;img');
    expect(comparison.markup).not.toContain('<img');

    // A cell of a sweep keeps the small artifacts alone.
    for (const name of ['generations', 'history', 'model', 'data', 'run.json']) {
      await rm(join(folder, name), { recursive: true });
    }
    const rest = await viewOf(read, 'runs/one');
    expect(rest.run.problem).toBe(null);
    expect(rest.markup).toContain('<figure id="accuracy">');
  });

  test('is followed while it is at work, before its first generation and after', async () => {
    const { here, read } = await serveHere();
    const folder = join(here, 'runs/live');
    const stop = new AbortController();
    await runSearch(
      { ...SMALL_SPEC, stop: { minGenerations: 0, maxGenerations: 5_000 }, run: placeOf(folder) },
      {
        workers: 1,
        name: 'live',
        signal: stop.signal,
        onState: ({ generation }) => {
          if (generation > 2) stop.abort();
        },
      },
    );
    using _ = await lockFolder(folder, { command: 'tombola run' });
    const view = await viewOf(read, 'runs/live');
    expect(view.run).toMatchObject({ state: 'running', worker: `tombola run, process ${process.pid}` });
    expect(view.progress).toMatchObject({ of: 5_000, unit: 'generation' });
    expect(view.progress?.at).toBeGreaterThan(1);
    expect(view.tiles.map(({ label }) => label)).toContain('train accuracy, best');
    expect(view.sections[0]?.title).toBe('Best mask so far');
    expect(view.markup).toContain('What the best mask keeps');
    expect(view.markup).not.toContain('ticket');
    const plane = fragmentSchema.parse(await read(`/api/plane?name=runs/live&generation=${view.frames[0]}`));
    expect(plane.markup).toContain('What the best mask decides');
    expect(view.markup).toContain('<h3 id="population-title">Population</h3>');
    expect(view.frames).toEqual([view.progress?.at]);

    await rm(join(folder, 'generations'), { recursive: true });
    const early = await viewOf(read, 'runs/live');
    expect([early.run.state, early.run.problem, early.sections]).toEqual(['running', null, []]);
  });

  test('whose first masks are being evaluated has no figures yet, and nothing is wrong with it', async () => {
    const { here, read } = await serveHere();
    const folder = join(here, 'runs/begun');
    const stop = new AbortController();
    await runSearch(
      { ...SMALL_BOUND, run: placeOf(folder) },
      { workers: 1, name: 'begun', signal: stop.signal, onState: () => stop.abort() },
    );
    using _ = await lockFolder(folder, { command: 'tombola run' });
    const view = await viewOf(read, 'runs/begun');
    expect(view).toMatchObject({ run: { state: 'running', problem: null }, progress: null, sections: [] });
    expect(view.tiles.map(({ label }) => label)).toEqual(['first masks', 'evaluations', 'time at work']);
  });

  test('that is damaged says how, and the others are listed', async () => {
    const { here, read } = await serveHere();
    await leave(join(here, 'runs/torn'), { ...finished(), 'spec.json': 'not json' });
    await leave(join(here, 'runs/good'), finished());
    expect((await viewOf(read, 'runs/torn')).run).toMatchObject({
      state: 'damaged',
      problem: 'spec.json is not a run spec',
    });
    const { runs } = changesSchema.parse(await read('/api/runs'));
    expect(runs).toHaveLength(2);
  });

  test.skipIf(process.getuid?.() === 0)('that may not be read is listed as such', async () => {
    const { here, read } = await serveHere();
    await leave(join(here, 'runs/closed'), finished());
    await chmod(join(here, 'runs/closed'), 0o000);
    const { runs } = changesSchema.parse(await read('/api/runs'));
    await chmod(join(here, 'runs/closed'), 0o755);
    expect(runs).toMatchObject([{ state: 'unreadable' }]);
  });
});

describe('names', () => {
  test('that are unknown get the nearest ones', async () => {
    const { here, get } = await serveHere();
    await leave(join(here, 'runs/moons'), finished());
    await get('/api/runs');
    const answer = await get('/api/run?name=runs/mons');
    expect([answer.status, await answer.json()]).toMatchObject([
      404,
      { error: 'runs/mons: there is no run or sweep of this name; did you mean runs/moons?' },
    ]);
  });

  test.each([
    '/api/run?name=../secret',
    '/api/run?name=%2e%2e%2fsecret',
    '/api/run?name=/etc',
    '/api/run?name=runs/one/../../secret',
    '/api/run?name=%00',
    '/api/run',
    `/api/run?name=${'a'.repeat(12_000)}`,
    '/files/..%2Fsecret/summary.json',
    '/files/%2e%2e/secret/summary.json',
    '/files/runs%2Fone/..%2f..%2fsecret.json',
    '/files/runs%2Fone/front%2f..%2f..%2f..%2fsecret%2fsummary.json.onnx',
    '/files/runs%2Fone/generations/..%2f..%2f..%2fsecret/state.json',
    '/files/runs%2Fone/notes.txt',
    '/files/runs%2Fone/.tombola-lock-0123456789abcdef',
    '/files/runs%2Fone/%E0%A4%A',
  ])('%s leads nowhere', async (path) => {
    const { here, get } = await serveHere();
    await leave(join(here, 'runs/one'), { ...finished(), 'notes.txt': 'private' });
    await leave(join(here, '../secret'), {
      ...finished(),
      'summary.json.onnx': 'private',
      'state.json': 'private',
    });
    await writeFile(join(here, 'secret.json'), 'private');
    await symlink(join(here, 'runs'), join(here, 'loop'));
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('private');
    await rm(join(here, '../secret'), { recursive: true });
  });
});
