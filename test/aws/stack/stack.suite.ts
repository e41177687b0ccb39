import { beforeAll, describe, expect, test } from 'vitest';
import { InvalidSettings } from '../../../lib/aws/stack/settings.ts';
import { METRICS } from '../../../lib/workflow/metrics.ts';
import { type Synthesized, synthesize } from './template.ts';

const STEPS = ['Prepare', 'Evaluate', 'Select', 'Leap', 'Train', 'Finalize'] as const;
const SWEEP_STEPS = ['Plan', 'Note', 'Gather'] as const;

describe('by default', () => {
  let synthesized: Synthesized;
  beforeAll(async () => {
    synthesized = await synthesize();
  });
  const functionOf = (place: string) =>
    synthesized.find('AWS::Lambda::Function', `${place}/Function`).properties;

  test('there is one function per Task state, and the inbox', () => {
    expect(synthesized.ofType('AWS::Lambda::Function').map(({ name }) => name)).toEqual([
      ...STEPS.map((step) => `Steps/${step}/Function`),
      ...SWEEP_STEPS.map((step) => `Sweeps/${step}/Function`),
      'Inbox/Handler/Function',
    ]);
    expect(new Set(STEPS.map((step) => functionOf(`Steps/${step}`).Description)).size).toBe(STEPS.length);
  });

  test.each(STEPS)('%s runs on Node 24 with a vCPU, its own role and log, and traces', (step) => {
    const place = `Steps/${step}`;
    expect(functionOf(place)).toMatchObject({
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['x86_64'],
      MemorySize: 1769,
      Timeout: 900,
      Role: `<${place}/Role.Arn>`,
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: `<${place}/Log>` },
      Environment: {
        Variables: {
          TOMBOLA_RUNS: 's3://<Storage/Bucket>/runs/',
          TOMBOLA_SWEEPS: 's3://<Storage/Bucket>/sweeps/',
          POWERTOOLS_SERVICE_NAME: 'Tombola',
          POWERTOOLS_METRICS_NAMESPACE: 'Tombola',
        },
      },
    });
  });

  test('logs are kept for a month, and go with the stack', () => {
    const logs = synthesized.ofType('AWS::Logs::LogGroup');
    // A function's each, and a machine's.
    expect(logs.length).toBe(STEPS.length + SWEEP_STEPS.length + 3);
    for (const { properties, deletionPolicy } of logs) {
      expect(properties.RetentionInDays).toBe(30);
      expect(deletionPolicy).toBe('Delete');
    }
  });

  test('the bucket is private, encrypted, cleaned, tells EventBridge, and outlives the stack', () => {
    const { properties, deletionPolicy } = synthesized.find('AWS::S3::Bucket', 'Storage/Bucket');
    // Of a first deployment that fails, no bucket is left that stands in the way of the next.
    expect(deletionPolicy).toBe('RetainExceptOnCreate');
    expect(properties).toEqual({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: {
        Rules: [
          {
            Id: 'UnfinishedUploads',
            Status: 'Enabled',
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
          },
          {
            Id: 'Generations',
            Status: 'Enabled',
            TagFilters: [{ Key: 'tombola', Value: 'generation' }],
            ExpirationInDays: 30,
          },
        ],
      },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      // As tags.suite.ts has them.
      Tags: expect.any(Array),
    });
  });

  test('the bucket refuses whoever comes without TLS', () => {
    expect(synthesized.find('AWS::S3::BucketPolicy', 'Storage/Bucket/Policy').properties).toMatchObject({
      Bucket: '<Storage/Bucket>',
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Action: 's3:*',
            Principal: { AWS: '*' },
            Resource: ['<Storage/Bucket.Arn>', '<Storage/Bucket.Arn>/*'],
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    });
  });

  test('a spec dropped into the inbox reaches its function, and is tried again', () => {
    expect(synthesized.find('AWS::Events::Rule', 'Inbox/Dropped').properties).toMatchObject({
      State: 'ENABLED',
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: ['<Storage/Bucket>'] }, object: { key: [{ prefix: 'inbox/' }] } },
      },
      Targets: [
        {
          Arn: '<Inbox/Handler/Function.Arn>',
          RetryPolicy: { MaximumEventAgeInSeconds: 21_600, MaximumRetryAttempts: 10 },
        },
      ],
    });
    expect(synthesized.ofType('AWS::Lambda::EventInvokeConfig').map(({ properties }) => properties)).toEqual([
      expect.objectContaining({ MaximumEventAgeInSeconds: 21_600, MaximumRetryAttempts: 2 }),
    ]);
    expect(functionOf('Inbox/Handler').Environment).toMatchObject({
      Variables: {
        TOMBOLA_INBOX: 's3://<Storage/Bucket>/inbox/',
        TOMBOLA_STATE_MACHINE: '<Search/StateMachine>',
        TOMBOLA_SWEEP_MACHINE: '<Sweeps/Machine/StateMachine>',
      },
    });
  });

  test('what a resource needs is there before it', () => {
    const { dependsOn } = synthesized.find('AWS::StepFunctions::StateMachine', 'Sweeps/Machine/StateMachine');
    expect(dependsOn).toContain('Sweeps/Searches');
    for (const machine of ['Search', 'Sweeps/Machine']) {
      const { dependsOn: needed } = synthesized.find(
        'AWS::StepFunctions::StateMachine',
        `${machine}/StateMachine`,
      );
      expect(needed).toContain(`${machine}/Role/DefaultPolicy`);
    }
    for (const { name, dependsOn: needed } of synthesized.ofType('AWS::Lambda::Function')) {
      const place = name.replace(/\/Function$/, '');
      expect(needed, name).toContain(`${place}/Role/DefaultPolicy`);
    }
    // Of the policies beside roles, only a machine's right to its own executions comes after what has it: the
    // machine's ARN is in it, and nothing of it is asked before the first execution.
    const beside = synthesized
      .ofType('AWS::IAM::Policy')
      .filter(({ name }) => !name.endsWith('/DefaultPolicy'));
    expect(beside.map(({ name }) => name)).toEqual([
      'Search/Executions',
      'Sweeps/Machine/Executions',
      'Sweeps/Searches',
    ]);
  });

  test('the dashboard shows runs, speed, errors, throttles, durations and cost', () => {
    const { properties } = synthesized.find('AWS::CloudWatch::Dashboard', 'Dashboard/Dashboard');
    expect(properties.DashboardName).toBe('Tombola');
    const body = String(properties.DashboardBody);
    for (const shown of [
      ...['ExecutionsStarted', 'ExecutionsSucceeded', 'ExecutionsFailed', 'ExecutionThrottled'],
      ...['Errors', 'Throttles', 'Duration', 'p50', 'p99', 'ColdStart', 'ConcurrentExecutions'],
      ...['Evaluations', 'EvaluationsPerSecond', 'CacheHits', 'Generations'].filter(
        (name) => name in METRICS,
      ),
      'Cost, estimated ($)',
    ]) {
      expect(body, shown).toContain(`"${shown}"`);
    }
    // Metric math knows no exponents.
    expect(body).not.toMatch(/\d[eE]-\d/);
  });

  test('its outputs are what the command line and a person need', () => {
    expect(synthesized.outputs).toMatchObject({
      Memory: '1769',
      StateMachineArn: '<Search/StateMachine>',
      BucketName: '<Storage/Bucket>',
      Runs: 's3://<Storage/Bucket>/runs/',
      SweepMachineArn: '<Sweeps/Machine/StateMachine>',
      SweepsUri: 's3://<Storage/Bucket>/sweeps/',
      InboxUri: 's3://<Storage/Bucket>/inbox/',
      DataRole: '<Steps/Prepare/Role.Arn>',
    });
  });
});

