/**
 * The real stack, deployed by the real CDK command line to an emulator of AWS, runs searches; their tickets must be the
 * very bytes that the embedded engine makes of the same spec. Only the endpoint differs from a deployment to AWS.
 *
 * What the emulator cannot show, and where it is tested instead:
 * - IAM is not enforced: test/cloud asserts every role's actions and resources.
 * - Its functions lose the name of a thrown error, so a bad spec ends FAILED with another error name here; test/engine
 *   runs the same definition and asserts `InvalidSpec`.
 * - A Distributed Map runs in process: no child executions, no Map Run, no redrive; test/workflow counts its events.
 * - Architecture, memory, cold starts, throttling, lifecycle expiry, metrics and alarms: test/cloud asserts the template.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { runSearch } from '../../lib/engine/engine.ts';
import { InvalidSpec } from '../../lib/spec/errors.ts';
import { parseSpecText } from '../../lib/spec/parse.ts';
import * as keys from '../../lib/store/keys.ts';
import { openStore } from '../../lib/store/open.ts';
import { getIfThere } from '../../lib/store/store.ts';
import { continuedSchema, resultSchema, type SearchResult } from '../../lib/workflow/payloads.ts';
import { type Emulator, ROOT, startEmulator } from './emulator.ts';

const STACK = 'Tombola';
const WAIT = 120_000;

/** Small enough for a minute, large enough for several generations of several chunks. */
const SMALL = {
  task: { dataset: 'moons', train: 2_000, test: 500 },
  search: { population: 24 },
  stop: { minGenerations: 0, maxGenerations: 8, targetAccuracy: null },
  evaluation: { maxConcurrency: 3, minChunkSeconds: 0 },
};
const outputsSchema = z.object({
  [STACK]: z.object({ StateMachineArn: z.string(), Runs: z.string(), InboxUri: z.string() }),
});

let emulator: Emulator;
let stack: z.output<typeof outputsSchema>[typeof STACK];
let stepFunctions: SFNClient;

async function cdk(...args: string[]): Promise<void> {
  const env = { ...process.env, ...emulator.env };
  const output = join(emulator.folder, 'cdk.out');
  await promisify(execFile)('cdk', [...args, '--output', output], { cwd: ROOT, env, maxBuffer: 2 ** 26 });
}

beforeAll(async () => {
  emulator = await startEmulator();
  for (const [name, value] of Object.entries(emulator.env)) vi.stubEnv(name, value);
  const outputs = join(emulator.folder, 'outputs.json');
  await cdk('bootstrap');
  await cdk('deploy', '--require-approval', 'never', '--outputs-file', outputs);
  stack = outputsSchema.parse(JSON.parse(await readFile(outputs, 'utf8')))[STACK];
  stepFunctions = new SFNClient();
});

afterAll(async () => {
  stepFunctions?.destroy();
  await emulator?.stop();
});

/** Asks until there is an answer. */
async function eventually<Answer>(what: string, ask: () => Promise<Answer | undefined>): Promise<Answer> {
  for (const deadline = Date.now() + WAIT; Date.now() < deadline; ) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error(`${what}: nothing within ${WAIT / 1000} s; the emulator says:\n${await emulator.log()}`);
}

async function start(name: string, input: unknown): Promise<string> {
  const { executionArn } = await stepFunctions.send(
    new StartExecutionCommand({
      stateMachineArn: stack.StateMachineArn,
      name,
      input: JSON.stringify(input),
    }),
  );
  return executionArn ?? '';
}

async function end(executionArn: string): Promise<DescribeExecutionCommandOutput> {
  return eventually(executionArn, async () => {
    const found = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    return found.status === 'RUNNING' ? undefined : found;
  });
}

function outputOf({ status, output, cause }: DescribeExecutionCommandOutput): unknown {
  expect(cause).toBeUndefined();
  expect(status).toBe('SUCCEEDED');
  return JSON.parse(output ?? 'null');
}

