/** How large each function's asset is, and how long a fresh process takes to import its handler: the cold start's part. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { createApp } from '../lib/aws/stack/app.ts';

export interface ColdImport {
  readonly function: string;
  /** Size of the unzipped asset. */
  readonly megabytes: number;
  /** One per round. */
  readonly milliseconds: number[];
}

const cdkSchema = z.object({ context: z.record(z.string(), z.unknown()) });
const functionSchema = z.object({
  Properties: z.object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) }),
  Metadata: z.object({ 'aws:cdk:path': z.string(), 'aws:asset:path': z.string() }),
});

const IMPORT = `
  const began = performance.now();
  await import(process.argv[1]);
  console.log(performance.now() - began);
`;

/** Bundles the functions as a deployment does, and imports each `rounds` times, in turns. */
export async function measureColdImports(rounds: number): Promise<ColdImport[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tombola-bundles-'));
  try {
    const { context } = cdkSchema.parse(
      JSON.parse(await readFile(new URL('../cdk.json', import.meta.url), 'utf8')),
    );
    const metadata = { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true };
    const { app, stack } = createApp({ outdir: folder, context: { ...context, ...metadata } });
    const template = z
      .object({ Resources: z.record(z.string(), z.looseObject({ Type: z.string() })) })
      .parse(app.synth().getStackByName(stack.stackName).template);
    const functions = Object.values(template.Resources)
      .filter(({ Type }) => Type === 'AWS::Lambda::Function')
      .map((resource) => functionSchema.parse(resource));
    const measured = await Promise.all(
      functions.map(async ({ Metadata, Properties }) => {
        const asset = join(folder, Metadata['aws:asset:path']);
        // Tombola/Steps/Prepare/Function/Resource, Tombola/Inbox/Handler/Function/Resource
        const [, part = '', name = part] = Metadata['aws:cdk:path'].split('/');
        return {
          function: part === 'Steps' ? name : part,
          megabytes: (await sizeOf(asset)) / 1e6,
          milliseconds: [] as number[],
          asset,
          variables: Object.keys(Properties.Environment.Variables),
        };
      }),
    );
    for (let round = 0; round < rounds; round++) {
      for (const { asset, variables, milliseconds } of measured) {
        milliseconds.push(await importOnce(asset, variables));
      }
    }
    return measured.map(({ asset: _asset, variables: _variables, ...rest }) => rest);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function importOnce(asset: string, variables: readonly string[]): Promise<number> {
  const places = variables.map((name) => [name, 's3://bucket/folder/'] as const);
  const env = {
    ...process.env,
    ...Object.fromEntries(places),
    AWS_LAMBDA_FUNCTION_NAME: 'measured',
    AWS_REGION: 'us-east-1',
  };
  const { href } = pathToFileURL(join(asset, 'index.mjs'));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', IMPORT, href],
    {
      env,
    },
  );
  return Number(stdout);
}

async function sizeOf(folder: string): Promise<number> {
  const paths = await readdir(folder, { recursive: true });
  const stats = await Promise.all(paths.map((path) => stat(join(folder, path))));
  return stats.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
}
