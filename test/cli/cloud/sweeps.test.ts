import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { AwsRefusal, BUCKET, executionOf, MACHINE } from './aws.ts';
import { cloud, executions, tombola } from './cloud.ts';

const here = cloud();

const SWEEP_MACHINE = `${MACHINE}-Sweeps`;
const sweepExecutionOf = (name: string) => executionOf(name).replace(':Search:', ':Search-Sweeps:');
const SWEEP = { base: { preset: 'moons-a' }, seeds: 3, maxConcurrency: 2 };
const URI = `s3://${BUCKET}/sweeps/study/`;
const STARTED = {
  StartExecution: ({ name }: Record<string, unknown>) => ({
    executionArn: sweepExecutionOf(String(name)),
    startDate: 1,
  }),
};
const RESULT = {
  status: 'succeeded',
  sweep: URI,
  cells: 3,
  done: 3,
  failed: 0,
  costDollars: 0.12,
  table: `${URI}table.md`,
  report: `${URI}sweep.html`,
};

beforeEach(() => {
  here.aws.stacks.Tombola = {
    BucketName: BUCKET,
    StateMachineArn: MACHINE,
    SweepMachineArn: SWEEP_MACHINE,
  };
});

/** What the last round noted. */
const noted = (done: number, name = 'study') =>
  here.aws.put(
    'sweeps/study/execution.json',
    JSON.stringify({ arn: sweepExecutionOf(name), name, cells: 3, done, failed: 0 }),
  );

async function file(sweep: object): Promise<string> {
  const path = join(here.folder, 'study.json');
  await writeFile(path, JSON.stringify(sweep));
  return path;
}

