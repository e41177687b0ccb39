/** Bundles the page's script: in a clone when it is asked for first, in a package when that is built. */
import { build } from 'esbuild';

/** The script as browsers take it, of all that it imports. */
export async function bundlePage(source: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [source],
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'inline',
    logLevel: 'silent',
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`${source}: esbuild wrote nothing`);
  return file.text;
}
