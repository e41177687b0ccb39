/** Files of onnxruntime that esbuild cannot bundle: its JavaScript, and one platform's libraries. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Settings } from './settings.ts';

export const ONNXRUNTIME = 'onnxruntime-node';

/** A file or folder, and its path in the bundle's folder. */
export interface BundledFile {
  readonly from: string;
  readonly to: string;
}

/** The package has every platform's, 46 MB for Linux on x86_64; the function runs on one. */
export function runtimeFiles(architecture: Settings['architecture']): BundledFile[] {
  const { resolve } = createRequire(import.meta.url);
  const main = resolve(ONNXRUNTIME);
  const runtime = join(dirname(main), '..');
  const common = join(dirname(createRequire(main).resolve('onnxruntime-common')), '../..');
  const platform = `bin/napi-v6/linux/${architecture === 'arm64' ? 'arm64' : 'x64'}`;
  const parts = (folder: string, name: string, inside: readonly string[]) =>
    inside.map((path) => ({ from: join(folder, path), to: `node_modules/${name}/${path}` }));
  return [
    ...parts(runtime, ONNXRUNTIME, ['package.json', 'dist', platform]),
    ...parts(common, 'onnxruntime-common', ['package.json', 'dist/cjs']),
  ];
}