describe('submit', () => {
  test('starts a sweep, as it was written', async () => {
    here.aws.answers = STARTED;
    expect(await tombola('submit', await file(SWEEP), '--name', 'study', '--json')).toBe(0);
    expect(JSON.parse(here.printed)).toMatchObject({
      name: 'study',
      sweep: URI,
      cells: 3,
      execution: sweepExecutionOf('study'),
    });
    expect(here.aws.asked).toMatchObject([
      { action: 'StartExecution', input: { stateMachineArn: SWEEP_MACHINE, name: 'study' } },
    ]);
    expect(JSON.parse(String(here.aws.asked[0]?.input.input))).toEqual(SWEEP);
  });

  test('takes a study, a preset with a number of runs, and more runs', async () => {
    here.aws.answers = STARTED;
    expect(await tombola('submit', 'moons-a', '--runs', '5', '--name', 'five')).toBe(0);
    expect(here.printed).toContain('5, 5 at a time');
    expect(await tombola('submit', 'paper-landscape', '--runs', '2')).toBe(0);
    expect(await tombola('submit', await file(SWEEP), '--runs', '7')).toBe(0);
    const inputs = here.aws.asked.map(({ input }) => JSON.parse(String(input.input)));
    expect(inputs).toMatchObject([
      { base: { preset: 'moons-a' }, seeds: { from: 0, count: 5 } },
      { name: 'paper-landscape', seeds: { from: 0, count: 2 } },
      { ...SWEEP, seeds: { from: 0, count: 7 } },
    ]);
    expect(here.aws.asked[1]?.input.name).toMatch(/^paper-landscape-\d{8}-\d{6}$/);
  });

  const taken = (status: string) => ({
    DescribeExecution: executions({ [sweepExecutionOf('study')]: [{ status }] }),
    StartExecution: ({ name }: Record<string, unknown>) => {
      if (name === 'study') throw new AwsRefusal('ExecutionAlreadyExists', 'Execution Already Exists');
      return { executionArn: sweepExecutionOf(String(name)), startDate: 1 };
    },
  });

  test('of a name whose sweep is over goes on with it', async () => {
    here.aws.answers = taken('ABORTED');
    expect(await tombola('submit', await file(SWEEP), '--name', 'study')).toBe(0);
    expect(here.printed).toContain('study, continued');
    const { input } = here.aws.asked.at(-1) ?? {};
    expect(input?.name).toMatch(/^study-again-\d{8}-\d{6}$/);
    expect(JSON.parse(String(input?.input))).toEqual({ ...SWEEP, sweep: URI });
  });

  test('of a long name goes on in an execution that the list joins with it', async () => {
    // As long as an execution's name may be, and alike up to where the time of their start stands.
    const [first, second] = ['1', '2'].map((end) => `${'long-'.repeat(13)}20261122-15000${end}`);
    const known = new Map<string, object>();
    here.aws.answers = {
      DescribeExecution: executions({ [sweepExecutionOf(first ?? '')]: [{ status: 'ABORTED' }] }),
      StartExecution: ({ name: started }) => {
        const [name, executionArn] = [String(started), sweepExecutionOf(String(started))];
        if (known.has(name)) throw new AwsRefusal('ExecutionAlreadyExists', 'Execution Already Exists');
        const startDate = known.size + 1;
        known.set(name, { name, executionArn, stateMachineArn: MACHINE, startDate, status: 'RUNNING' });
        return { executionArn, startDate };
      },
      ListExecutions: ({ stateMachineArn }) => ({
        executions: stateMachineArn === MACHINE ? [] : [...known.values()].reverse(),
      }),
    };
    const path = await file(SWEEP);
    for (const name of [first, second, first])
      expect(await tombola('submit', path, '--name', name ?? '')).toBe(0);
    expect(Math.max(...[...known.keys()].map((name) => name.length))).toBe(80);
    here.printed = '';
    expect(await tombola('list', '--cloud', '--json')).toBe(0);
    expect(JSON.parse(here.printed)).toMatchObject([
      { kind: 'sweep', name: second, executions: 1 },
      { kind: 'sweep', name: first, executions: 2, uri: `s3://${BUCKET}/sweeps/${first}/` },
    ]);
  });

  test('takes a budget for all of its cells', async () => {
    here.aws.answers = {
      StartExecution: ({ name }) => ({ executionArn: sweepExecutionOf(String(name)), startDate: 1 }),
    };
    expect(await tombola('submit', await file(SWEEP), '--name', 'bounded', '--budget', '2usd')).toBe(0);
    const [started] = here.aws.asked;
    expect(JSON.parse(String(started?.input.input))).toMatchObject({ budget: { dollars: 2 } });
  });

  test('of a name whose sweep is running is refused', async () => {
    here.aws.answers = taken('RUNNING');
    expect(await tombola('submit', await file(SWEEP), '--name', 'study')).toBe(2);
    expect(here.complained).toMatch(/^error: --name: the sweep 'study' is running; watch it/);
  });

  test.each<[string, object, string[], RegExp]>([
    [
      'a cell that could not run',
      { ...SWEEP, grid: { 'search.popluation': [1] } },
      [],
      /^error: cell .*unknown key/,
    ],
    ['an option of a single run', SWEEP, ['--seed', '3'], /^error: --seed: is for a single search/],
    [
      'too much to send',
      { ...SWEEP, seeds: Array.from({ length: 30_000 }, (_, index) => 1e9 + index) },
      [],
      /^error: sweep: a spec is at most 255 KiB long/,
    ],
    ['runs of a single run', { preset: 'moons-a' }, ['--runs', '3'], /^error: --runs: is for a sweep/],
  ])('%s is one clear error, and nothing is started', async (_, sweep, args, message) => {
    here.aws.answers = STARTED;
    expect(await tombola('submit', await file(sweep), ...args)).toBe(2);
    expect(here.complained).toMatch(message);
    expect(here.aws.asked).toEqual([]);
  });

  test('a stack from before there were sweeps is refused', async () => {
    here.aws.stacks.Tombola = { BucketName: BUCKET, StateMachineArn: MACHINE };
    expect(await tombola('submit', await file(SWEEP))).toBe(2);
    expect(here.complained).toContain('deploy it again');
  });
});

test('watch shows the cells, and ends with the table', async () => {
  const again = 'study-again-20261122-150000';
  await noted(1, again);
  await here.aws.put(`sweeps/study/failures/${again}/a.json`, '{}');
  here.aws.answers = {
    DescribeExecution: executions({
      [sweepExecutionOf('study')]: [{ status: 'ABORTED' }],
      [sweepExecutionOf(again)]: [
        { status: 'SUCCEEDED', output: JSON.stringify({ ...RESULT, done: 2, failed: 1 }) },
      ],
    }),
    ListMapRuns: () => ({
      mapRuns: [{ mapRunArn: 'arn:map', executionArn: again, stateMachineArn: SWEEP_MACHINE, startDate: 1 }],
    }),
    DescribeMapRun: () => ({ itemCounts: { succeeded: 1, running: 1 } }),
  };
  expect(await tombola('watch', 'study')).toBe(1);
  // Of the child that succeeded, the search had failed.
  expect(here.complained).toContain('1 of 3 cells done  1 running  1 failed\n');
  expect(here.complained).toContain('1 cell failed');
  expect(here.printed).toContain(RESULT.table);
});

