/** Axes in another order. */
import { stridedIndices, stridesOf } from '../tensor.ts';
import { describe, Refusal, rankOf } from './call.ts';
import { transposed } from './folding.ts';
import { check, withSamples } from './mismatch.ts';
import { moving } from './moves.ts';

/** `perm[0]` is 0: the samples' axis stays first. */
export interface Transpose {
  readonly op: 'Transpose';
  readonly perm: readonly number[];
}

export const transpose = moving<Transpose>({
  read(call) {
    const x = call.float32(0);
    const rank = rankOf(x);
    const perm = call.integers('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
    if (perm.length !== rank || perm.toSorted((a, b) => a - b).some((axis, index) => axis !== index))
      throw new Refusal(`perm [${perm.join(', ')}] of ${describe(x)}`);
    if (x.kind === 'fixed') {
      call.model.spend(x.data.length);
      return transposed(x, perm);
    }
    if (perm.every((axis, index) => axis === index)) return x;
    return call.add({ op: 'Transpose', perm: [...perm] }, [x]);
  },
  shape({ perm }, [x]) {
    const shape = x?.shape ?? [];
    const sorted = perm.toSorted((a, b) => a - b);
    check(
      perm.length === shape.length + 1 && perm[0] === 0 && sorted.every((axis, index) => axis === index),
      () => `perm [${perm.join(', ')}] for ${withSamples(shape)}; the samples' axis stays first`,
    );
    return perm.slice(1).map((axis) => shape[axis - 1] ?? 0);
  },
  places({ perm }, _, { inputs, shape }) {
    const strides = stridesOf(shape);
    const from = inputs[0]?.shape ?? [];
    const steps = from.map((__, axis) => strides[perm.indexOf(axis + 1) - 1] ?? 0);
    return stridedIndices(from, steps);
  },
  ties: ({ perm }) => (perm[1] === 1 ? 'each' : 'all'),
  write: ({ perm }, { write }) => write({ perm }),
});