describe('by choice', () => {
  test('name, memory, architecture, retention, expiry and address are what the context says', async () => {
    const synthesized = await synthesize({
      context: {
        stackName: 'Lottery-2',
        region: 'eu-central-1',
        // Values from a command line are text.
        memory: '3538',
        architecture: 'arm64',
        logRetentionDays: '7',
        generationDays: '90',
        alarmEmail: 'someone@example.com',
      },
    });
    expect(synthesized.find('AWS::Lambda::Function', 'Steps/Evaluate/Function').properties).toMatchObject({
      Architectures: ['arm64'],
      MemorySize: 3538,
      Environment: { Variables: { POWERTOOLS_SERVICE_NAME: 'Lottery-2' } },
    });
    expect(
      synthesized.find('AWS::StepFunctions::StateMachine', 'Search/StateMachine').properties,
    ).toMatchObject({ StateMachineName: 'Lottery-2' });
    for (const { properties } of synthesized.ofType('AWS::Logs::LogGroup')) {
      expect(properties.RetentionInDays).toBe(7);
    }
    expect(synthesized.find('AWS::S3::Bucket', 'Storage/Bucket').properties).toMatchObject({
      LifecycleConfiguration: { Rules: [{}, { ExpirationInDays: 90 }] },
    });
    expect(synthesized.ofType('AWS::SNS::Subscription').map(({ properties }) => properties)).toEqual([
      { Protocol: 'email', Endpoint: 'someone@example.com', TopicArn: '<Alarms/Topic>' },
    ]);
    for (const { properties } of synthesized.ofType('AWS::CloudWatch::Alarm')) {
      expect(properties.AlarmActions).toEqual(['<Alarms/Topic>']);
    }
    // A topic with a policy has none of SNS's own: without an Allow, no alarm reaches it.
    expect(synthesized.find('AWS::SNS::TopicPolicy', 'Alarms/Topic/Policy').properties).toMatchObject({
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
          {
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Resource: '<Alarms/Topic>',
            Condition: {
              StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
              ArnLike: {
                'aws:SourceArn': 'arn:aws:cloudwatch:eu-central-1:<AWS::AccountId>:alarm:*',
              },
            },
          },
        ],
      },
    });
    expect(String(synthesized.outputs.StartConsole)).toMatch(/^https:\/\/eu-central-1\.console/);
  });

  test.each([
    [{ memory: '64' }, 'Too small: expected number to be >=512\n  → at memory'],
    [{ memory: 'much' }, 'Invalid input: expected number, received NaN\n  → at memory'],
    [{ architecture: 'm68k' }, 'Invalid option: expected one of "x86_64"|"arm64"\n  → at architecture'],
    [{ logRetentionDays: 2 }, /expected one of 1, 3, 5, 7, .*\n {2}→ at logRetentionDays/],
    [{ generationDays: 0 }, 'Too small: expected number to be >=1\n  → at generationDays'],
    [{ alarmEmail: 'me' }, 'Invalid email address\n  → at alarmEmail'],
    [{ stackName: '1st' }, 'expected a letter, then up to 39 letters, digits or hyphens\n  → at stackName'],
    [{ memroy: 1769 }, 'Unrecognized key: "memroy"'],
  ])('the context %j is refused', async (context, message) => {
    const refused = synthesize({ context });
    await expect(refused).rejects.toThrow(InvalidSettings);
    await expect(refused).rejects.toThrow(message);
  });
});
