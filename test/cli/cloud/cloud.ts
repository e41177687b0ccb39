/** What the tests of the cloud commands share: AWS on this computer, one small run to put there, and what was printed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { main } from '../../../lib/cli/program.ts';
import { releaseFunctions, runSearch } from '../../../lib/engine/engine.ts';
import { FolderStore } from '../../../lib/store/folder.ts';
import { AwsRefusal, BUCKET, executionOf, type FakeAws, fakeAws, MACHINE } from './aws.ts';

export const NAME = 'moons-run';
export const URI = `s3://${BUCKET}/runs/${NAME}/`;

/** More generations than one segment of the history holds. */
const SPEC = {
  preset: 'moons-a',
  seed: 7,
  task: { train: 100, test: 50 },
  search: { population: 10 },
  stop: { minGenerations: 70, maxGenerations: 70 },
};

export interface Cloud {
  readonly aws: FakeAws;
  /** A folder for the test's files. */
  folder: string;
  /** The small run's artifacts. */
  readonly artifacts: Map<string, Uint8Array>;
  /** Standard output and standard error of the test so far. */
  printed: string;
  complained: string;
  /** Puts the run's artifacts into the bucket, all but those that `without` matches. */
  upload(name: string, without?: RegExp): Promise<void>;
}

/** Runs the command line; gives the exit code. */
export const tombola = (...args: string[]) => main(['node', 'tombola', ...args]);

/** Starts AWS before the tests of a file, and makes the run. */
export function cloud(): Cloud {
  const artifacts = new Map<string, Uint8Array>();
  let aws: FakeAws | undefined;
  const here: Cloud = {
    /** There once the tests run. */
    get aws() {
      if (!aws) throw new Error('AWS is not started yet');
      return aws;
    },
    folder: '',
    artifacts,
    printed: '',
    complained: '',
    upload: async (name, without = /^$/) => {
      for (const [key, bytes] of artifacts) {
        if (!without.test(key)) await here.aws.put(`runs/${name}/${key}`, bytes);
      }
    },
  };

  beforeAll(async () => {
    aws = await fakeAws();
    here.folder = await mkdtemp(join(tmpdir(), 'tombola-'));
    const run = pathToFileURL(join(here.folder, 'local', '/')).href;
    await runSearch({ ...SPEC, run }, { workers: 0, name: NAME });
    await releaseFunctions();
    const store = new FolderStore(run);
    for (const key of await store.list('')) artifacts.set(key, await store.get(key));
  });

  afterAll(async () => {
    await aws?.stop();
    await rm(here.folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    here.printed = '';
    here.complained = '';
    here.aws.asked.splice(0);
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      here.printed += String(text);
      return true;
    });
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      here.complained += String(text);
      return true;
    });
  });

  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });
  return here;
}

/** An execution at work, as ListExecutions tells of it. */
export const listed = (name: string, executionArn = executionOf(name)) => ({
  ...{ name, executionArn, stateMachineArn: MACHINE, status: 'RUNNING', startDate: 1_795_000_000 },
});

/** Answers DescribeExecution: a list of answers per execution, the last of them for ever. */
export function executions(answers: Record<string, object[]>) {
  return (input: Record<string, unknown>) => {
    const arn = String(input.executionArn);
    const left = answers[arn];
    if (!left) throw new AwsRefusal('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    const [answer = {}] = left.length > 1 ? left.splice(0, 1) : left;
    return { executionArn: arn, stateMachineArn: MACHINE, startDate: 1_795_000_000, input: '{}', ...answer };
  };
}
