import { describe, expect, test } from 'vitest';
import { successorPrefix } from '../../../lib/runs/state.ts';
import { BUCKET, executionOf, MACHINE } from './aws.ts';
import { cloud, executions, listed, NAME, tombola, URI } from './cloud.ts';

const here = cloud();

describe('stop', () => {
  test('stops the newest execution, even where it changes meanwhile', async () => {
    const next = `${successorPrefix(NAME, URI)}9`;
    const output = JSON.stringify({ status: 'continued', successor: executionOf(next), run: URI });
    here.aws.answers = {
      DescribeExecution: executions({
        [executionOf(NAME)]: [{ status: 'RUNNING' }, { status: 'RUNNING' }, { status: 'SUCCEEDED', output }],
        [executionOf(next)]: [{ status: 'RUNNING' }, { status: 'ABORTED' }],
      }),
      StopExecution: () => ({ stopDate: 1 }),
    };
    expect(await tombola('stop', NAME, '--json')).toBe(0);
    expect(JSON.parse(here.printed)).toEqual({ run: URI, execution: executionOf(next), status: 'ABORTED' });
    const stopped = here.aws.asked.filter(({ action }) => action === 'StopExecution');
    expect(stopped.map(({ input }) => input.executionArn)).toEqual([executionOf(NAME), executionOf(next)]);
  });

  test('stops what continues a run that was stopped before, and its successors', async () => {
    const [again, next] = [`${NAME}-again-20261130-120000`, `${successorPrefix(NAME, URI)}9`];
    const output = JSON.stringify({ status: 'continued', successor: executionOf(next), run: URI });
    here.aws.answers = {
      DescribeExecution: executions({
        [executionOf(NAME)]: [{ status: 'ABORTED' }],
        [executionOf(again)]: [{ status: 'SUCCEEDED', output }],
        [executionOf(next)]: [{ status: 'RUNNING' }],
      }),
      ListExecutions: () => ({ executions: ['other', next].map((name) => listed(name)) }),
      StopExecution: () => ({ stopDate: 1 }),
    };
    expect(await tombola('stop', NAME, '--json')).toBe(0);
    expect(JSON.parse(here.printed)).toEqual({ run: URI, execution: executionOf(next), status: 'ABORTED' });
  });

  test('stops a sweep that was just continued, before it has planned anything', async () => {
    Object.assign(here.aws.stacks.Tombola ?? {}, { SweepMachineArn: `${MACHINE}-Sweeps` });
    const arnOf = (name: string) => executionOf(name).replace(':Search:', ':Search-Sweeps:');
    const [first, again] = ['study', 'study-again-20261130-120000'].map(arnOf);
    const noted = { arn: first, name: 'study', cells: 3, done: 1, failed: 0 };
    await here.aws.put('sweeps/study/execution.json', JSON.stringify(noted));
    const started = { ...listed('study-again-20261130-120000', again), startDate: 1_795_000_100 };
    here.aws.answers = {
      DescribeExecution: executions({
        [String(first)]: [{ status: 'ABORTED' }],
        [String(again)]: [{ status: 'ABORTED' }],
      }),
      ListExecutions: () => ({ executions: [started] }),
      StopExecution: () => ({ stopDate: 1 }),
    };
    expect(await tombola('stop', 'study', '--json')).toBe(0);
    expect(JSON.parse(here.printed)).toMatchObject({ execution: again, status: 'ABORTED' });
  });

  test('a sweep that Step Functions has forgotten is left alone', async () => {
    Object.assign(here.aws.stacks.Tombola ?? {}, { SweepMachineArn: `${MACHINE}-Sweeps` });
    here.aws.answers = { DescribeExecution: executions({}) };
    expect(await tombola('stop', `s3://${BUCKET}/sweeps/study/`)).toBe(0);
    expect(here.printed).toBe('study is over already\n');
  });

  test('a run that is over is left alone', async () => {
    here.aws.answers = { DescribeExecution: executions({ [executionOf(NAME)]: [{ status: 'SUCCEEDED' }] }) };
    expect(await tombola('stop', NAME)).toBe(0);
    expect(here.printed).toBe('moons-run is over already: succeeded\n');
  });
});
