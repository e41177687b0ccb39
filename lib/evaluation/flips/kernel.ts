/** The kernel: WebAssembly that is compiled from kernel/ and holds one network with its data in its memory. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { callable, openModule } from '../../base/kernel-module.ts';
import { FLIP_KERNEL } from './kernel-binary.ts';

const exportsSchema = z.object({
  memory: z.instanceof(WebAssembly.Memory),
  heapBase: callable<() => number>(),
  configure: callable<(plan: number) => void>(),
  configureStages: callable<(plan: number) => void>(),
  rebuild: callable<() => void>(),
  flipAll: callable<(count: number) => void>(),
  consider:
    callable<
      (
        layer: number,
        input: number,
        output: number,
        signed: number,
        blocks: number,
        perLoss: number,
        perWrong: number,
        limit: number,
        doubt: number,
      ) => number
    >(),
  countDoubts: callable<() => number>(),
  tally: callable<() => void>(),
});

export type FlipKernel = z.infer<typeof exportsSchema>;

const KERNEL = Buffer.from(FLIP_KERNEL, 'base64');

/** Names this build of the kernel: other builds may sum in another order. */
export const KERNEL_ID = createHash('sha256').update(KERNEL).digest('hex').slice(0, 16);

const MODULE = { of: 'flips', file: 'lib/evaluation/flips/kernel-binary.ts' };

/** A fresh instance; a network each. `bytes`: for tests of damaged ones. */
export function openKernel(bytes: Uint8Array = KERNEL): FlipKernel {
  return openModule(bytes, exportsSchema, MODULE);
}
