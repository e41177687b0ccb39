/** What is uploaded: the real bundles, made once for this file. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { runtimeFiles } from '../../../lib/aws/stack/runtime-files.ts';
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
