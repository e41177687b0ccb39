/** The stack, deployed to an emulator for the tests of this folder, and what they do with it. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { z } from 'zod';
import { runSearch } from '../../lib/engine/engine.ts';
import * as keys from '../../lib/store/keys.ts';
import type { SearchResult } from '../../lib/workflow/payloads.ts';
import { tombola } from '../cli/command.ts';
import { type Emulator, RECORDER, ROOT, startEmulator } from './emulator.ts';

export const STACK = 'Tombola';
/** A bucket that is not the stack's, and that its runs may read. */
export const DATA_BUCKET = 'their-data';
const WAIT = 120_000;

/** Small enough for a minute, large enough for several generations of several chunks. */
export const SMALL = {
  task: { dataset: 'moons', train: 2_000, test: 500 },
  search: { population: 24 },
  stop: { minGenerations: 0, maxGenerations: 8, targetAccuracy: null },
  evaluation: { maxConcurrency: 3, minChunkSeconds: 0 },
};
const outputsSchema = z.object({
  [STACK]: z.object({
    StateMachineArn: z.string(),
    SweepMachineArn: z.string(),
    Runs: z.string(),
    SweepsUri: z.string(),
    InboxUri: z.string(),
  }),
});

export let emulator: Emulator;
export let stack: z.output<typeof outputsSchema>[typeof STACK];
export let stepFunctions: SFNClient;

async function cdk(...args: string[]): Promise<void> {
  // What the CDK asks of AWS is not noted.
  const env = { ...process.env, ...emulator.env, NODE_OPTIONS: '' };
  const output = join(emulator.folder, 'cdk.out');
  await promisify(execFile)('cdk', [...args, '--output', output], { cwd: ROOT, env, maxBuffer: 2 ** 26 });
}

/** Deploys before the tests of a file. */
export function deployed(): void {
  beforeAll(async () => {
    emulator = await startEmulator();
    for (const [name, value] of Object.entries(emulator.env)) vi.stubEnv(name, value);
    const outputs = join(emulator.folder, 'outputs.json');
    await cdk('bootstrap');
    const choices = ['--context', `dataBuckets=${DATA_BUCKET}`];
    await cdk('deploy', '--require-approval', 'never', '--outputs-file', outputs, ...choices);
    stack = outputsSchema.parse(JSON.parse(await readFile(outputs, 'utf8')))[STACK];
    stepFunctions = new SFNClient();
  });

  afterAll(async () => {
    stepFunctions?.destroy();
    await emulator?.stop();
  });
}

/** Asks until there is an answer. */
export async function eventually<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer> {
  for (const deadline = Date.now() + WAIT; Date.now() < deadline; ) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error(`${what}: nothing within ${WAIT / 1000} s; the emulator says:\n${await emulator.log()}`);
}

export async function start(
  name: string,
  input: unknown,
  stateMachineArn = stack.StateMachineArn,
): Promise<string> {
  const { executionArn } = await stepFunctions.send(
    new StartExecutionCommand({
      stateMachineArn,
      name,
      input: JSON.stringify(input),
    }),
  );
  return executionArn ?? '';
}

export async function end(executionArn: string): Promise<DescribeExecutionCommandOutput> {
  return eventually(executionArn, async () => {
    const found = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    return found.status === 'RUNNING' ? undefined : found;
  });
}

export function outputOf({ status, output, cause }: DescribeExecutionCommandOutput): unknown {
  expect(cause).toBeUndefined();
  expect(status).toBe('SUCCEEDED');
  return JSON.parse(output ?? 'null');
}

export const TICKETS = [keys.TICKET, keys.TICKET_MINIMISED, keys.TICKET_MASK];

/** The tickets and the result of a run of that name on this computer. */
export async function locally(
  name: string,
  spec: object,
): Promise<{ tickets: Buffer[]; result: SearchResult }> {
  const folder = await mkdtemp(join(emulator.folder, 'local-'));
  try {
    const { href: run } = pathToFileURL(join(folder, name, '/'));
    const outcome = await runSearch({ ...spec, run }, { workers: 2, name });
    if (outcome.status !== 'succeeded') throw new Error('the local run was stopped');
    return { tickets: await readTickets(join(folder, name)), result: outcome.result };
  } finally {
    await rm(folder, { recursive: true });
  }
}

export function readTickets(folder: string): Promise<Buffer[]> {
  return Promise.all(TICKETS.map((key) => readFile(join(folder, key))));
}

/** `tombola …args --json` in the emulator's folder: what it prints. */
export async function command(...args: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await tombola([...args, '--json'], {
    cwd: emulator.folder,
    execArgv: [`--import=${RECORDER}`],
  });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}
