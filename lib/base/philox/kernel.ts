/** Uniform numbers of a stream for whole arrays, by SIMD: the same bits as Random.uniform(), several times as fast. */
import { z } from 'zod';
import { callable, openModule } from '../kernel-module.ts';
import { PHILOX_KERNEL } from './kernel-binary.ts';

const exportsSchema = z.object({
  memory: z.instanceof(WebAssembly.Memory),
  capacity: callable<() => number>(),
  address: callable<() => number>(),
  fill: callable<
    (
      block: number,
      blocks: number,
      individual: number,
      generation: number,
      key0: number,
      key1: number,
    ) => void
  >(),
});

const MODULE = { of: 'random numbers', file: 'lib/base/philox/kernel-binary.ts' };

let opened:
  | { readonly fill: z.output<typeof exportsSchema>['fill']; readonly numbers: Float64Array }
  | undefined;

function kernel() {
  if (opened) return opened;
  const { memory, capacity, address, fill } = openModule(
    Buffer.from(PHILOX_KERNEL, 'base64'),
    exportsSchema,
    MODULE,
  );
  opened = { fill, numbers: new Float64Array(memory.buffer, address(), capacity()) };
  return opened;
}

/** The words of a Philox counter and key that are the same throughout a stream. */
export interface StreamWords {
  readonly individual: number;
  readonly generation: number;
  readonly key0: number;
  readonly key1: number;
}

/** Writes the numbers of blocks `block`, `block` + 1 … over all of `into`, which holds two a block. Returns how many blocks those are. */
export function fillUniform(
  into: Float32Array | Float64Array,
  block: number,
  { individual, generation, key0, key1 }: StreamWords,
): number {
  const { fill, numbers } = kernel();
  for (let done = 0; done < into.length; done += numbers.length) {
    const count = Math.min(numbers.length, into.length - done);
    fill(block + done / 2, count / 2, individual, generation, key0, key1);
    into.set(numbers.subarray(0, count), done);
  }
  return into.length / 2;
}
