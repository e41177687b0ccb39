import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { compileKernel, KERNELS, moduleOf } from '../../bin/build-kernels.ts';

describe('the WebAssembly that is checked in', () => {
  it.each(KERNELS)('of $folder is what its source compiles to', async ({ folder, name }) => {
    const file = new URL(`../../${folder}/kernel-binary.ts`, import.meta.url);
    expect(await readFile(file, 'utf8')).toBe(moduleOf(name, await compileKernel(folder)));
  });
});
