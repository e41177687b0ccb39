import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Changes } from '../../lib/serve/messages.ts';
import { finished, leave } from '../cli/local/stored.ts';
import { serveHere } from './requests.ts';

test('what changed is told once, and only what changed', async () => {
  const { here, index } = await serveHere();
  await leave(join(here, 'runs/one'), finished(), 60);
  await leave(join(here, 'runs/two'), finished(), 60);
  expect(index.refresh().runs.map(({ name }) => name)).toEqual(['runs/one', 'runs/two']);
  expect(index.refresh()).toEqual({ all: false, runs: [], gone: [] });
  await leave(join(here, 'runs/three'), finished());
  await rm(join(here, 'runs/one'), { recursive: true });
  const { runs, gone } = index.refresh();
  expect([runs.map(({ name }) => name), gone]).toEqual([['runs/three'], ['runs/one']]);
});

test('pages that are open are told; nothing is looked at where none is', async () => {
  const { here, updates, index } = await serveHere();
  await leave(join(here, 'runs/one'), finished());
  index.refresh();
  const told: Changes[] = [];
  let closed = 0;
  updates.onEmpty = () => {
    closed++;
  };
  const end = updates.subscribe((changes) => told.push(changes));
  await leave(join(here, 'runs/two'), finished());
  await expect
    .poll(() => told.flatMap(({ runs }) => runs.map(({ name }) => name)), { timeout: 20_000 })
    .toEqual(['runs/two']);
  end();
  expect([updates.pages, closed]).toEqual([0, 1]);
});

test('a page that opens takes no change from those that are open', async () => {
  const { here, get, updates } = await serveHere();
  const told: Changes[] = [];
  const end = updates.subscribe((changes) => told.push(changes));
  await leave(join(here, 'runs/one'), finished());
  await get('/api/runs');
  await leave(join(here, 'runs/two'), finished());
  const { body } = await get('/api/events');
  await body?.cancel();
  expect(told.flatMap(({ runs }) => runs.map(({ name }) => name))).toEqual(['runs/one', 'runs/two']);
  end();
});

test('the stream begins with all that there are', async () => {
  const { here, get } = await serveHere();
  await leave(join(here, 'runs/one'), finished());
  const { body, headers } = await get('/api/events');
  expect(headers.get('Content-Type')).toContain('text/event-stream');
  const reader = body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  expect(new TextDecoder().decode(value)).toMatch(/^data: \{"all":true,"runs":\[\{"name":"runs\/one"/);
  await reader?.cancel();
});