test('a sweep that was refused ends the watching as a bad spec does', async () => {
  here.aws.answers = {
    DescribeExecution: executions({
      [sweepExecutionOf('bad')]: [{ status: 'FAILED', error: 'InvalidSpec', cause: 'seeds: found nothing' }],
    }),
  };
  expect(await tombola('watch', 'bad')).toBe(2);
  expect(here.complained).toContain('error: seeds: found nothing');
});

test('stop stops the newest execution', async () => {
  await noted(1);
  here.aws.answers = {
    DescribeExecution: executions({
      // Where it is, whether it is at work, and what became of it.
      [sweepExecutionOf('study')]: [{}, { status: 'RUNNING' }, { status: 'ABORTED' }],
    }),
    StopExecution: () => ({ stopDate: 1 }),
  };
  expect(await tombola('stop', 'study')).toBe(0);
  expect(here.printed).toContain('npx tombola submit SWEEP.json --name study');
  expect(here.aws.asked).toContainEqual({
    action: 'StopExecution',
    input: { executionArn: sweepExecutionOf('study'), cause: 'tombola stop' },
  });
});

test('list marks sweeps, joins what went on with one, and leaves the cells out', async () => {
  await noted(2);
  const item = (arn: string, status: string, startDate: number) => ({
    executionArn: arn,
    name: arn.split(':').at(-1),
    status,
    startDate,
    stateMachineArn: arn,
  });
  here.aws.answers = {
    ListExecutions: ({ stateMachineArn }) => ({
      executions:
        stateMachineArn === MACHINE
          ? [
              item(executionOf('cell-study-ga_seed-0-0123456789ab-2'), 'RUNNING', 40),
              item(executionOf('single'), 'RUNNING', 10),
            ]
          : [
              item(sweepExecutionOf('study-again-20261122-150000'), 'RUNNING', 30),
              item(sweepExecutionOf('study'), 'ABORTED', 20),
            ],
    }),
  };
  expect(await tombola('list', '--cloud')).toBe(0);
  const lines = here.printed.trim().split('\n').slice(1);
  expect(lines.map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual([
    ['study (sweep: 2 of 3 cells done)', 'running'],
    ['single', 'running'],
  ]);
});

test('pull loads tables, figures and what the cells found; once', async () => {
  const files = {
    'sweep.json': JSON.stringify(SWEEP),
    'table.md': '| |',
    'rounds/000001.json': '[]',
    'cells/a_seed-0/summary.json': '{}',
    'cells/a_seed-0/model/weights.safetensors': 'weights',
  };
  for (const [key, text] of Object.entries(files)) await here.aws.put(`sweeps/study/${key}`, text);
  // As after 90 days.
  here.aws.answers = { DescribeExecution: executions({}) };
  const out = join(here.folder, 'study');
  expect(await tombola('pull', 'study', '--out', out, '--json')).toBe(0);
  const { sweep, files: loaded } = JSON.parse(here.printed);
  expect(sweep).toBe(URI);
  expect(loaded).toEqual(expect.arrayContaining(['sweep.json', 'table.md', 'cells/a_seed-0/summary.json']));
  expect(loaded.some((key: string) => /rounds|model|failures/.test(key))).toBe(false);
  expect(await readFile(join(out, 'cells/a_seed-0/summary.json'), 'utf8')).toBe('{}');
  // With more seeds it is the same sweep, with other values another one.
  await here.aws.put('sweeps/study/sweep.json', JSON.stringify({ ...SWEEP, seeds: 9 }));
  expect(await tombola('pull', URI, '--out', out)).toBe(0);
  await here.aws.put('sweeps/study/sweep.json', JSON.stringify({ ...SWEEP, base: { preset: 'moons-b' } }));
  expect(await tombola('pull', 'study', '--out', out)).toBe(2);
  expect(here.complained).toContain('holds another sweep');
});

test('pull finds a sweep by the ARN of any of its executions', async () => {
  await here.aws.put('sweeps/study/sweep.json', JSON.stringify(SWEEP));
  const input = JSON.stringify({ sweep: URI });
  const [again, fromConsole] = ['study-again-20261122-150000', '0b9d3a52-console'].map(sweepExecutionOf);
  here.aws.answers = {
    DescribeExecution: executions({
      [sweepExecutionOf('study')]: [{ input: JSON.stringify(SWEEP) }],
      [again ?? '']: [{ input }],
      [fromConsole ?? '']: [{ input }],
    }),
  };
  for (const [index, arn] of [sweepExecutionOf('study'), again ?? '', fromConsole ?? ''].entries()) {
    here.printed = '';
    expect(await tombola('pull', arn, '--out', join(here.folder, `by-arn-${index}`), '--json')).toBe(0);
    expect(JSON.parse(here.printed)).toMatchObject({ sweep: URI });
  }
});
