import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { compileKernel, moduleOf } from '../../../bin/build-flips.ts';
import { openKernel } from '../../../lib/evaluation/flips/kernel.ts';
import { KERNEL_BASE64 } from '../../../lib/evaluation/flips/kernel-binary.ts';

describe('the kernel of flips', () => {
  it('is what its source compiles to', async () => {
    const file = new URL('../../../lib/evaluation/flips/kernel-binary.ts', import.meta.url);
    expect(await readFile(file, 'utf8')).toBe(moduleOf(await compileKernel()));
  });

  it.each([
    ['cut short', (bytes: Uint8Array) => bytes.subarray(0, bytes.length >> 1)],
    ['of other exports', () => Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)],
    ['empty', () => new Uint8Array()],
  ])('is refused when it is %s', (_, damage) => {
    const bytes = damage(Uint8Array.from(Buffer.from(KERNEL_BASE64, 'base64')));
    expect(() => openKernel(bytes)).toThrow(
      /kernel-binary\.ts\) is damaged: restore that file, or run npm run build:flips/,
    );
  });
});
