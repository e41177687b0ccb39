/** Notices of the end of runs and sweeps, for whoever deploys with `notify`. */
import { beforeAll, describe, expect, test } from 'vitest';
import { cellName, isCellName } from '../../../lib/aws/executions.ts';
import { InvalidSettings } from '../../../lib/aws/stack/settings.ts';
import { type Synthesized, synthesize } from './template.ts';

const NOTIFY = [
  'someone@example.com',
  'https://example.com/hook?key=1',
  '+15550100',
  'arn:aws:sqs:us-east-1:123456789012:queue',
  'arn:aws:lambda:us-east-1:123456789012:function:page-me',
];

describe('notices', () => {
  let synthesized: Synthesized;
  beforeAll(async () => {
    synthesized = await synthesize({ context: { notify: NOTIFY.join(', ') } });
  });

  test('go to every subscriber', () => {
    const subscriptions = synthesized.ofType('AWS::SNS::Subscription').map(({ properties }) => properties);
    expect(subscriptions).toEqual(
      ['email', 'https', 'sms', 'sqs', 'lambda'].map((Protocol, index) => ({
        Protocol,
        Endpoint: NOTIFY[index],
        TopicArn: '<Notices/Topic>',
      })),
    );
    expect(synthesized.outputs.NoticeTopic).toBe('<Notices/Topic>');
  });

  test('are published by their function alone, over TLS', () => {
    expect(synthesized.find('AWS::SNS::TopicPolicy', 'Notices/Topic/Policy').properties).toMatchObject({
      Topics: ['<Notices/Topic>'],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Action: 'sns:Publish',
            Principal: '*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    });
    const { PolicyDocument } = synthesized.find(
      'AWS::IAM::Policy',
      'Notices/Handler/Role/DefaultPolicy',
    ).properties;
    expect(PolicyDocument).toMatchObject({
      Statement: [
        { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] },
        { Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'] },
        { Effect: 'Allow', Action: 'sns:Publish', Resource: '<Notices/Topic>' },
      ],
    });
    const { Environment } = synthesized.find('AWS::Lambda::Function', 'Notices/Handler/Function').properties;
    expect(Environment).toMatchObject({
      Variables: { TOMBOLA_NOTICES: '<Notices/Topic>', TOMBOLA_STACK: 'Tombola' },
    });
  });

  test('are of the ends of runs and sweeps, not of cells, nor of executions that another goes on with', () => {
    const pattern = (name: string) => synthesized.find('AWS::Events::Rule', `Notices/${name}`).properties;
    const machines = {
      stateMachineArn: ['<Search/StateMachine>', '<Sweeps/Machine/StateMachine>'],
      name: [{ 'anything-but': { prefix: 'cell-' } }],
    };
    expect(pattern('Succeeded')).toMatchObject({
      State: 'ENABLED',
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          ...machines,
          status: ['SUCCEEDED'],
          output: [{ 'anything-but': { wildcard: '*"status":"continued"*' } }],
        },
      },
    });
    expect(pattern('Failed')).toMatchObject({
      EventPattern: { detail: { ...machines, status: ['FAILED', 'TIMED_OUT', 'ABORTED'] } },
    });
    const cell = cellName('s3://bucket/sweeps/a/', 'b', 'c');
    expect([cell.startsWith('cell-'), isCellName(cell)]).toEqual([true, true]);
  });

  test.each(['Succeeded', 'Failed'])('of one that %s are put into words', (name) => {
    const { Targets } = synthesized.find('AWS::Events::Rule', `Notices/${name}`).properties;
    expect(Targets).toEqual([
      {
        Id: 'Target0',
        Arn: '<Notices/Handler/Function.Arn>',
        RetryPolicy: { MaximumEventAgeInSeconds: 21_600, MaximumRetryAttempts: 10 },
      },
    ]);
  });

  test.each(['me', 'http://example.com', '5550100', 'arn:aws:s3:::bucket'])(
    '%s is no subscriber',
    async (notify) => {
      const refused = synthesize({ context: { notify: `a@example.com,${notify}` } });
      await expect(refused).rejects.toThrow(InvalidSettings);
      await expect(refused).rejects.toThrow(`found '${notify}', expected an e-mail address`);
    },
  );
});

test('by default nobody is told, and there is nothing to pay for', async () => {
  const synthesized = await synthesize();
  expect(synthesized.ofType('AWS::Events::Rule').map(({ name }) => name)).toEqual(['Inbox/Dropped']);
  expect(synthesized.outputs.NoticeTopic).toBeUndefined();
});
