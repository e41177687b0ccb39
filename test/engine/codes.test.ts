/** Codewords of classes, whole, on the embedded engine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allowedByCodes } from '../../lib/network/class-codes.ts';
import { decodeNetwork, decodeTicket } from '../../lib/runs/networks.ts';
import { countOnes, intersection } from '../../lib/search/genome.ts';
import * as keys from '../../lib/store/keys.ts';
import { prepare } from '../lambdas/invoke.ts';
import { placeOf, SMALL_DIGITS, temporaryFolder } from '../steps/small-run.ts';
import { resultsOf, run, summaryOf } from './runs.ts';

const codes = { groups: 4, weight: 2 };
const CODED = { ...SMALL_DIGITS, search: { ...SMALL_DIGITS.search, codes } };
const { stop: _, ...WITHOUT_STOP } = CODED;

test.each([
  ['a genetic algorithm', CODED],
  [
    'annealing',
    { ...WITHOUT_STOP, algorithm: 'annealing', annealing: { flips: 3_000, starts: 3, front: [] } },
  ],
])('%s keeps only weights that the codewords allow, whatever the workers', async (_name, spec) => {
  const { folder, outcome } = await run({ ...spec, evaluation: { minChunkSeconds: 600, maxConcurrency: 1 } });
  expect(outcome.status).toBe('succeeded');
  const { folder: cut } = await run(spec, { workers: 2 });
  expect(await resultsOf(cut)).toEqual(await resultsOf(folder));

  const bytes = await readFile(join(folder, keys.TICKET_MASK));
  const ticket = decodeTicket(bytes, decodeNetwork(bytes, keys.TICKET_MASK), keys.TICKET_MASK);
  const allowed = allowedByCodes({ widths: [64, 8, 3] }, codes);
  // Each of three classes does without half of the eight units.
  expect(countOnes(allowed)).toBe(64 * 8 + 3 * 4);
  expect(intersection(ticket, allowed)).toEqual(ticket);
  const { paths, prunableWeights } = await summaryOf(folder);
  expect(prunableWeights).toBe(64 * 8 + 3 * 8);
  expect(paths?.classes.map(({ codeword }) => codeword)).toEqual(['1100', '0011', '1010']);
});

test('groups without a unit, and networks that end in something else, are refused', async () => {
  const place = placeOf(await temporaryFolder());
  const asked = { ...CODED, search: { ...CODED.search, codes: { groups: 9, weight: 2 } } };
  await expect(prepare({ ...asked, run: place })).rejects.toThrow(
    'search.codes.groups: found 9, expected at most 8, the hidden units or channels before the last layer of [64,8,3]',
  );
  await expect(prepare({ ...CODED, network: { layers: [64, 3] }, run: place })).rejects.toThrow(
    'does not end in a dense layer of prunable weights after hidden units',
  );
});
