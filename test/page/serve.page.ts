import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runSearch } from '../../lib/engine/engine.ts';
import { finished, leave, SPEC } from '../cli/local/stored.ts';
import { placeOf, SMALL_SPEC } from '../steps/small-run.ts';
import { barriersOf, CHROMIUM, COMMAND, overflowOf, site } from './browser.ts';

/** Whether there is a process of that number. */
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const HOSTILE = '<img src=x onerror=document.title=1>';

describe.skipIf(CHROMIUM === undefined)('the page, in Chromium', () => {
  const here = site(async (folder) => {
    for (const [name, seed] of [
      ['one', 0],
      ['two', 3],
    ] as const) {
      await runSearch(
        { ...SMALL_SPEC, seed, run: placeOf(join(folder, 'runs', name)) },
        { workers: 1, name },
      );
    }
    await leave(
      join(folder, 'runs', HOSTILE),
      finished({ ...SPEC, preset: 'moons-b' }, { testAccuracy: 0.5 }),
      60,
    );
    const sweep = { base: SMALL_SPEC, seeds: 2 };
    await leave(join(folder, 'sweeps/study'), {
      'sweep.json': sweep,
      'sweep.csv': 'cell,status\nsltn-ga_seed-1,failed\n',
    });
    await mkdir(join(folder, 'sweeps/study/cells'));
    const cell = join(folder, 'sweeps/study/cells/sltn-ga_seed-0');
    await runSearch({ ...SMALL_SPEC, run: placeOf(cell) }, { workers: 1, name: 'sltn-ga_seed-0' });
  });

  test('lists runs; sorts and filters them with the keyboard', async () => {
    const page = await here.open('/');
    const rows = page.locator('tbody tr');
    await expect.poll(() => rows.count()).toBe(4);
    expect(await page.title()).toBe('Runs · Tombola');
    // The token is in no address that the browser keeps.
    expect(page.url()).not.toContain('token');
    await page.getByRole('button', { name: 'Test accuracy' }).press('Enter');
    expect(await page.locator('th[aria-sort]').getAttribute('aria-sort')).toBe('descending');
    await page.getByRole('button', { name: 'Test accuracy' }).press('Enter');
    expect(await rows.first().textContent()).toContain(HOSTILE);
    await page.getByLabel('Name').fill('TWO');
    await expect.poll(() => rows.count()).toBe(1);
    expect(await page.locator('.count').textContent()).toBe('1 of 4 shown');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('combobox', { name: 'State' }).selectOption('failed');
    await expect.poll(() => rows.allTextContents()).toEqual([expect.stringContaining('study')]);
  });

  test('compares what is ticked', async () => {
    const page = await here.open('/');
    await page.getByLabel('Compare runs/one').press('Space');
    expect(await page.getByRole('button', { name: 'Compare', exact: true }).isDisabled()).toBe(true);
    await page.getByLabel('Compare runs/two').press('Space');
    await page.getByRole('button', { name: 'Compare', exact: true }).press('Enter');
    await page.getByRole('heading', { name: 'one and two' }).waitFor();
    expect(await page.locator('figure').count()).toBeGreaterThan(1);
  });

  test('starts a run from the form, follows, stops and resumes it', async () => {
    const page = await here.open('/new');
    const form = page.locator('form');
    await form.getByLabel('Seed').first().fill('many');
    await form.getByLabel('Threads').fill('1');
    await form.getByLabel('Name', { exact: true }).fill('from-the-page');
    await page.getByText('expected a number').first().waitFor();
    expect(await form.getByRole('button', { name: 'Start the run' }).isDisabled()).toBe(true);
    await form.getByLabel('Seed').first().fill('4');
    await page.getByText('When it stops').click();
    await form.getByLabel('Max generations').fill('100000');
    await form.getByLabel('Stagnation').fill('none');
    await form.getByLabel('Stagnation').press('Tab');
    await expect.poll(() => form.getByRole('button', { name: 'Start the run' }).isEnabled()).toBe(true);
    await form.getByRole('button', { name: 'Start the run' }).click();
    await page.getByRole('heading', { name: 'from-the-page' }).waitFor();
    await page.getByText('of at most 100,000 generations').waitFor();
    await page.locator('#accuracy .drawing').waitFor();
    // The decision regions of another generation are kept.
    await expect.poll(() => page.getByRole('slider').count(), { timeout: 60_000 }).toBe(1);
    await page.getByRole('slider').press('Home');
    await page.getByRole('button', { name: 'Follow the run' }).click();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor({ timeout: 60_000 });
    expect(await page.locator('.title .state').textContent()).toContain('stopped');
    expect(await page.getByRole('status').last().textContent()).toContain('runs/from-the-page has stopped');
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor({ timeout: 60_000 });
  });

  test('run --open shows the run, which goes on by itself; the page stops it', async () => {
    // In place of a browser: it notes the link, and the server that asked for it.
    const noted = join(here.folder, 'noted');
    const opener = join(here.folder, 'opener');
    await writeFile(opener, `#!/bin/sh\necho "$PPID $1" > ${noted}.new && mv ${noted}.new ${noted}\n`, {
      mode: 0o755,
    });
    const spec = { ...SMALL_SPEC, stop: { maxGenerations: 1_000_000, stagnation: null } };
    const run = spawn(
      process.execPath,
      [COMMAND, 'run', '-', '--open', '--workers', '1', '--out', 'runs/shown'],
      {
        cwd: here.folder,
        env: { ...process.env, BROWSER: opener },
      },
    );
    let said = '';
    run.stderr.on('data', (text) => {
      said += text;
    });
    run.stdin.end(JSON.stringify(spec));
    await expect.poll(() => (existsSync(noted) ? 'shown' : said), { timeout: 90_000 }).toBe('shown');
    const [server = '', link = ''] = (await readFile(noted, 'utf8')).trim().split(' ');
    onTestFinished(() => {
      run.kill('SIGKILL');
      if (isThere(Number(server))) process.kill(Number(server), 'SIGKILL');
    });
    await expect.poll(() => said).toContain(`The run's page: ${link}`);
    const page = await here.follow(link);
    await page.getByRole('heading', { name: 'shown' }).waitFor();
    await page.getByText('of at most 1,000,000 generations').waitFor();
    const ended = once(run, 'exit');
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor({ timeout: 60_000 });
    expect(await ended).toEqual([130, null]);
    // The page outlives the run.
    await page.locator('#accuracy .drawing').waitFor();
    process.kill(Number(server), 'SIGINT');
    await page.getByText('The server does not answer: what you see may be old').waitFor();
  });

  test('a sweep has its table, and its runs; names are text', async () => {
    const page = await here.open('/run?name=sweeps/study');
    await page.getByText('1 of 2 runs succeeded').waitFor();
    await page.getByRole('link', { name: 'sltn-ga_seed-0' }).click();
    await page.getByRole('heading', { name: 'sltn-ga_seed-0' }).waitFor();
    await page.locator('#accuracy .drawing').waitFor();
    await page.getByRole('link', { name: 'sweeps/study' }).click();
    await page.getByText('1 of 2 runs succeeded').waitFor();
    await page.goto(new URL(`/run?name=${encodeURIComponent(`runs/${HOSTILE}`)}`, here.link).href);
    await page.getByRole('heading', { name: HOSTILE }).waitFor();
    expect(await page.title()).toBe(`${HOSTILE} · Tombola`);
  });

  const VIEWS = [
    '/',
    '/run?name=runs/one',
    '/run?name=sweeps/study',
    '/compare?name=runs/one&name=runs/two',
    '/new',
  ];
  test.each(VIEWS)('%s: no barrier, nothing too wide; light and dark, wide and on a phone', async (path) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1280, 390]) {
        const page = await here.open(path, { colorScheme, viewport: { width, height: 844 } });
        await page.locator('table, form').first().waitFor();
        for (const details of await page.locator('form details').all())
          await details.click({ position: { x: 5, y: 30 } });
        expect([colorScheme, width, await barriersOf(page)]).toEqual([colorScheme, width, []]);
        expect([width, await overflowOf(page)]).toEqual([width, 0]);
        await page.context().close();
      }
    }
  });

  test('unknown names and addresses say so', async () => {
    const page = await here.open('/run?name=runs/on');
    await page.getByText('runs/on: there is no run or sweep of this name; did you mean runs/one?').waitFor();
    await page.goto(new URL('/compare?name=runs/one', here.link).href);
    await page.getByRole('alert').waitFor();
    const stranger = await here.open('/');
    await stranger.context().clearCookies();
    await stranger.goto(new URL('/', here.link).href);
    expect(await stranger.textContent('body')).toContain("Open the link that 'tombola serve' printed");
  });

  test('Ctrl-C ends the server quietly, and the page says that it is gone', async () => {
    const page = await here.open('/');
    await page.locator('tbody tr').first().waitFor();
    expect(await here.stop()).toEqual([0, '']);
    await page.getByText('The server does not answer').waitFor();
  });
});
