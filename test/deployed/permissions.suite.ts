/**
 * What the functions and the command line ask of AWS in all the tests of this folder, beside the policies: each call is
 * allowed, and what nobody should do is denied. Last of the suites: it reads what they left.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { emulator, end, SMALL, STACK, stack, start } from './deployment.ts';
import { ROOT, SIMULATOR_FOLDER } from './emulator.ts';
import { deployedRoles, type Json, type Role } from './policies.ts';
import { type Action, type Call, readCalls } from './recorded.ts';

/** How IAM answers each of them: Allowed, or a denial. */
async function simulate(
  asked: readonly (Action & { readonly policies: readonly Json[] })[],
): Promise<string[]> {
  const simulations = asked.map(({ action, resource, context = {}, policies }) => ({
    request: {
      action,
      principal: 'arn:aws:iam::000000000000:role/somebody',
      resource: { resource, accountId: '000000000000' },
      contextVariables: context,
    },
    identityPolicies: policies.map((policy, index) => ({ name: String(index), policy })),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }));
  const script = fileURLToPath(new URL('simulate.mjs', import.meta.url));
  const running = promisify(execFile)('node', [script, SIMULATOR_FOLDER], { maxBuffer: 2 ** 26 });
  running.child.stdin?.end(JSON.stringify(simulations));
  const { stdout } = await running;
  return z.array(z.string()).parse(JSON.parse(stdout));
}

/** The policy that docs/reference/aws.md gives to those who use the command line, for this bucket and these machines. */
async function policyOfDocs(bucket: string): Promise<Json> {
  const text = await readFile(join(ROOT, 'docs/reference/aws.md'), 'utf8');
  const [, policy = ''] = /<!-- policy of the command line -->\s*```json\n(.*?)```/s.exec(text) ?? [];
  const filled = policy
    .replaceAll('BUCKET', bucket)
    .replaceAll('REGION', 'us-east-1')
    .replaceAll('ACCOUNT', '000000000000');
  return z.json().parse(JSON.parse(filled));
}

