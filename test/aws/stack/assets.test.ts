/** What is uploaded: the real bundles, made once for this file. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { runtimeFiles } from '../../../lib/aws/stack/runtime-files.ts';
import { searchStateSchema } from '../../../lib/workflow/payloads.ts';
import { prepare, search } from '../../lambdas/invoke.ts';
import { placeOf, SMALL_SPEC, temporaryFolder } from '../../steps/small-run.ts';
import { type Synthesized, synthesize } from './template.ts';

const MB = 1_000_000;

let synthesized: Synthesized;
beforeAll(async () => {
  synthesized = await synthesize({ bundle: true });
});

const codeSchema = z.object({ S3Key: z.string() });

function folderOf(place: string): string {
  const { Code } = synthesized.find('AWS::Lambda::Function', `${place}/Function`).properties;
  return join(synthesized.folder, `asset.${codeSchema.parse(Code).S3Key.replace('.zip', '')}`);
}

/** Path → bytes. */
function filesOf(place: string): Map<string, number> {
  const folder = folderOf(place);
  const paths = readdirSync(folder, { recursive: true }).map(String);
  const sizes = paths.map((path) => [path.replaceAll('\\', '/'), statSync(join(folder, path))] as const);
  return new Map(sizes.filter(([, stat]) => stat.isFile()).map(([path, stat]) => [path, stat.size]));
}

const sizeOf = (place: string) => [...filesOf(place).values()].reduce((sum, size) => sum + size, 0);

/** Packages that a bundle imports at run time. */
function importsOf(place: string): string[] {
  const bundle = readFileSync(join(folderOf(place), 'index.mjs'), 'utf8');
  const imports = new Set(
    [...bundle.matchAll(/\bfrom\s*["']([\w@./:-]+)["']/g)].map(([, name = '']) => name),
  );
  return [...imports].filter((name) => !isBuiltin(name));
}

const RUNTIME = 'node_modules/onnxruntime-node';

test.each([
  ['Steps/Prepare', 3 * MB],
  ['Steps/Select', 3 * MB],
  ['Inbox/Handler', 3 * MB],
  ['Sweeps/Plan', 3 * MB],
  ['Sweeps/Note', 3 * MB],
  ['Sweeps/Gather', 4 * MB],
  ['Steps/Evaluate', 55 * MB],
  ['Steps/Leap', 55 * MB],
  ['Steps/Train', 55 * MB],
  ['Steps/Finalize', 55 * MB],
])('%s is small: at most %i bytes unzipped', (place, most) => {
  expect(sizeOf(place)).toBeLessThanOrEqual(most);
});

test.each(['Steps/Evaluate', 'Steps/Leap', 'Steps/Train', 'Steps/Finalize'])(
  '%s carries onnxruntime for its platform alone',
  (place) => {
    const carried = [...filesOf(place).keys()].filter((path) => path.includes('/bin/'));
    expect(carried.sort()).toEqual([
      `${RUNTIME}/bin/napi-v6/linux/x64/libonnxruntime.so.1`,
      `${RUNTIME}/bin/napi-v6/linux/x64/onnxruntime_binding.node`,
    ]);
  },
);

test.each([
  ['Steps/Prepare', ['digits.csv.gz', 'index.mjs']],
  ['Steps/Select', ['index.mjs']],
  ['Inbox/Handler', ['index.mjs']],
  ['Sweeps/Plan', ['index.mjs']],
  ['Sweeps/Note', ['index.mjs']],
  ['Sweeps/Gather', ['index.mjs']],
])('%s carries %j and never asks for onnxruntime', (place, files) => {
  expect([...filesOf(place).keys()].sort()).toEqual(files);
  expect(importsOf(place)).not.toContain('onnxruntime-node');
});

test.each([
  ['Steps/Prepare', []],
  ['Steps/Evaluate', ['onnxruntime-node']],
  ['Steps/Select', []],
  ['Steps/Leap', ['onnxruntime-node']],
  ['Steps/Train', ['onnxruntime-node']],
  ['Steps/Finalize', ['onnxruntime-node']],
  ['Inbox/Handler', []],
  ['Sweeps/Plan', []],
  ['Sweeps/Note', []],
  ['Sweeps/Gather', []],
])('all that %s imports, the SDK too, is inside its bundle, but %j', (place, outside) => {
  expect(importsOf(place)).toEqual(outside);
});

/** Calls the handler of a bundle as a function of two vCPUs would; prints its answer, and how many threads were started. */
const CALL = `
import { subscribe } from 'node:diagnostics_channel';
let threads = 0;
subscribe('worker_threads', () => threads++);
const { handler } = await import(process.argv[1]);
const answer = await handler(JSON.parse(process.argv[2]), { functionName: 'f', awsRequestId: 'r', invokedFunctionArn: 'a' });
process.stdout.write('\\n' + JSON.stringify({ threads, answer }) + '\\n', () => process.exit(0));
`;

test('a leap on two vCPUs starts two threads from its own bundle, and ends as on one', async () => {
  const folder = await temporaryFolder();
  const evaluation = { maxConcurrency: 1, minChunkSeconds: 0 };
  const state = await prepare({ ...SMALL_SPEC, evaluation, run: placeOf(folder) });
  expect(state.leap).toBe(true);
  const bundle = pathToFileURL(join(folderOf('Steps/Leap'), 'index.mjs')).href;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', CALL, bundle, JSON.stringify(state)],
    {
      env: {
        ...process.env,
        AWS_LAMBDA_FUNCTION_NAME: 'leap',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '3538',
        TOMBOLA_RUNS: 'file:///tmp/tombola/runs/',
        POWERTOOLS_METRICS_NAMESPACE: 'test',
        POWERTOOLS_SERVICE_NAME: 'test',
      },
    },
  );
  const [last = ''] = stdout.trim().split('\n').slice(-1);
  const told = z.object({ threads: z.int(), answer: searchStateSchema }).parse(JSON.parse(last));
  expect(told).toMatchObject({ threads: 2, answer: { done: true, generation: 4 } });
  const other = await temporaryFolder();
  await search(await prepare({ ...SMALL_SPEC, run: placeOf(other) }));
  const [here, there] = [folder, other].map((one) => readFileSync(join(one, 'history/000000.json')));
  expect(here).toEqual(there);
});

test('each function is a bundle of its own', () => {
  const all = synthesized
    .ofType('AWS::Lambda::Function')
    .map(({ properties }) => codeSchema.parse(properties.Code));
  expect(new Set(all.map(({ S3Key }) => S3Key)).size).toBe(all.length);
});

test.each([
  ['x86_64', 'x64'],
  ['arm64', 'arm64'],
] as const)('for %s the runtime is that for linux/%s', (architecture, folder) => {
  const files = runtimeFiles(architecture);
  expect(files.filter(({ to }) => to.includes('/bin/'))).toEqual([
    { from: expect.any(String), to: `${RUNTIME}/bin/napi-v6/linux/${folder}` },
  ]);
  for (const { from } of files) expect(existsSync(from), from).toBe(true);
});
