/** `npm run build:kernels`: compiles each kernel to WebAssembly and writes it into the kernel-binary.ts beside it. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Folders with a kernel/ and its kernel-binary.ts, and the name that it exports. */
export const KERNELS = [
  { folder: 'lib/base/philox', name: 'PHILOX_KERNEL' },
  { folder: 'lib/evaluation/flips', name: 'FLIP_KERNEL' },
] as const;
/** No relaxed SIMD, whose results differ between processors. */
const OPTIONS = ['-O3', '--runtime', 'stub', '--enable', 'simd', '--noAssert'];

/** The module of the kernel in `folder`; the same bytes wherever it is compiled with the locked version of the compiler. */
export async function compileKernel(folder: string): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [`${folder}/kernel/exports.ts`, '--baseDir', ROOT, '--outFile', 'kernel.wasm', ...OPTIONS],
    {
      readFile: (name) => readFile(`${ROOT}/${name}`, 'utf8').catch(() => null),
      writeFile: (_name, contents) => {
        if (contents instanceof Uint8Array) binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error || !binary) throw new Error(`the kernel of ${folder} does not compile:\n${stderr.toString()}`);
  return binary;
}

/** The module of TypeScript that holds the bytes under that name: text survives every bundler. */
export function moduleOf(name: string, binary: Uint8Array): string {
  const base64 = Buffer.from(binary).toString('base64');
  return `/** Made by \`npm run build:kernels\` from kernel/: not to be edited. */\nexport const ${name} =\n  '${base64}';\n`;
}

if (import.meta.main) {
  for (const { folder, name } of KERNELS)
    await writeFile(`${ROOT}/${folder}/kernel-binary.ts`, moduleOf(name, await compileKernel(folder)));
}
