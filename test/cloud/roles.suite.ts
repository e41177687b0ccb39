/** Who may do what: the whole of it, so that a permission more or less is a failing test. */
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Synthesized, synthesize } from './template.ts';

const list = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const statementSchema = z.strictObject({
  Effect: z.literal('Allow'),
  Action: list,
  Resource: list,
  Condition: z.json().optional(),
});
const policySchema = z.object({
  Roles: z.array(z.string()),
  PolicyDocument: z.object({ Statement: z.array(statementSchema) }),
});
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

/** Action → resources, for one role. */
function permissionsOf(role: string): Record<string, string[]> {
  const statements = synthesized
    .ofType('AWS::IAM::Policy')
    .map(({ properties }) => policySchema.parse(properties))
    .filter(({ Roles }) => Roles.includes(`<${role}>`))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  const permissions: Record<string, string[]> = {};
  for (const { Action, Resource } of statements) {
    for (const action of Action) permissions[action] = [...(permissions[action] ?? []), ...Resource].sort();
  }
  return permissions;
}

const inRuns = (...names: string[]) => names.map((name) => `<Storage/Bucket.Arn>/runs/*/${name}`);

/** What every function may do: write its own log, and traces. */
const everyFunction = (place: string) => ({
  'logs:CreateLogStream': [`<${place}/Log.Arn>`],
  'logs:PutLogEvents': [`<${place}/Log.Arn>`],
  'xray:PutTraceSegments': ['*'],
  'xray:PutTelemetryRecords': ['*'],
});
const everyStep = (place: string) => ({
  ...everyFunction(place),
  's3:GetObject': ['<Storage/Bucket.Arn>/runs/*'],
  's3:ListBucket': ['<Storage/Bucket.Arn>'],
});
const writes = (...names: string[]) => ({
  's3:PutObject': inRuns(...names).sort(),
  's3:AbortMultipartUpload': inRuns(...names).sort(),
});
const executions =
  'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<Search/StateMachine.Name>';
const everywhere = (...actions: string[]) => Object.fromEntries(actions.map((action) => [action, ['*']]));

test.each<[string, Record<string, string[]>]>([
  [
    'Steps/Prepare',
    {
      ...everyStep('Steps/Prepare'),
      ...writes('spec.json', 'run.json', 'model/*', 'data/*', 'generations/*'),
      's3:PutObjectTagging': inRuns('generations/*'),
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
      ...writes('ticket.onnx', 'ticket.safetensors', 'history.csv', 'summary.json', 'report.html'),
    },
  ],
  [
    'Inbox/Handler',
    {
      ...everyFunction('Inbox/Handler'),
      's3:GetObject': ['<Storage/Bucket.Arn>/inbox/*.json'],
      's3:PutObject': ['<Storage/Bucket.Arn>/inbox/*.error.txt'],
      's3:AbortMultipartUpload': ['<Storage/Bucket.Arn>/inbox/*.error.txt'],
      's3:DeleteObject': ['<Storage/Bucket.Arn>/inbox/*.error.txt'],
      's3:ListBucket': ['<Storage/Bucket.Arn>'],
      'states:StartExecution': ['<Search/StateMachine>'],
    },
  ],
  [
    'Search',
    {
      'lambda:InvokeFunction': ['Evaluate', 'Finalize', 'Prepare', 'Select', 'Train'].map(
        (step) => `<Steps/${step}/Function.Arn>`,
      ),
      'states:StartExecution': ['<Search/StateMachine>'],
      'states:DescribeExecution': [`${executions}/*`, `${executions}:*`],
      'states:StopExecution': [`${executions}/*`, `${executions}:*`],
      'states:RedriveExecution': [`${executions}/*`],
      ...everywhere(
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
      ),
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
  const listing = (prefix: string) => [['s3:ListBucket'], { StringLikeIfExists: { 's3:prefix': prefix } }];
  expect(conditions).toEqual([
    ['Steps/Prepare', ...listing('runs/*')],
    ['Steps/Evaluate', ...listing('runs/*')],
    ['Steps/Select', ...listing('runs/*')],
    ['Steps/Train', ...listing('runs/*')],
    ['Steps/Finalize', ...listing('runs/*')],
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
    'Steps/Train/Role': 'lambda.amazonaws.com',
    'Steps/Finalize/Role': 'lambda.amazonaws.com',
    'Search/Role': 'states.amazonaws.com',
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
