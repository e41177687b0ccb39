import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { serve } from '../../lib/serve/server.ts';
import { temporaryFolder } from '../steps/small-run.ts';

const CLOUD = { stack: 'Tombola' };

test('a port that another program uses, and a folder that is not there, are refused in one line', async () => {
  const here = await temporaryFolder();
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  await expect(serve([here], port, CLOUD)).rejects.toMatchObject({
    name: 'UserError',
    message: `--port: ${port} is in use by another program; choose another one, or leave it out for any that is free`,
  });
  other.close();
  await expect(serve([join(here, 'nothing')], 0, CLOUD)).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringContaining('there is no such folder'),
  });
});

test('the server tells when no page is open any more, and not while one is', async () => {
  await using serving = await serve([await temporaryFolder()], 0, CLOUD);
  const page = new AbortController();
  const { body } = await fetch(serving.address('/api/events'), { signal: page.signal });
  await body?.getReader().read();
  let unused = 0;
  serving.whenUnused(50, () => {
    unused++;
  });
  await pause(150);
  expect(unused).toBe(0);
  page.abort();
  await expect.poll(() => unused, { timeout: 20_000 }).toBe(1);
});
