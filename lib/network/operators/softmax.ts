/** Softmax along an axis, or its logarithm. */
import { sizeOf } from '../tensor.ts';
import { axisIn, Refusal } from './call.ts';
import { varying } from './entries.ts';
import type { Kernel, Value } from './kernel.ts';
import { check, withSamples } from './mismatch.ts';
import { everything } from './reach.ts';
import { PLAIN, type PlainRules } from './rules.ts';

type SoftmaxOperator = 'Softmax' | 'LogSoftmax';

/** `axis` ≥ 1: that of the samples is 0. */
export interface Softmax<Op extends SoftmaxOperator = SoftmaxOperator> {
  readonly op: Op;
  readonly axis: number;
}

/** Operator set from which Softmax works along one axis; before, along all from that one on. */
const ONE_AXIS = 13;

function softmax<Op extends SoftmaxOperator>(op: Op): PlainRules<Softmax<Op>> {
  return {
    ...PLAIN,
    read(call) {
      const x = call.computed(0);
      const one = call.model.operatorSet >= ONE_AXIS;
      const axis = axisIn(call.integer('axis', one ? -1 : 1), x.shape.length + 1);
      if (axis === 0)
        throw new Refusal('runs along axis 0, the axis of the samples; samples must not be combined');
      if (!one && sizeOf(x.shape.slice(axis)) !== 1)
        throw new Refusal(
          `runs along all axes of ${withSamples(x.shape)} from ${axis}; only the last one is supported`,
        );
      return call.add({ op, axis }, [x]);
    },
    shape({ axis }, [x]) {
      const shape = x?.shape ?? [];
      check(axis >= 1 && axis <= shape.length, () => `axis ${axis} of ${withSamples(shape)}`);
      return [...shape];
    },
    kernel: ({ axis }, { value, output }) => along(axis - 1, op === 'LogSoftmax', value(0), output),
    known: (_, { shape }) => varying(sizeOf(shape)),
    reach: everything,
    ties: ({ axis }) => (axis === 1 ? 'all' : 'each'),
    write: ({ axis }, { write }) => write({ axis }),
  };
}

export const SOFTMAXES = { Softmax: softmax('Softmax'), LogSoftmax: softmax('LogSoftmax') };

/** `axis`: of one sample. */
function along(axis: number, logarithm: boolean, x: Value, y: Value): Kernel {
  const size = x.shape[axis] ?? 1;
  const inner = sizeOf(x.shape.slice(axis + 1));
  const outer = sizeOf(x.shape.slice(0, axis));
  const from = x.data;
  const to = y.data;
  return () => {
    for (let row = 0; row < outer; row++) {
      for (let column = 0; column < inner; column++) {
        const start = row * size * inner + column;
        const end = start + size * inner;
        let largest = Number.NEGATIVE_INFINITY;
        for (let at = start; at < end; at += inner) largest = Math.max(largest, from[at] ?? 0);
        let sum = 0;
        for (let at = start; at < end; at += inner) {
          const power = Math.exp((from[at] ?? 0) - largest);
          to[at] = power;
          sum += power;
        }
        const total = Math.log(sum);
        for (let at = start; at < end; at += inner) {
          to[at] = logarithm ? (from[at] ?? 0) - largest - total : (to[at] ?? 0) / sum;
        }
      }
    }
  };
}
