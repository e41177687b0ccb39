/** Who may do what: the whole of it, so that a permission more or less is a failing test. */
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { permissionsIn, policySchema } from './permissions.ts';
import { type Synthesized, synthesize } from './template.ts';

const roleSchema = z.object({
  AssumeRolePolicyDocument: z.object({
    Statement: z.tuple([
      z.object({ Action: z.literal('sts:AssumeRole'), Principal: z.object({ Service: z.string() }) }),
    ]),
  }),
});

let synthesized: Synthesized;
beforeAll(async () => {
  synthesized = await synthesize();
});

const permissionsOf = (role: string) => permissionsIn(synthesized, role);

const inBucket = (pattern: string) => `<Storage/Bucket.Arn>/${pattern}`;
const inRuns = (...names: string[]) =>
  ['runs/*', 'sweeps/*/cells/*'].flatMap((place) => names.map((name) => inBucket(`${place}/${name}`)));
const inSweeps = (...names: string[]) => names.map((name) => inBucket(`sweeps/*/${name}`)).sort();

/** What every function may do: write its own log, and traces. */
const everyFunction = (place: string) => ({
  'logs:CreateLogStream': [`<${place}/Log.Arn>`],
  'logs:PutLogEvents': [`<${place}/Log.Arn>`],
  'xray:PutTraceSegments': ['*'],
  'xray:PutTelemetryRecords': ['*'],
});
const everyStep = (place: string) => ({
  ...everyFunction(place),
  's3:GetObject': [inBucket('runs/*'), inBucket('sweeps/*/cells/*')],
  's3:ListBucket': ['<Storage/Bucket.Arn>'],
});
const writing = (keys: string[]) => ({ 's3:PutObject': keys, 's3:AbortMultipartUpload': keys });
const writes = (...names: string[]) => writing(inRuns(...names).sort());
const everySweepStep = (place: string) => ({
  ...everyFunction(place),
  's3:GetObject': [inBucket('sweeps/*')],
  's3:ListBucket': ['<Storage/Bucket.Arn>'],
});
const writesInSweeps = (...names: string[]) => writing(inSweeps(...names));
const executions =
  'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<Search/StateMachine.Name>';
const sweepExecutions = executions.replace('Search/', 'Sweeps/Machine/');
const everywhere = (...actions: string[]) => Object.fromEntries(actions.map((action) => [action, ['*']]));
/** What both machines may do: deliver their logs, and traces. */
const everyMachine = everywhere(
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
);

test('Leap may do what Evaluate and Select may, and no more', () => {
  const [leap, evaluate, select] = ['Leap', 'Evaluate', 'Select'].map((step) =>
    permissionsOf(`Steps/${step}`),
  );
  const logs = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  const actions = Object.keys({ ...evaluate, ...select }).filter((action) => !logs.includes(action));
  const union = actions.map((action) => [
    action,
    [...new Set([...(evaluate?.[action] ?? []), ...(select?.[action] ?? [])])].sort(),
  ]);
  const { [logs[0] ?? '']: _stream, [logs[1] ?? '']: _events, ...allowed } = leap ?? {};
  expect(allowed).toEqual(Object.fromEntries(union));
});

test.each<[string, Record<string, string[]>]>([
  [
    'Steps/Prepare',
    {
      ...everyStep('Steps/Prepare'),
      's3:GetObject': [inBucket('inputs/*'), inBucket('runs/*'), inBucket('sweeps/*/cells/*')],
      ...writes('spec.json', 'run.json', 'model/*', 'data/*', 'generations/*'),
      's3:PutObjectTagging': inRuns('generations/*'),
      'lambda:GetAccountSettings': ['*'],
    },
  ],
  [
    'Steps/Evaluate',
    {
      ...everyStep('Steps/Evaluate'),
      ...writes('generations/*'),
      's3:PutObjectTagging': inRuns('generations/*'),
    },
  ],
  [
    'Steps/Select',
    {
      ...everyStep('Steps/Select'),
      ...writes('generations/*', 'history/*'),
      's3:PutObjectTagging': inRuns('generations/*'),
      's3:DeleteObject': inRuns('generations/*'),
    },
  ],
  [
    'Steps/Leap',
    {
      ...everyStep('Steps/Leap'),
      ...writes('generations/*', 'history/*'),
      's3:PutObjectTagging': inRuns('generations/*'),
      's3:DeleteObject': inRuns('generations/*'),
    },
  ],
  [
    'Steps/Train',
    {
      ...everyStep('Steps/Train'),
      ...writes('generations/*'),
      's3:PutObjectTagging': inRuns('generations/*'),
      's3:DeleteObject': inRuns('generations/*'),
    },
  ],
  [
    'Steps/Finalize',
    {
      ...everyStep('Steps/Finalize'),
      ...writes(
        'ticket.onnx',
        'ticket.min.onnx',
        'ticket.safetensors',
        'ticket.nested.onnx',
        'nested.csv',
        'front.csv',
        'front/*',
        'history.csv',
        'summary.json',
        'report.html',
      ),
    },
  ],
  [
    'Inbox/Handler',
    {
      ...everyFunction('Inbox/Handler'),
      's3:GetObject': ['<Storage/Bucket.Arn>/inbox/*.????'],
      's3:PutObject': ['<Storage/Bucket.Arn>/inbox/*.error.txt'],
      's3:AbortMultipartUpload': ['<Storage/Bucket.Arn>/inbox/*.error.txt'],
      's3:DeleteObject': ['<Storage/Bucket.Arn>/inbox/*.error.txt'],
      's3:ListBucket': ['<Storage/Bucket.Arn>'],
      'states:StartExecution': ['<Search/StateMachine>', '<Sweeps/Machine/StateMachine>'],
    },
  ],
  [
    'Sweeps/Plan',
    {
      ...everySweepStep('Sweeps/Plan'),
      ...writesInSweeps('sweep.json', 'execution.json', 'rounds/*', 'starts/*'),
      'lambda:GetAccountSettings': ['*'],
      'states:DescribeExecution': [
        'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:Tombola-Sweeps:*',
      ],
    },
  ],
  [
    'Sweeps/Note',
    {
      ...everyFunction('Sweeps/Note'),
      ...writesInSweeps('failures/*'),
    },
  ],
  [
    'Sweeps/Gather',
    {
      ...everySweepStep('Sweeps/Gather'),
      ...writesInSweeps(
        'sweep.csv',
        'runs.jsonl',
        'table.csv',
        'algorithms.csv',
        'fronts.csv',
        'sizes.csv',
        'reach.csv',
        'progress.csv',
        'table.md',
        'sweep.html',
      ),
    },
  ],
  [
    'Sweeps/Machine',
    {
      ...everyMachine,
      'lambda:InvokeFunction': ['Gather', 'Note', 'Plan'].map((step) => `<Sweeps/${step}/Function.Arn>`),
      'states:StartExecution': ['<Search/StateMachine>', '<Sweeps/Machine/StateMachine>'],
      'states:DescribeExecution': [`${executions}:*`, `${sweepExecutions}/*`, `${sweepExecutions}:*`],
      'states:StopExecution': [`${executions}:*`, `${sweepExecutions}/*`, `${sweepExecutions}:*`],
      'states:RedriveExecution': [`${sweepExecutions}/*`],
      ...Object.fromEntries(
        ['PutTargets', 'PutRule', 'DescribeRule'].map((action) => [
          `events:${action}`,
          [
            'arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule',
          ],
        ]),
      ),
      's3:GetObject': inSweeps('rounds/*'),
    },
  ],
  [
    'Search',
    {
      ...everyMachine,
      'lambda:InvokeFunction': ['Evaluate', 'Finalize', 'Leap', 'Prepare', 'Select', 'Train'].map(
        (step) => `<Steps/${step}/Function.Arn>`,
      ),
      'states:StartExecution': ['<Search/StateMachine>'],
      'states:DescribeExecution': [`${executions}/*`, `${executions}:*`],
      'states:StopExecution': [`${executions}/*`, `${executions}:*`],
      'states:RedriveExecution': [`${executions}/*`],
    },
  ],
])('%s may do this and nothing else', (place, permissions) => {
  expect(permissionsOf(`${place}/Role`)).toEqual(permissions);
});

