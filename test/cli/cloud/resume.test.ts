import { describe, expect, test } from 'vitest';
import { successorPrefix } from '../../../lib/runs/state.ts';
import { BUCKET, executionOf, MACHINE } from './aws.ts';
import { cloud, executions, listed, NAME, tombola, URI } from './cloud.ts';

const here = cloud();
const SUCCESSOR = `${successorPrefix('cut', `s3://${BUCKET}/runs/cut/`)}40`;
const SWEEPS = MACHINE.replace('Search', 'Tombola-Sweeps');
const sweepExecutionOf = (name: string) => `${SWEEPS.replace(':stateMachine:', ':execution:')}:${name}`;

/** Starts what it is told to; `atWork`: the executions at work. */
const starting = (described: Record<string, object[]>, atWork: readonly string[] = []) => ({
  DescribeExecution: executions(described),
  ListExecutions: () => ({ executions: atWork.map((name) => listed(name)) }),
  StartExecution: ({ name, stateMachineArn }: Record<string, unknown>) => ({
    executionArn: `${String(stateMachineArn).replace(':stateMachine:', ':execution:')}:${String(name)}`,
    startDate: 1,
  }),
});
const started = () => here.aws.asked.filter(({ action }) => action === 'StartExecution');

describe('resume s3://', () => {
  test.each([
    ['was stopped', { [executionOf('cut')]: [{ status: 'ABORTED' }] }],
    ['is so old that Step Functions has forgotten it', {}],
  ])('a run that %s goes on in an execution of its own', async (_, described) => {
    await here.upload('cut', /summary|ticket|report|end\.json/);
    here.aws.answers = starting(described, ['other']);
    const uri = `s3://${BUCKET}/runs/cut/`;
    expect(await tombola('resume', uri, '--json')).toBe(0);
    const { name, run, execution } = JSON.parse(here.printed);
    expect(name).toMatch(/^cut-again-\d{8}-\d{6}$/);
    expect([run, execution]).toEqual([uri, executionOf(name)]);
    expect(started().map(({ input }) => input)).toEqual([
      { stateMachineArn: MACHINE, name, input: JSON.stringify({ run: uri }) },
    ]);
  });

  test.each([
    ['in its first execution', { [executionOf('cut')]: [{ status: 'RUNNING' }] }, [], 'cut'],
    [
      'in one that goes on with it',
      {
        [executionOf('cut')]: [{ status: 'ABORTED' }],
        [executionOf('cut-again-20261129-120000')]: [
          { status: 'RUNNING', input: `{"run": "s3://${BUCKET}/runs/cut/"}` },
        ],
      },
      ['cut-again-20261129-120000'],
      'cut-again-20261129-120000',
    ],
    [
      'in a successor of that one',
      { [executionOf('cut')]: [{ status: 'ABORTED' }] },
      ['other', SUCCESSOR],
      SUCCESSOR,
    ],
  ])('a run that is running %s is not started twice', async (_, described, atWork, busy) => {
    await here.upload('cut', /summary|ticket|report|end\.json/);
    here.aws.answers = starting(described, atWork);
    expect(await tombola('resume', `s3://${BUCKET}/runs/cut`)).toBe(2);
    expect(here.complained).toBe(
      `error: s3://${BUCKET}/runs/cut/: the run is running already; watch it: npx tombola watch ${busy}\n`,
    );
    expect(started()).toEqual([]);
  });

  test('a run that is over shows what it found', async () => {
    await here.upload(NAME);
    here.aws.answers = starting({});
    expect(await tombola('resume', URI, '--quiet')).toBe(0);
    expect(here.printed).toBe(`${URI}ticket.onnx\n`);
    expect(started()).toEqual([]);
  });

  test('a place without a run is refused', async () => {
    here.aws.answers = starting({});
    expect(await tombola('resume', `s3://${BUCKET}/runs/nothing/`)).toBe(2);
    expect(here.complained).toContain(
      `error: s3://${BUCKET}/runs/nothing/: holds no run to continue (no run.json); runs of the stack 'Tombola' are at s3://${BUCKET}/runs/NAME/`,
    );
  });

  test('a sweep goes on as well, unless it is running', async () => {
    Object.assign(here.aws.stacks.Tombola ?? {}, { SweepMachineArn: SWEEPS });
    const uri = `s3://${BUCKET}/sweeps/many/`;
    const execution = { arn: sweepExecutionOf('many'), name: 'many', cells: 3, done: 1, failed: 0 };
    await here.aws.put('sweeps/many/sweep.json', '{}');
    await here.aws.put('sweeps/many/execution.json', JSON.stringify(execution));
    here.aws.answers = starting({ [sweepExecutionOf('many')]: [{ status: 'ABORTED' }] });
    expect(await tombola('resume', uri)).toBe(0);
    expect(here.printed).toMatch(/To watch it: npx tombola watch many-again-\d{8}-\d{6}\n/);
    expect(started().map(({ input }) => [input.stateMachineArn, input.input])).toEqual([
      [SWEEPS, JSON.stringify({ sweep: uri })],
    ]);
    here.aws.answers = starting({ [sweepExecutionOf('many')]: [{ status: 'RUNNING' }] });
    expect(await tombola('resume', uri)).toBe(2);
    expect(here.complained).toContain('the sweep is running already; watch it: npx tombola watch many\n');
  });
});
