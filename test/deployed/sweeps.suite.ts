/** Sweeps on the deployed stack. Their cells' tickets are those of searches here. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { isCellName } from '../../lib/aws/executions.ts';
import { openStore } from '../../lib/places/store.ts';
import { summarySchema } from '../../lib/report/summary.ts';
import * as keys from '../../lib/store/keys.ts';
import { parseSweep } from '../../lib/sweep/cells.ts';
import { sweepResultSchema } from '../../lib/workflow/sweep-payloads.ts';
import {
  command,
  emulator,
  end,
  eventually,
  locally,
  outputOf,
  SMALL,
  stack,
  start,
  stepFunctions,
  TICKETS,
} from './deployment.ts';

const SWEEP = {
  base: SMALL,
  // One of them is too long for one execution.
  grid: { 'evaluation.maxEvents': [20_000, 150] },
  seeds: [3, 4],
};

async function searches(): Promise<string[]> {
  const { executions = [] } = await stepFunctions.send(
    new ListExecutionsCommand({ stateMachineArn: stack.StateMachineArn }),
  );
  return executions.map(({ name = '' }) => name).filter(isCellName);
}

export function sweeps(): void {
  test('a sweep from the inbox runs every cell as a search, over several executions where one is too short', async () => {
    await (await openStore(stack.InboxUri)).put('grid.json', JSON.stringify(SWEEP));
    const started = await eventually('the sweep', async () => {
      const { executions = [] } = await stepFunctions.send(
        new ListExecutionsCommand({ stateMachineArn: stack.SweepMachineArn }),
      );
      return executions.find(({ name }) => name?.startsWith('grid-'));
    });
    const result = sweepResultSchema.parse(outputOf(await end(started.executionArn ?? '')));
    const sweep = `${stack.SweepsUri}${started.name}/`;
    expect(result).toMatchObject({ status: 'succeeded', sweep, cells: 4, done: 4, failed: 0 });
    const store = await openStore(sweep);
    const { cells } = parseSweep(SWEEP);
    const [cell] = cells.slice(-1);
    const tickets = TICKETS.map((key) => store.get(keys.cellFolder(cell?.id ?? '') + key));
    const here = await locally('here', { ...SMALL, seed: 4 });
    expect((await Promise.all(tickets)).map((bytes) => Buffer.from(bytes))).toEqual(here.tickets);
    const names = await searches();
    expect(names.filter((name) => /-[0-9a-f]{12}$/.test(name)).length).toBe(4);
    expect(names.some((name) => /-[0-9a-f]{12}-1$/.test(name))).toBe(true);

    // Started again, it finds every cell done.
    const repeated = outputOf(await end(await start('once-more', { sweep }, stack.SweepMachineArn)));
    const again = sweepResultSchema.parse(repeated);
    // Links are signed anew.
    expect({ ...again, link: '' }).toEqual({ ...result, link: '' });
    for (const { link } of [result, again]) expect(link).toContain('sweep.html');
    expect(await searches()).toEqual(names);
  });

  test('the command line submits, watches, lists and pulls a sweep, a failed cell and all', async () => {
    const [name, sweep] = ['by-command', `${stack.SweepsUri}by-command/`];
    const algorithms = [
      { name: 'GA' },
      { name: 'random', spec: { algorithm: 'random-search' }, match: { evaluations: 'GA' } },
    ];
    const spec = { base: SMALL, algorithms, seeds: 2, maxConcurrency: 2 };
    await writeFile(join(emulator.folder, 'sweep.json'), JSON.stringify(spec));
    // A file of another run lies where the second cell's run would be.
    const store = await openStore(sweep);
    const ids = parseSweep(spec).cells.map(({ id }) => id);
    const [, second = ''] = ids;
    await store.put(`${keys.cellFolder(second)}note.txt`, 'not empty');
    expect(await command('submit', 'sweep.json', '--name', name)).toMatchObject({ name, sweep, cells: 4 });
    await expect(command('watch', name)).rejects.toThrow();
    expect(await command('list', '--cloud', '--limit', '1')).toMatchObject([
      { kind: 'sweep', name, uri: sweep, status: 'SUCCEEDED', cells: 4, done: 2, failed: 2 },
    ]);
    await store.deletePrefix(keys.cellFolder(second));
    const searched = (await searches()).length;
    expect(await command('submit', 'sweep.json', '--name', name)).toMatchObject({ name, sweep });
    expect(await command('watch', name)).toMatchObject({ cells: 4, done: 4, failed: 0 });
    expect((await searches()).length).toBe(searched + 2);
    expect(await command('stop', name)).toMatchObject({ sweep, status: 'SUCCEEDED' });

    const folder = join(emulator.folder, 'sweeps', name);
    const pulled = await command('pull', name);
    expect(pulled).toMatchObject({ sweep, out: folder });
    const found = await Promise.all(
      ids.map(async (id) => {
        const text = await readFile(join(folder, keys.cellFolder(id), keys.SUMMARY), 'utf8');
        return summarySchema.parse(JSON.parse(text));
      }),
    );
    expect(found.map(({ runId }) => runId)).toEqual(ids);
    // What the one found, the other was given.
    const [one, other, ...matched] = found.map(({ evaluations }) => evaluations);
    expect(matched).toEqual([one, other]);
    expect(await readFile(join(folder, keys.SWEEP_TABLE), 'utf8')).toContain('random');
  });
}
