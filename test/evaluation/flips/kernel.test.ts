import { describe, expect, it } from 'vitest';
import { openKernel } from '../../../lib/evaluation/flips/kernel.ts';
import { FLIP_KERNEL } from '../../../lib/evaluation/flips/kernel-binary.ts';

describe('the kernel of flips', () => {
  it.each([
    ['cut short', (bytes: Uint8Array) => bytes.subarray(0, bytes.length >> 1)],
    ['of other exports', () => Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)],
    ['empty', () => new Uint8Array()],
  ])('is refused when it is %s', (_, damage) => {
    const bytes = damage(Uint8Array.from(Buffer.from(FLIP_KERNEL, 'base64')));
    expect(() => openKernel(bytes)).toThrow(
      /kernel-binary\.ts\) is damaged: restore that file, or run npm run build:kernels/,
    );
  });
});
