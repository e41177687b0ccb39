import { describe, expect, test } from 'vitest';
import { watch } from '../../../lib/cli/cloud/watch.ts';
import { successorPrefix } from '../../../lib/runs/state.ts';
import { AwsRefusal, executionOf, MACHINE } from './aws.ts';
import { cloud, executions, listed, NAME, tombola, URI } from './cloud.ts';

const PACE = { look: 20, describe: 40, pauses: [10, 50] } as const;

const here = cloud();

describe('watch', () => {
  const options = { stack: 'Tombola', json: true, quiet: false };

  test('follows the chain of executions to the summary, also to one that is not shown at once', async () => {
    await here.upload(NAME);
    const successor = `${successorPrefix(NAME, URI)}40`;
    const output = JSON.stringify({ status: 'continued', successor: executionOf(successor), run: URI });
    const over = JSON.stringify({ status: 'succeeded', run: URI });
    const described = executions({
      [executionOf(NAME)]: [{ status: 'RUNNING' }, { status: 'RUNNING' }, { status: 'SUCCEEDED', output }],
      [executionOf(successor)]: [{ status: 'RUNNING' }, { status: 'SUCCEEDED', output: over }],
    });
    let hidden = true;
    here.aws.answers = {
      DescribeExecution: (input) => {
        if (hidden && input.executionArn === executionOf(successor)) {
          hidden = false;
          throw new AwsRefusal('ExecutionDoesNotExist', 'Execution Does Not Exist');
        }
        return described(input);
      },
    };
    expect(await watch(NAME, options, PACE)).toBe(0);
    const document = JSON.parse(here.printed);
    expect(document).toMatchObject({ status: 'succeeded', generations: 70, out: URI });
    expect(document.artifacts.ticket).toBe(`${URI}ticket.onnx`);
    expect(here.complained).toContain('generation 70/70');
    expect(here.aws.asked.at(-1)?.input.executionArn).toBe(executionOf(successor));
  });

  test('shows the progress before the end', async () => {
    await here.upload('half', /^summary|history\/000001/);
    let shown = '';
    here.aws.answers = {
      DescribeExecution: (input) => {
        shown = here.complained;
        const status = shown.includes('generation 63/70') ? 'ABORTED' : 'RUNNING';
        return executions({ [executionOf('half')]: [{ status }] })(input);
      },
    };
    expect(await watch('half', options, PACE)).toBe(1);
    expect(JSON.parse(here.printed)).toMatchObject({ status: 'stopped' });
    expect(here.complained).toContain('the run half was stopped');
  });

  test('survives lost connections', async () => {
    await here.upload('flaky', /^summary/);
    let asked = 0;
    here.aws.answers = {
      DescribeExecution: (input) => {
        asked++;
        if (asked === 3) {
          here.aws.cut();
          setTimeout(async () => {
            await here.upload('flaky');
            here.aws.mend();
          }, 1_500);
        }
        const status = asked > 4 ? 'SUCCEEDED' : 'RUNNING';
        return executions({ [executionOf('flaky')]: [{ status }] })(input);
      },
    };
    expect(await watch('flaky', options, PACE)).toBe(0);
    expect(here.complained).toContain('Connection lost');
    expect(JSON.parse(here.printed)).toMatchObject({ status: 'succeeded' });
  });

  test('follows what continues a run that was stopped before', async () => {
    await here.upload('cut', /^summary/);
    const again = 'cut-again-20261130-120000';
    const input = JSON.stringify({ run: URI.replace(NAME, 'cut') });
    let asked = 0;
    here.aws.answers = {
      DescribeExecution: (request) => {
        asked++;
        if (asked > 4) void here.upload('cut');
        return executions({
          [executionOf('cut')]: [{ status: 'ABORTED' }],
          [executionOf(again)]: [{ status: asked > 8 ? 'SUCCEEDED' : 'RUNNING', input }],
        })(request);
      },
      ListExecutions: () => ({ executions: [listed(again)] }),
    };
    expect(await watch('cut', options, PACE)).toBe(0);
    // Nor is a run forgotten that was stopped, and came to its end under another name.
    here.aws.answers = {
      DescribeExecution: executions({ [executionOf('cut')]: [{ status: 'ABORTED' }] }),
      ListExecutions: () => ({ executions: [] }),
    };
    here.printed = '';
    expect(await watch('cut', options, PACE)).toBe(0);
    expect(JSON.parse(here.printed)).toMatchObject({ status: 'succeeded', out: URI.replace(NAME, 'cut') });
  });

  test('a bad spec ends as on this computer', async () => {
    const cause = 'seed: found "x", expected number';
    here.aws.answers = {
      DescribeExecution: executions({
        [executionOf('bad')]: [{ status: 'FAILED', error: 'InvalidSpec', cause }],
      }),
    };
    expect(await tombola('watch', 'bad')).toBe(2);
    expect(here.complained).toContain(`error: ${cause}\n`);
  });

  test('a failed run', async () => {
    here.aws.answers = {
      DescribeExecution: executions({
        [executionOf('ill')]: [{ status: 'FAILED', error: 'Sandbox.Timedout', cause: 'it took too long' }],
      }),
    };
    expect(await tombola('watch', executionOf('ill'))).toBe(1);
    expect(here.complained).toContain('error: the run ill failed: Sandbox.Timedout: it took too long');
  });

  test('no such run', async () => {
    here.aws.answers = { DescribeExecution: executions({}) };
    expect(await tombola('watch', 'none')).toBe(2);
    expect(here.complained).toBe("error: none: there is no such run; 'tombola list --cloud' lists them\n");
  });

  test('a path, which is the name of no execution', async () => {
    Object.assign(here.aws.stacks.Tombola ?? {}, { SweepMachineArn: `${MACHINE}-Sweeps` });
    here.aws.answers = {
      DescribeExecution: ({ executionArn }) => {
        throw new AwsRefusal('InvalidArn', `Invalid Arn: '${executionArn}'`);
      },
    };
    expect(await tombola('watch', 'runs/none')).toBe(2);
    expect(here.complained).toContain('error: runs/none: there is no such run;');
  });
});
