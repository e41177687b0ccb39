import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { budgetOption } from '../../lib/cli/arguments.ts';
import { SMALL_SPEC, temporaryFolder } from '../steps/small-run.ts';
import { runMain, runMainIn } from './main.ts';

test.each([
  ['0.5usd', { dollars: 0.5 }],
  ['.5USD', { dollars: 0.5 }],
  ['30min', { minutes: 30 }],
  ['1.5h', { minutes: 90 }],
  ['2 usd, 1 h', { dollars: 2, minutes: 60 }],
])('the budget %s', (text, budget) => {
  expect(budgetOption().parseArg?.(text, undefined)).toEqual(budget);
});

test.each(['', '5', 'usd', '0usd', '-1usd', '1usd,', '1usd,2usd', '1eur', '30min,1h', '1e3usd'])(
  '%j is no budget',
  (text) => {
    expect(() => budgetOption().parseArg?.(text, undefined)).toThrow('Expected money, time or both');
  },
);

test('a run on this computer ends when its time is over, and heeds no dollars', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'spec.json');
  await writeFile(file, JSON.stringify({ ...SMALL_SPEC, budget: { dollars: 1e-9 } }));
  const run = (...args: string[]) => runMain('run', file, '--workers', '1', ...args);
  const paid = await run('--out', join(folder, 'a'));
  expect(paid).toMatchObject({ code: 0 });
  expect(paid.stderr).toContain('budget.dollars is ignored: a run on this computer costs nothing');
  expect(paid.stdout).toMatch(/generations +4 +\(generation limit\)/);
  const timed = await run('--out', join(folder, 'b'), '--budget', '0.00001min');
  expect(timed.stdout).toMatch(/generations +0 +\(budget\)/);
});

test('a sweep on this computer begins no cell when its time is over, and says how to go on', async () => {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, 's.json'), JSON.stringify({ base: SMALL_SPEC, seeds: 3 }));
  const args = ['sweep', 's.json', '--workers', '1'];
  const cut = await runMainIn(cwd, ...args, '--budget', '0.00001min');
  expect(cut).toMatchObject({ code: 0 });
  expect(cut.stdout).toMatch(/cells +0 of 3 done/);
  expect(cut.stderr).toContain(
    "The sweep's budget of time is spent: 3 cells left. To continue, repeat the command.\n",
  );
  const whole = await runMainIn(cwd, ...args);
  expect(whole.stdout).toMatch(/cells +3 of 3 done/);
  expect(whole.stderr).not.toContain('budget');
});
