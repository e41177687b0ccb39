/**
 * The package as users have it: packed, installed in an empty folder, and run by the Node of the system, from 20 on. The
 * examples of docs/how-to/library.md run there.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const exec = promisify(execFile);

/** Without the Node and the commands of this clone. */
const env: NodeJS.ProcessEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NODE|VITEST)/i.test(name))),
  PATH: (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter),
};

const packSchema = z.array(
  z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }),
);

let folder: string;
let packed: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tombola-'));
  const pack = ['pack', '--json', '--silent', '--pack-destination', folder];
  const { stdout } = await exec('npm', pack, { cwd: ROOT, maxBuffer: 2 ** 26 });
  const [told] = packSchema.parse(JSON.parse(stdout.slice(stdout.indexOf('['))));
  packed = told?.files.map(({ path }) => path) ?? [];
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const install = ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  const { stderr } = await exec('npm', [...install, join(folder, told?.filename ?? '')], {
    cwd: folder,
    env,
  });
  expect(stderr).not.toContain('EBADENGINE');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const inFolder = (command: string, ...args: string[]) => exec(command, args, { cwd: folder, env });

test('holds the command, the library and its types, and no more', () => {
  const others = packed.filter((path) => !/^(dist\/|bin\/tombola\.mjs$)/.test(path)).sort();
  expect(others).toEqual(['LICENSE', 'README.md', 'package.json']);
  const code = /^dist\/(bin|lambdas|lib|vendor)\/.*(\.js|\.asl\.json|\.csv\.gz|LICENSES\.txt)$/;
  const inDist = packed.filter((path) => path.startsWith('dist/') && !code.test(path));
  const declared = ['library', 'own', 'predict', 'run', 'search-options'].map(
    (name) => `dist/lib/library/${name}.d.ts`,
  );
  expect(inDist.sort()).toEqual(declared);
});

test('npx tombola searches, as in the clone', async () => {
  const [major = 0] = (await inFolder('node', '--version')).stdout.slice(1).split('.').map(Number);
  expect(major).toBeGreaterThanOrEqual(20);
  const run = ['run', 'moons-a', '--generations', '5', '--json', '--out'];
  const here = await inFolder('npx', '--no', '--', 'tombola', ...run, 'run', '--workers', '2');
  const clone = [join(ROOT, 'bin/tombola.ts'), ...run, join(folder, 'run-of-the-clone'), '--workers', '1'];
  await exec(process.execPath, clone);
  const ticketOf = (name: string) => readFile(join(folder, name, 'ticket.safetensors'));
  expect(await ticketOf('run')).toEqual(await ticketOf('run-of-the-clone'));
  expect(JSON.parse(here.stdout)).toMatchObject({ status: 'succeeded', generations: 5 });
  expect(await readFile(join(folder, 'run/report.html'), 'utf8')).toContain('<svg');
});

test('tombola serve has its page', async () => {
  const command = join(folder, 'node_modules/.bin/tombola');
  const child = spawn(command, ['serve'], { cwd: folder, env, detached: true });
  try {
    const [link]: unknown[] = await once(child.stdout, 'data');
    const { headers } = await fetch(String(link).trim());
    const cookie = headers.get('Set-Cookie')?.split(';')[0] ?? '';
    const script = await fetch(new URL('/page.js', String(link)), { headers: { Cookie: cookie } });
    expect([script.status, (await script.text()).length > 10_000]).toEqual([200, true]);
    const runs = await fetch(new URL('/api/runs', String(link)), { headers: { Cookie: cookie } });
    expect(await runs.json()).toMatchObject({ all: true });
  } finally {
    // Of a clone's launcher, too, what it started.
    if (child.pid !== undefined) process.kill(-child.pid);
  }
});

test('a program imports it: the examples of docs/how-to/library.md', async () => {
  const docs = await readFile(join(ROOT, 'docs/how-to/library.md'), 'utf8');
  const blocks = [...docs.matchAll(/<!-- tested(?:: (\S+))? -->\n```js\n(.*?)```/gs)];
  expect(blocks.map(([, name]) => name).filter(Boolean)).toEqual(['coin-flips.js', 'worst-recall.js']);
  const filed = Map.groupBy(blocks, ([, name = 'examples.js']) => name);
  for (const [name, parts] of filed)
    await writeFile(join(folder, name), parts.map(([, , code]) => code).join('\n'));
  const { stdout } = await inFolder('node', 'examples.js');
  expect(stdout).toMatch(/^stopped\nsucceeded true$/m);
  expect(stdout).toMatch(/^test 0\.\d+$/m);
  expect(stdout).toMatch(/^[01] \[ 0\.\d+, 0\.\d+ \]$/m);
  expect(stdout).toMatch(/^coin-flips 0\.\d+$/m);
  expect(stdout).toMatch(/^worst-recall 0\.\d+$/m);
});

test('its types tell a mistake', async () => {
  const lines = [
    "import { type OwnAlgorithm, type OwnObjective, search, type Run } from 'tombola-tickets';",
    "const run: Run = await search({ seed: 1 }, { out: 'a' });",
    'export const accuracy: number | undefined = run.summary?.testAccuracy;',
    'type Kept = { kept: Float64Array };',
    "export const own: OwnAlgorithm<Kept> = { name: 'a', start: ({ bits }) => ({ kept: new Float64Array(bits) }), ask: ({ kept }) => [Uint8Array.from(kept)] };",
    '// @ts-expect-error: a fitness is a number.',
    "export const objective: OwnObjective = { name: 'b', fitness: ({ labels }) => labels };",
    '// @ts-expect-error: the seed is a number.',
    "await search({ seed: 'one' });",
  ];
  await writeFile(join(folder, 'typed.ts'), lines.join('\n'));
  const tsc = join(ROOT, 'node_modules/typescript-7/bin/tsc');
  const options = [
    '--noEmit',
    '--strict',
    '--target',
    'es2022',
    '--lib',
    'es2022,dom',
    '--module',
    'nodenext',
  ];
  await exec(process.execPath, [tsc, ...options, '--types', '', 'typed.ts'], { cwd: folder });
});

test('without onnxruntime-node it says how to install it', async () => {
  await rm(join(folder, 'node_modules/onnxruntime-node'), { recursive: true });
  await expect(inFolder('npx', '--no', '--', 'tombola', '--version')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('npm install --ignore-scripts onnxruntime-node@1.30'),
  });
});
