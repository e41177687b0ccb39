/** A run on a network with a planted ticket: the ticket is an artifact, and summary and report say how near the run came. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../lib/places/store.ts';
import { summarySchema } from '../../lib/report/summary.ts';
import { decodeTicket, readNetwork } from '../../lib/runs/networks.ts';
import { openRun } from '../../lib/runs/run.ts';
import { countOnes } from '../../lib/search/genome.ts';
import * as keys from '../../lib/store/keys.ts';
import { finalize, prepare, search } from '../lambdas/invoke.ts';
import { placeOf, SMALL_SPEC, temporaryFolder } from './small-run.ts';

test('the planted ticket is kept, measured and compared with the run’s', async () => {
  const folder = await temporaryFolder();
  const network = { ...SMALL_SPEC.network, planted: true };
  const prepared = await prepare({ ...SMALL_SPEC, network, run: placeOf(folder) });
  const run = await openRun(await openStore(placeOf(folder)));
  const bytes = await readFile(join(folder, keys.PLANTED));
  const mask = decodeTicket(bytes, await readNetwork(run), keys.PLANTED);
  expect(countOnes(mask)).toBe(10);

  await finalize(await search(prepared));
  const { planted } = summarySchema.parse(JSON.parse(await readFile(join(folder, keys.SUMMARY), 'utf8')));
  expect(planted).toMatchObject({ keptWeights: 10, trainAccuracy: 1 });
  const ticket = decodeTicket(
    await readFile(join(folder, keys.TICKET_MASK)),
    await readNetwork(run),
    keys.TICKET_MASK,
  );
  const shared = countOnes(ticket.map((byte, index) => byte & (mask[index] ?? 0)));
  expect(planted?.shared).toBe(shared);
  const report = await readFile(join(folder, keys.REPORT), 'utf8');
  expect(report).toContain(`points below it, and keeps ${shared} of these weights`);
});
