import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { S3Store } from '../../../lib/aws/s3/store.ts';
import { openFile } from '../../../lib/base/file-source.ts';
import { readModel } from '../../../lib/runs/model-file.ts';
import { checksum } from '../../../lib/store/store.ts';
import { convnetModel, treesCsv } from '../../engine/own-data.ts';
import { splitModel } from '../../network/split-model.ts';
import { AwsRefusal, BUCKET, executionOf, MACHINE } from './aws.ts';
import { cloud, tombola } from './cloud.ts';

const here = cloud();

describe('submit', () => {
  test('starts an execution with the complete spec', async () => {
    here.aws.answers = {
      StartExecution: ({ name }) => ({ executionArn: executionOf(String(name)), startDate: 1 }),
    };
    expect(await tombola('submit', 'moons-a', '--seed', '7', '--name', 'first', '--json')).toBe(0);
    expect(JSON.parse(here.printed)).toEqual({
      name: 'first',
      run: `s3://${BUCKET}/runs/first/`,
      execution: executionOf('first'),
      console: `https://us-east-1.console.aws.amazon.com/states/home?region=us-east-1#/v2/executions/details/${executionOf('first')}`,
    });
    const [started] = here.aws.asked;
    expect(started).toMatchObject({
      action: 'StartExecution',
      input: { stateMachineArn: MACHINE, name: 'first' },
    });
    expect(JSON.parse(String(started?.input.input))).toMatchObject({ preset: 'moons-a', seed: 7 });
  });

  test('tells where the account runs fewer functions than the run asks for, and lays a budget over the spec', async () => {
    here.aws.answers = {
      StartExecution: ({ name }) => ({ executionArn: executionOf(String(name)), startDate: 1 }),
    };
    here.aws.concurrency = 10;
    expect(await tombola('submit', 'moons-a', '--name', 'narrow', '--budget', '0.5usd,1h')).toBe(0);
    expect(here.complained).toBe(
      'The account runs 10 Lambda functions at a time in this region, so chunks at a time are 8, not 40; the result is the same. More on request: Service Quotas, AWS Lambda, Concurrent executions.\n',
    );
    const [started] = here.aws.asked;
    expect(JSON.parse(String(started?.input.input)).budget).toEqual({ dollars: 0.5, minutes: 60 });
    here.aws.concurrency = 1_000;
    here.complained = '';
    expect(await tombola('submit', 'moons-a', '--name', 'wide')).toBe(0);
    expect(here.complained).toBe('');
  });

  test('uploads local files once, by their digests, and asks for what it found in them', async () => {
    here.aws.answers = {
      StartExecution: ({ name }) => ({ executionArn: executionOf(String(name)), startDate: 1 }),
    };
    const data = join(here.folder, 'my trees.csv');
    const model = join(here.folder, 'net.onnx');
    await writeFile(data, treesCsv({ features: 16 }));
    await writeFile(model, convnetModel());
    const args = ['submit', '--data', data, '--network', model];
    expect(await tombola(...args, '--name', 'own')).toBe(0);
    expect(await tombola(...args, '--name', 'own-again')).toBe(0);
    const [first, second] = here.aws.asked.map(({ input }) => JSON.parse(String(input.input)));
    const of = async (path: string) => `inputs/${checksum(await readFile(path))}`;
    expect(first.task.train).toBe(`s3://${BUCKET}/${await of(data)}/my trees.csv`);
    expect(first.network.model).toBe(`s3://${BUCKET}/${await of(model)}/net.onnx`);
    expect(first.task.found).toMatchObject({ features: 16, classes: 3 });
    expect(second).toEqual(first);
    const bucket = new S3Store(`s3://${BUCKET}/`, { forcePathStyle: true });
    expect(await bucket.list('inputs/')).toEqual(
      [`${await of(data)}/my trees.csv`, `${await of(model)}/net.onnx`].toSorted(),
    );
    expect(Buffer.from(await bucket.get(`${await of(data)}/my trees.csv`))).toEqual(await readFile(data));
  });

  test('uploads a model with its data in a file beside it as one file', async () => {
    here.aws.answers = {
      StartExecution: ({ name }) => ({ executionArn: executionOf(String(name)), startDate: 1 }),
    };
    const [data, file] = [join(here.folder, 'trees.csv'), join(here.folder, 'split.onnx')];
    const { model, data: beside } = splitModel(convnetModel(), 'w.bin');
    await writeFile(data, treesCsv({ features: 16 }));
    await writeFile(file, model);
    await writeFile(join(here.folder, 'w.bin'), beside);
    expect(await tombola('submit', '--data', data, '--network', file, '--name', 'split')).toBe(0);
    const [asked] = here.aws.asked.map(({ input }) => JSON.parse(String(input.input)));
    const { bytes } = await readModel(file, openFile);
    expect(asked.network.model).toBe(`s3://${BUCKET}/inputs/${checksum(bytes)}/split.onnx`);
    expect(asked.network.found.sha256).toBe(checksum(bytes));
    const bucket = new S3Store(`s3://${BUCKET}/`, { forcePathStyle: true });
    expect(Buffer.from(await bucket.get(`inputs/${checksum(bytes)}/split.onnx`))).toEqual(Buffer.from(bytes));
  });

  test('a file that is no data is told before anything is uploaded', async () => {
    const data = join(here.folder, 'bad.csv');
    await writeFile(data, 'a,b\n1,2\n');
    expect(await tombola('submit', '--data', data)).toBe(2);
    expect(here.complained).toContain('bad.csv');
    expect(here.aws.asked).toEqual([]);
  });

  test('says what it started, and how to watch it', async () => {
    here.aws.answers = {
      StartExecution: ({ name }) => ({ executionArn: executionOf(String(name)), startDate: 1 }),
    };
    expect(await tombola('submit', '--stack', 'Tombola', '--name', 'second')).toBe(0);
    expect(here.printed).toContain('To watch it: npx tombola watch second\n');
    expect(here.printed).toContain(`s3://${BUCKET}/runs/second/`);
    expect(await tombola('submit', '--region', 'us-east-1', '--name', 'third')).toBe(0);
    expect(here.printed).toContain('npx tombola pull third --region us-east-1\n');
  });

  test.each<[string, string[], string]>([
    ['a bad spec', ['submit', 'moons-z'], 'error: preset: found "moons-z", which is not a preset'],
    ['a bad name', ['submit', '--name', 'a b'], "error: --name: found 'a b', expected at most 80"],
    [
      'no such stack',
      ['submit', '--stack', 'None'],
      "error: stack 'None': there is no such stack in us-east-1",
    ],
    ['no such preset', ['submit', 'none.json'], 'error: none.json: cannot be read: there is no such file'],
  ])('%s is one clear line, exit code 2', async (_name, args, message) => {
    expect(await tombola(...args)).toBe(2);
    expect(here.complained.startsWith(message)).toBe(true);
    expect(here.complained.trimEnd()).not.toContain('\n');
  });

  test.each([
    ['a run', { preset: 'moons-a', task: { train: 20_000_000 } }],
    ['a sweep', { base: { preset: 'moons-a', task: { train: 20_000_000 } }, seeds: 1 }],
  ])('%s that needs more memory than the stack gives', async (_, spec) => {
    here.aws.stacks.Small = { BucketName: BUCKET, StateMachineArn: MACHINE, Memory: '1024' };
    const file = join(here.folder, 'large.json');
    await writeFile(file, JSON.stringify(spec));
    expect(await tombola('submit', file, '--stack', 'Small')).toBe(2);
    expect(here.complained).toMatch(
      /task: the run needs about 1\.26 GB .*, and 1\.07 GB is available: make it/,
    );
    expect(here.aws.asked).toEqual([]);
  });

  test('a name that is taken', async () => {
    here.aws.answers = {
      StartExecution: () => {
        throw new AwsRefusal('ExecutionAlreadyExists', 'Execution Already Exists');
      },
    };
    expect(await tombola('submit', '--name', 'first')).toBe(2);
    expect(here.complained).toBe("error: --name: there is a run 'first' already; choose another name\n");
  });

  test('access denied', async () => {
    here.aws.answers = {
      StartExecution: () => {
        throw new AwsRefusal(
          'AccessDeniedException',
          'User: me is not authorized\nto perform: states:StartExecution',
        );
      },
    };
    expect(await tombola('submit', '--name', 'first')).toBe(2);
    expect(here.complained).toBe(
      'error: access denied: User: me is not authorized to perform: states:StartExecution\n',
    );
  });

  test('no credentials', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_CONFIG_FILE', join(here.folder, 'none'));
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(here.folder, 'none'));
    expect(await tombola('submit', '--name', 'first')).toBe(2);
    expect(here.complained).toMatch(/^error: no AWS credentials: .*AWS_PROFILE\n$/);
  });

  test.each([
    ['', 'no AWS region: set AWS_REGION'],
    ['eu west', 'there is no such AWS region: Region not accepted: region="eu west"'],
  ])('a region that is none: %j', async (region, message) => {
    vi.stubEnv('AWS_REGION', region);
    for (const command of [['list', '--cloud'], ['watch', 'a'], ['submit']]) {
      here.complained = '';
      expect(await tombola(...command)).toBe(2);
      expect(here.complained).toMatch(/^error: .*\n$/);
      expect(here.complained).toContain(message);
    }
  });

  test('an unfinished stack', async () => {
    here.aws.stacks.Half = { BucketName: BUCKET };
    expect(await tombola('submit', '--stack', 'Half')).toBe(2);
    expect(here.complained).toContain("stack 'Half': is not a finished deployment of Tombola");
  });
});
