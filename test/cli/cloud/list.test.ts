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