test('a function lists its own part of the bucket', () => {
  const conditions = synthesized.ofType('AWS::IAM::Policy').flatMap(({ name, properties }) => {
    const { Statement } = policySchema.parse(properties).PolicyDocument;
    return Statement.filter(({ Condition }) => Condition !== undefined).map(
      ({ Action, Condition }) => [name.split('/').slice(0, 2).join('/'), Action, Condition] as const,
    );
  });
  const listing = (prefix: string | string[]) => [
    ['s3:ListBucket'],
    { StringLikeIfExists: { 's3:prefix': prefix } },
  ];
  expect(conditions).toEqual([
    ['Steps/Prepare', ...listing(['runs/*', 'sweeps/*'])],
    ['Steps/Evaluate', ...listing(['runs/*', 'sweeps/*'])],
    ['Steps/Select', ...listing(['runs/*', 'sweeps/*'])],
    ['Steps/Leap', ...listing(['runs/*', 'sweeps/*'])],
    ['Steps/Train', ...listing(['runs/*', 'sweeps/*'])],
    ['Steps/Finalize', ...listing(['runs/*', 'sweeps/*'])],
    ['Sweeps/Plan', ...listing('sweeps/*')],
    ['Sweeps/Gather', ...listing('sweeps/*')],
    ['Inbox/Handler', ...listing('inbox/*')],
  ]);
});

test('there are no other roles, each is assumed by its service, and none has a managed policy', () => {
  const roles = synthesized.ofType('AWS::IAM::Role').map(({ name, properties }) => {
    expect(properties.ManagedPolicyArns).toBeUndefined();
    expect(properties.Policies).toBeUndefined();
    const [{ Principal }] = roleSchema.parse(properties).AssumeRolePolicyDocument.Statement;
    return [name, Principal.Service];
  });
  expect(Object.fromEntries(roles)).toEqual({
    'Steps/Prepare/Role': 'lambda.amazonaws.com',
    'Steps/Evaluate/Role': 'lambda.amazonaws.com',
    'Steps/Select/Role': 'lambda.amazonaws.com',
    'Steps/Leap/Role': 'lambda.amazonaws.com',
    'Steps/Train/Role': 'lambda.amazonaws.com',
    'Steps/Finalize/Role': 'lambda.amazonaws.com',
    'Search/Role': 'states.amazonaws.com',
    'Sweeps/Plan/Role': 'lambda.amazonaws.com',
    'Sweeps/Note/Role': 'lambda.amazonaws.com',
    'Sweeps/Gather/Role': 'lambda.amazonaws.com',
    'Sweeps/Machine/Role': 'states.amazonaws.com',
    'Inbox/Handler/Role': 'lambda.amazonaws.com',
  });
});

test('functions are invoked by the inbox rule and by nobody else without a role', () => {
  const granted = synthesized.ofType('AWS::Lambda::Permission').map(({ properties }) => properties);
  expect(granted).toEqual([
    {
      Action: 'lambda:InvokeFunction',
      FunctionName: '<Inbox/Handler/Function.Arn>',
      Principal: 'events.amazonaws.com',
      SourceArn: '<Inbox/Dropped.Arn>',
    },
  ]);
});
