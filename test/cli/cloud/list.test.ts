import { describe, expect, test } from 'vitest';
import { joinRuns } from '../../../lib/cli/cloud/list.ts';
import { successorPrefix } from '../../../lib/runs/state.ts';
import { BUCKET, executionOf, MACHINE } from './aws.ts';
import { cloud, NAME, tombola, URI } from './cloud.ts';

const here = cloud();

describe('list', () => {
  const item = (name: string, status: string, started: number, ended?: number) => ({
    name,
    status,
    executionArn: executionOf(name),
    stateMachineArn: MACHINE,
    startDate: started,
    ...(ended === undefined ? {} : { stopDate: ended }),
  });

  test('shows the runs with what they found', async () => {
    await here.upload(NAME);
    here.aws.answers = {
      ListExecutions: () => ({
        executions: [
          item('busy', 'RUNNING', 1_795_000_300),
          item(NAME, 'SUCCEEDED', 1_795_000_000, 1_795_000_090),
        ],
      }),
    };
    expect(await tombola('list', '--cloud')).toBe(0);
    const [head, busy, done] = here.printed.split('\n');
    expect(head).toMatch(/run.*status.*started/);
    expect(busy).toMatch(/^busy\s+running/);
    expect(done).toMatch(
      /^moons-run\s+succeeded\s+2026-11-18 11:06\s+1 min 30 s\s+\d+\.\d %\s+\d+\.\d %\s+\$0/,
    );
  });

  test('tells how far others are, and what they have cost so far', async () => {
    const end = [...here.artifacts].find(([key]) => key.endsWith('end.json'))?.[1] ?? new Uint8Array();
    const state = { ...JSON.parse(Buffer.from(end).toString()), over: null, complete: 1_234 };
    await here.aws.put('runs/busy/generations/001235/state.json', JSON.stringify(state));
    await here.aws.put('runs/busy/generations/001234/state.json', '{}');
    const study = { arn: 'arn', name: 'study', cells: 40, done: 12, failed: 1, costDollars: 1.5 };
    await here.aws.put('sweeps/study/execution.json', JSON.stringify(study));
    Object.assign(here.aws.stacks.Tombola ?? {}, { SweepMachineArn: `${MACHINE}-Sweeps` });
    here.aws.answers = {
      ListExecutions: ({ stateMachineArn }) => ({
        executions:
          stateMachineArn === MACHINE
            ? [
                item('busy-again-20261129-120000', 'RUNNING', 1_795_000_400),
                item('busy', 'ABORTED', 1_795_000_300, 1_795_000_350),
                item('unprepared', 'FAILED', 1_795_000_200, 1_795_000_210),
              ]
            : [item('study', 'SUCCEEDED', 1_795_000_000, 1_795_000_090)],
      }),
    };
    expect(await tombola('list', '--cloud')).toBe(0);
    const [, busy, unprepared, sweep] = here.printed.split('\n');
    expect(busy).toMatch(/^busy +running, generation 1,234 .* \$0\.\d+$/);
    expect(unprepared).toMatch(/^unprepared +failed .* –$/);
    expect(sweep).toMatch(/^study \(sweep: 12 of 40 cells done\) +succeeded .* \$1\.50$/);
    here.printed = '';
    expect(await tombola('list', '--cloud', '--json')).toBe(0);
    expect(JSON.parse(here.printed)).toMatchObject([
      { name: 'busy', status: 'RUNNING', executions: 2, generation: 1_234, costDollars: expect.any(Number) },
      { name: 'unprepared', summary: null },
      { name: 'study', kind: 'sweep', costDollars: 1.5, done: 12, cells: 40 },
    ]);
    delete here.aws.stacks.Tombola?.SweepMachineArn;
  });

  test('executions that go on with a run count as one with it', () => {
    const stack = { bucket: BUCKET, stateMachineArn: MACHINE, region: 'us-east-1', memory: 2e9 };
    const chain = [2_000, 1_000].map((generation) => `${successorPrefix(NAME, URI)}${generation}`);
    const at = (seconds: number) => new Date(seconds * 1_000);
    const execution = (name: string, status: 'RUNNING' | 'SUCCEEDED', start: number, stop?: number) => ({
      ...item(name, status, 0),
      status,
      startDate: at(start),
      stopDate: stop === undefined ? undefined : at(stop),
    });
    const runs = joinRuns(
      [
        execution(chain[0] ?? '', 'RUNNING', 30),
        execution('other-20261122-1', 'SUCCEEDED', 25, 26),
        execution(chain[1] ?? '', 'SUCCEEDED', 20, 30),
        execution(NAME, 'SUCCEEDED', 10, 20),
      ],
      stack,
    );
    expect(runs).toMatchObject([
      { name: 'other-20261122-1', status: 'SUCCEEDED', executions: 1 },
      { name: NAME, status: 'RUNNING', started: at(10), ended: undefined, executions: 3 },
    ]);
  });

  test('no runs', async () => {
    here.aws.answers = { ListExecutions: () => ({ executions: [] }) };
    expect(await tombola('list', '--cloud')).toBe(0);
    expect(here.printed).toContain('There are no runs yet');
  });
});