/** What a run of that name leaves on this computer. */
async function locally(name: string, spec: object): Promise<{ ticket: Uint8Array; result: SearchResult }> {
  const folder = await mkdtemp(join(emulator.folder, 'local-'));
  try {
    const { href: run } = pathToFileURL(join(folder, name, '/'));
    const outcome = await runSearch({ ...spec, run }, { workers: 2, name });
    if (outcome.status !== 'succeeded') throw new Error('the local run was stopped');
    const ticket = await readFile(join(folder, name, keys.TICKET_MASK));
    return { ticket: new Uint8Array(ticket), result: outcome.result };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The run's ticket is, byte for byte, the one that the embedded engine makes of the same spec. */
async function expectTheSameAsLocally(name: string, spec: object, result: SearchResult): Promise<void> {
  const store = await openStore(result.run);
  const here = await locally(name, spec);
  expect(new Uint8Array(await store.get(keys.TICKET_MASK))).toEqual(here.ticket);
  const { run, ticket, report, ...figures } = result;
  expect(here.result).toMatchObject(figures);
  expect(run).toBe(`${stack.Runs}${name}/`);
  expect(ticket).toBe(`${run}${keys.TICKET}`);
  expect(report).toBe(`${run}${keys.REPORT}`);
  for (const key of [keys.TICKET, keys.SUMMARY, keys.HISTORY, keys.REPORT]) {
    expect((await store.get(key)).length, key).toBeGreaterThan(100);
  }
}

test.each([
  ['inline', SMALL],
  ['distributed', { ...SMALL, seed: 5, evaluation: { ...SMALL.evaluation, fanOut: 'distributed' } }],
])('a run with %s fan-out ends with the ticket of the embedded engine', async (name, spec) => {
  const result = resultSchema.parse(outputOf(await end(await start(name, spec))));
  await expectTheSameAsLocally(name, spec, result);
});

test('a run that is too long for one execution goes on in others', async () => {
  const spec = { ...SMALL, seed: 9, evaluation: { ...SMALL.evaluation, maxEvents: 150 } };
  let output = outputOf(await end(await start('long', spec)));
  let executions = 1;
  for (;;) {
    const continued = continuedSchema.safeParse(output);
    if (!continued.success) break;
    output = outputOf(await end(continued.data.successor));
    executions++;
  }
  expect(executions).toBeGreaterThan(1);
  await expectTheSameAsLocally('long', spec, resultSchema.parse(output));
});

test('a bad spec ends FAILED, with the message of the command line', async () => {
  const input = { preset: 'moons-z', seed: -1 };
  const { status, cause } = await end(await start('bad', input));
  expect(status).toBe('FAILED');
  const { message } = refusalOf(JSON.stringify(input), '');
  expect(JSON.parse(cause ?? '{}')).toMatchObject({ errorMessage: message });
});

function refusalOf(text: string, source: string): InvalidSpec {
  try {
    parseSpecText(text, source);
  } catch (error) {
    if (error instanceof InvalidSpec) return error;
  }
  throw new Error('the spec is good');
}

test('a spec dropped into the inbox starts a run', async () => {
  const spec = { ...SMALL, task: { dataset: 'digits', classes: 3 }, network: { layers: [64, 12, 3] } };
  await (await openStore(stack.InboxUri)).put('three digits.json', JSON.stringify(spec));
  const started = await eventually('inbox', async () => {
    const { executions = [] } = await stepFunctions.send(
      new ListExecutionsCommand({ stateMachineArn: stack.StateMachineArn }),
    );
    return executions.find(({ name }) => name?.startsWith('three-digits-'));
  });
  const result = resultSchema.parse(outputOf(await end(started.executionArn ?? '')));
  await expectTheSameAsLocally(started.name ?? '', spec, result);
});

test('a bad spec in the inbox is answered beside it, and the answer goes when it is mended', async () => {
  const inbox = await openStore(stack.InboxUri);
  const text = '{ "sed": 7,\n  "stop": { "maxGenerations": "many" } }';
  await inbox.put('typo.json', text);
  const answer = await eventually('the answer', () => getIfThere(inbox, 'typo.error.txt'));
  expect(Buffer.from(answer).toString()).toBe(`${refusalOf(text, 'typo.json').message}\n`);
  await inbox.put('typo.json', JSON.stringify({ ...SMALL, stop: { maxGenerations: 0, minGenerations: 0 } }));
  await eventually('the end of the answer', async () =>
    (await getIfThere(inbox, 'typo.error.txt')) === undefined ? true : undefined,
  );
});
