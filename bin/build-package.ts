/**
 * `npm pack`: makes dist/, which the package holds in place of the TypeScript: every file by itself as JavaScript for Node
 * 20, at the same place, so that files which are found by their place (threads, handlers, data) are; the library's types;
 * and packages that ask for a newer Node, bundled.
 */
import { cp, glob, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle, type Plugin, transform } from 'esbuild';
import { z } from 'zod';
import { bundlePage } from '../lib/serve/bundle.ts';
import { libraryDeclarations } from './declarations.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = ['bin/tombola.ts', 'lambdas/*.ts', 'lib/**/*.ts'];
/** Files beside the code that it reads. */
const DATA = ['lib/**/*.asl.json', 'lib/**/*.gz'];
/**
 * The stack is deployed from a clone, and nothing but it tells of runs by SNS; kernels are AssemblyScript, and
 * their modules are in kernel-binary.ts; the page's script is bundled.
 */
const LEFT_OUT =
  /^(lib\/(aws\/stack|base\/philox\/kernel|evaluation\/flips\/kernel|serve\/page)\/|lambdas\/notice\.ts$)/;
/** The page of `tombola serve`, as browsers take it. */
const PAGE = ['lib/serve/page/main.tsx', 'lib/serve/page.js'] as const;
const VERSION_FILE = 'lib/version.ts';

/** Packages that ask for Node 22 or newer, though they need little of it; npm would warn of each, and other installers refuse. */
const BUNDLED = ['@commander-js/extra-typings', '@middy/core', 'aws-local-stepfunctions'];
const IMPORT_OF_BUNDLED = new RegExp(`(\\bfrom |\\bimport\\()'(${BUNDLED.join('|')})'`, 'g');
const WITH_RESOLVERS = `export function withResolvers() {
  let resolve, reject;
  const promise = new Promise((...settle) => { [resolve, reject] = settle; });
  return { promise, resolve, reject };
}`;
/** aws-local-stepfunctions brings a client of Lambda for states without a handler; the engine has one for each. */
const NO_CLIENT = `export class LambdaClient {}
export class InvokeCommand {}
export const fromCognitoIdentityPool = undefined;`;

const manifestSchema = z.object({ version: z.string(), license: z.string() });

/** Names of files in imports and in URLs that are relative to their file. */
const OWN_FILE = /(\bfrom |\bimport |\bimport\(|\bnew URL\()(['`])(\.{0,2}[^'`\n]*)\.ts\2/g;

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}

async function build(to: string): Promise<void> {
  const out = (file: string) => join(to, file);
  await rm(to, { recursive: true, force: true });
  for await (const file of glob(DATA, { cwd: ROOT })) await cp(join(ROOT, file), out(file));
  for await (const file of glob(SOURCES, { cwd: ROOT })) {
    if (!LEFT_OUT.test(file)) await compile(file, out(file));
  }
  const [page, script] = PAGE;
  await writeFile(out(script), await bundlePage(join(ROOT, page)));
  await bundlePackages(out('vendor'));
  for (const [file, text] of await libraryDeclarations(ROOT)) await writeFile(out(file), text);
}

async function compile(file: string, to: string): Promise<void> {
  const { code } = await transform(await sourceOf(file), {
    loader: 'ts',
    format: 'esm',
    target: 'node20',
    sourcefile: file,
  });
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to.replace(/\.ts$/, '.js'), code);
}

async function sourceOf(file: string): Promise<string> {
  if (file === VERSION_FILE) {
    const { version } = manifestSchema.parse(await readJson(join(ROOT, 'package.json')));
    return `export const VERSION = ${JSON.stringify(version)};\n`;
  }
  const text = await readFile(join(ROOT, file), 'utf8');
  const up = relative(dirname(file), 'vendor');
  return text
    .replaceAll(OWN_FILE, '$1$2$3.js$2')
    .replaceAll(IMPORT_OF_BUNDLED, (_, before: string, name: string) => `${before}'${up}/${name}.js'`);
}

const replacements: Plugin = {
  name: 'replacements',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^@aws-sdk\// }, ({ path }) => ({ path, namespace: 'no-client' }));
    onLoad({ filter: /.*/, namespace: 'no-client' }, () => ({ contents: NO_CLIENT }));
    onResolve({ filter: /^with-resolvers$/ }, ({ path }) => ({ path, namespace: 'with-resolvers' }));
    onLoad({ filter: /.*/, namespace: 'with-resolvers' }, () => ({ contents: WITH_RESOLVERS }));
  },
};

/** Bundles each of them into a file, and writes the licences of all that is in these files. */
async function bundlePackages(to: string): Promise<void> {
  const { metafile } = await bundle({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(BUNDLED.map((name) => [name, name])),
    outdir: to,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    define: { 'Promise.withResolvers': 'withResolvers' },
    inject: ['with-resolvers'],
    plugins: [replacements],
    // Packages of CommonJS among them require modules of Node.
    banner: {
      js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
    },
    metafile: true,
    logLevel: 'error',
  });
  const folders = new Set(
    Object.keys(metafile.inputs).flatMap(
      (file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [],
    ),
  );
  const licences: string[] = [];
  for (const folder of [...folders].sort()) {
    const { license } = manifestSchema.parse(await readJson(join(ROOT, folder, 'package.json')));
    const [file] = (await readdir(join(ROOT, folder))).filter((name) => /^licen[sc]e/i.test(name));
    const text = file ? await readFile(join(ROOT, folder, file), 'utf8') : 'It comes without a text of it.';
    licences.push(`${folder.split('node_modules/').at(-1)}: ${license}\n\n${text.trim()}\n`);
  }
  await writeFile(join(to, 'LICENSES.txt'), licences.join(`\n${'-'.repeat(80)}\n\n`));
}

await build(join(ROOT, 'dist'));
