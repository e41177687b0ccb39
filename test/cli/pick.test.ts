/** `--pick`: which ticket of a front a run ends with. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pickOption } from '../../lib/cli/arguments.ts';
import { specFrom } from '../../lib/cli/input.ts';
import type { PickRule } from '../../lib/search/picking.ts';
import { SMALL_SPEC, temporaryFolder } from '../steps/small-run.ts';
import { runMain } from './main.ts';

const SHORT = {
  algorithm: 'nsga',
  search: { population: 6 },
  stop: { minGenerations: 0, maxGenerations: 1 },
};

test('a rule that no ticket satisfies: all is written, the nearest is the ticket, and the exit code says so', async () => {
  const folder = await temporaryFolder();
  const [file, out] = [join(folder, 'spec.json'), join(folder, 'run')];
  await writeFile(file, JSON.stringify({ ...SMALL_SPEC, ...SHORT }));
  const ended = await runMain('run', file, '--pick', 'accuracy=1', '--workers', '1', '--out', out);
  expect(ended.code).toBe(2);
  const summary = JSON.parse(await readFile(join(out, 'summary.json'), 'utf8'));
  expect(summary.picked).toMatchObject({ rule: { accuracy: { atLeast: 1 } }, least: 1, met: false });
  expect(summary.picked.accuracy).toBe(summary.trainAccuracy);
  expect(ended.stderr).toMatch(
    /^search\.pick: of the tickets that were found, none has accuracy of at least 100 % on the training data: the nearest has [\d.]+ %; it is the ticket, and .*front\.csv lists the others$/m,
  );
  expect(ended.stdout).toMatch(/^picked +none has accuracy/m);
  const again = await runMain('resume', out);
  expect(again).toMatchObject({ code: 2, stdout: ended.stdout });
  expect(await readFile(join(out, 'report.html'), 'utf8')).toContain(
    'none has accuracy of at least 100\u00a0%',
  );
});

test.each<[string, PickRule]>([
  ['knee', 'knee'],
  ['accuracy=0.95', { accuracy: { atLeast: 0.95 } }],
  ['weights=500', { weights: { atMost: 500 } }],
])('--pick %s is a rule', (text, rule) => {
  expect(pickOption().parseArg?.(text, 'best')).toEqual(rule);
});

test.each([
  ['kneee', /Did you mean knee\? Expected one of best, knee, /],
  ['accuracy=95', /Expected an accuracy from 0 to 1, such as accuracy=0\.95/],
  ['weights=1.5', /or a whole number of weights, such as weights=500/],
])('--pick %s is refused in one line', async (text, message) => {
  const { code, stderr } = await runMain('run', 'moons-a', '--algorithm', 'nsga', '--pick', text);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});

test('an algorithm without a front has nothing to pick from; its best is its ticket', async () => {
  await expect(specFrom({}, { pick: 'knee' })).rejects.toThrow(
    'search.pick: found "knee" with "algorithm": "sltn-ga", which finds one ticket and no front to pick it from; leave it out, or choose annealing, local-search, nsga, nested or memetic',
  );
  expect((await specFrom({}, { pick: 'best' })).search.pick).toBe('best');
});
