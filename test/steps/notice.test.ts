/** What people are told when an execution has ended. */
import { describe, expect, test } from 'vitest';
import { noticeOf } from '../../lib/steps/notice.ts';
import type { SearchResult } from '../../lib/workflow/payloads.ts';

const ARN = 'arn:aws:states:eu-central-1:123456789012:execution:Second:first';
const RESULT: SearchResult = {
  status: 'succeeded',
  run: 's3://bucket/runs/first/',
  stopReason: 'budget',
  trainAccuracy: 0.93928,
  testAccuracy: 0.9384375,
  sparsity: 0.6875,
  generations: 117,
  evaluations: 5348,
  costDollars: 0.0004,
  ticket: 's3://bucket/runs/first/ticket.onnx',
  report: 's3://bucket/runs/first/report.html',
  link: 'https://bucket/report?X-Amz-Signature=1',
};

const ended = (detail: object) =>
  noticeOf(
    { region: 'eu-central-1', detail: { executionArn: ARN, name: 'first', status: 'SUCCEEDED', ...detail } },
    'Second',
  );
const WHERE = '--stack Second --region eu-central-1';

describe('the notice of an end', () => {
  test('of a run has its figures, what they cost, and where its report is', () => {
    const { subject, text } = ended({ output: JSON.stringify(RESULT) });
    expect(subject).toBe('Tombola: first has ended');
    expect(text).toBe(`Tombola: first has ended.

ended by        budget
test accuracy   93.84 %
train accuracy  93.93 %
sparsity        68.75 %
generations     117
evaluations     5,348
cost            $0.0004
folder          s3://bucket/runs/first/

Its report, for some hours: https://bucket/report?X-Amz-Signature=1
Its report, at any time: npx tombola open ${ARN} ${WHERE}
Its execution: https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions/details/${ARN}
`);
  });

  test('of a sweep counts its cells', () => {
    const output = {
      status: 'succeeded',
      sweep: 's3://bucket/sweeps/first/',
      stopReason: 'budget',
      cells: 1_250,
      done: 1_000,
      failed: 3,
      costDollars: 0.5,
      table: 's3://bucket/sweeps/first/table.md',
      report: 's3://bucket/sweeps/first/sweep.html',
    };
    const { text } = ended({ output: JSON.stringify(output) });
    expect(text).toContain('cells   1,000 of 1,250 done, 3 failed, the others left out for the budget\n');
    expect(text).toContain('folder  s3://bucket/sweeps/first/\n');
    expect(text).not.toContain('{');
  });

  test.each([
    [
      'FAILED',
      { error: 'InvalidSpec', cause: 'sed: unknown key' },
      'failed',
      'InvalidSpec: sed: unknown key',
    ],
    ['ABORTED', { error: null, cause: null }, 'was stopped', undefined],
    ['TIMED_OUT', {}, 'ran out of time', undefined],
  ])('of one that ended %s says why', (status, why, ending, told) => {
    const { subject, text } = ended({ status, output: null, ...why });
    expect(subject).toBe(`Tombola: first ${ending}`);
    expect(text.split('\n').slice(0, 4)).toEqual(
      [
        `Tombola: first ${ending}.`,
        '',
        ...(told === undefined ? [] : [told, '']),
        ...[`More about it: npx tombola watch ${ARN} ${WHERE}`, expect.stringContaining('Its execution: ')],
      ].slice(0, 4),
    );
  });

  test.each([
    ['is too large for an event', null],
    ['is cut', '{"status":'],
    ['is something else', '{"status":"succeeded"}'],
  ])('goes without figures where the output %s', (_, output) => {
    expect(ended({ output }).text).toMatch(/^Tombola: first has ended\.\n\nIts report, at any time/);
  });

  test('has a subject that SNS takes, whatever the name', () => {
    const { subject } = ended({ name: 'ü'.repeat(80), status: 'TIMED_OUT' });
    expect(subject).toMatch(/^[ -~]{1,99}$/);
  });
});