export function permissions(): void {
  describe('permissions', () => {
    let roles: Role[];
    let calls: Call[];
    let bucket: string;
    beforeAll(async () => {
      bucket = new URL(stack.Runs).host;
      roles = await deployedRoles(STACK, join(emulator.folder, 'cdk.out', `${STACK}.template.json`));
      calls = await readCalls(emulator.requests);
    });
    const roleOf = (name: string) => roles.find(({ functions }) => functions.includes(name));
    /** The role of a step or another construct, by the beginning of its logical id. */
    const roleAt = (place: string) => roles.find(({ id }) => id.startsWith(place)) ?? z.never().parse(place);

    test('every call of every function was made, and is allowed by its role', async () => {
      const made = calls.filter(({ by }) => roleOf(by) !== undefined);
      const callers = new Set(made.map(({ by }) => by));
      // Note runs where a cell fails, Train where a baseline trains: the suites before this one had them all.
      const functions = roles.flatMap((role) => role.functions);
      expect(functions.filter((name) => !callers.has(name))).toEqual([]);
      expect(made.length).toBeGreaterThan(100);
      const answers = await simulate(
        made.map((call) => ({ ...call, policies: roleOf(call.by)?.policies ?? [] })),
      );
      expect(made.filter((_, index) => answers[index] !== 'Allowed')).toEqual([]);
    });

    test('every call of the command line is allowed by the policy of docs/reference/aws.md', async () => {
      const policies = [await policyOfDocs(bucket)];
      const made = calls.filter(({ by }) => by === 'command');
      const actions = new Set(made.map(({ action }) => action));
      // Asked while a Map runs, and only by luck.
      actions.delete('states:DescribeMapRun');
      expect(actions).toEqual(
        new Set([
          'cloudformation:DescribeStacks',
          'lambda:GetAccountSettings',
          's3:GetObject',
          's3:ListBucket',
          's3:PutObject',
          'states:DescribeExecution',
          'states:ListExecutions',
          'states:ListMapRuns',
          'states:StartExecution',
          'states:StopExecution',
        ]),
      );
      const answers = await simulate(made.map((call) => ({ ...call, policies })));
      expect(made.filter((_, index) => answers[index] !== 'Allowed')).toEqual([]);
    });

    const inBucket = (key: string) => () => `arn:aws:s3:::${bucket}/${key}`;
    const searches = () => stack.StateMachineArn;
    test.each<[place: string, action: string, resource: () => string]>([
      ['StepsPrepare', 's3:GetObject', () => 'arn:aws:s3:::another-bucket/data.csv'],
      ['StepsPrepare', 's3:DeleteObject', inBucket('runs/a/spec.json')],
      ['StepsPrepare', 's3:PutObject', inBucket('runs/a/ticket.onnx')],
      ['StepsPrepare', 's3:PutObject', inBucket('inbox/a.json')],
      ['StepsPrepare', 'states:StartExecution', searches],
      ['StepsSelect', 'lambda:GetAccountSettings', () => '*'],
      ['StepsEvaluate', 's3:DeleteObject', inBucket('runs/a/generations/000001/state.json')],
      ['StepsEvaluate', 's3:PutObject', inBucket('runs/a/run.json')],
      ['StepsEvaluate', 's3:GetObject', inBucket('inputs/0/data.csv')],
      ['StepsSelect', 's3:DeleteObject', inBucket('runs/a/ticket.onnx')],
      ['StepsSelect', 's3:PutObject', inBucket('runs/a/summary.json')],
      ['StepsTrain', 's3:PutObject', inBucket('runs/a/history/000000.json')],
      ['StepsFinalize', 's3:PutObject', inBucket('runs/a/generations/000001/state.json')],
      ['StepsFinalize', 's3:DeleteObject', inBucket('runs/a/ticket.onnx')],
      ['StepsFinalize', 's3:DeleteBucket', () => `arn:aws:s3:::${bucket}`],
      ['SweepsPlan', 's3:PutObject', inBucket('sweeps/a/cells/b/ticket.onnx')],
      ['SweepsPlan', 'states:StartExecution', searches],
      ['SweepsNote', 's3:GetObject', inBucket('sweeps/a/sweep.json')],
      ['SweepsNote', 's3:ListBucket', () => `arn:aws:s3:::${bucket}`],
      ['SweepsGather', 's3:DeleteObject', inBucket('sweeps/a/sweep.json')],
      ['InboxHandler', 's3:GetObject', inBucket('runs/a/ticket.onnx')],
      ['InboxHandler', 's3:DeleteObject', inBucket('inbox/a.json')],
      [
        'InboxHandler',
        'states:StopExecution',
        () => `${searches().replace(':stateMachine:', ':execution:')}:a`,
      ],
      ['Search', 'states:StartExecution', () => stack.SweepMachineArn],
      ['Search', 's3:GetObject', inBucket('runs/a/spec.json')],
      ['Search', 'lambda:InvokeFunction', () => 'arn:aws:lambda:us-east-1:000000000000:function:another'],
      ['SweepsMachine', 's3:PutObject', inBucket('sweeps/a/rounds/000001.json')],
      ['SweepsMachine', 'iam:PassRole', () => 'arn:aws:iam::000000000000:role/another'],
    ])('%s may not %s', async (place, action, resource) => {
      const { policies } = roleAt(place);
      expect(policies.length).toBeGreaterThan(0);
      const [answer] = await simulate([{ action, resource: resource(), policies }]);
      expect(answer).toMatch(/Denied$/);
    });

    test.each<[action: string, resource: () => string]>([
      ['s3:PutObject', inBucket('runs/a/ticket.onnx')],
      ['s3:DeleteObject', inBucket('runs/a/ticket.onnx')],
      ['lambda:InvokeFunction', () => 'arn:aws:lambda:us-east-1:000000000000:function:any'],
      ['states:DeleteStateMachine', searches],
      ['cloudformation:DeleteStack', () => `arn:aws:cloudformation:us-east-1:000000000000:stack/${STACK}/id`],
    ])('the command line may not %s', async (action, resource) => {
      const [answer] = await simulate([
        { action, resource: resource(), policies: [await policyOfDocs(bucket)] },
      ]);
      expect(answer).toMatch(/Denied$/);
    });

    test('a permission less, and a run fails where it is needed', async () => {
      const { id } = roleAt('StepsFinalize');
      await emulator.python(
        `
import boto3, json, sys
stack, logical, forbidden = sys.argv[1:]
cloudformation, iam = boto3.client('cloudformation'), boto3.client('iam')
role = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=logical)['StackResourceDetail']['PhysicalResourceId']
deny = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Deny', 'Action': forbidden, 'Resource': '*'}]}
iam.put_role_policy(RoleName=role, PolicyName='Less', PolicyDocument=json.dumps(deny))
`,
        STACK,
        id,
        's3:PutObject',
      );
      const { status, cause } = await end(
        await start('forbidden', { ...SMALL, stop: { minGenerations: 0, maxGenerations: 1 } }),
      );
      expect(status).toBe('FAILED');
      expect(cause).toMatch(/access denied|AccessDenied/);
      expect(cause).toContain('/runs/forbidden/');
    });
  });
}
