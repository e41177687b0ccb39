/** Products with a matrix of weights: bias first, then the inputs, ascending; zeros and pruned weights are skipped. */
import { sizeOf } from '../tensor.ts';
import { type Call, describe, type Fixed, Refusal } from './call.ts';
import { besideSamples, expanded, mapped, reshaped } from './folding.ts';
import { type Kernel, keptOf, type Value, type Weight } from './kernel.ts';
import { check, withSamples } from './mismatch.ts';
import type { Layout, Operand, Site, WeightedRules } from './rules.ts';

/** Inputs x [inputs], weight [outputs, inputs] where `transB`, else [inputs, outputs], and, if there, bias [outputs]. */
export interface Gemm {
  readonly op: 'Gemm';
  readonly transB: boolean;
}

/** Inputs x […, inputs] and weight [outputs, inputs] where `transB`, else [inputs, outputs]. */
export interface MatMul {
  readonly op: 'MatMul';
  readonly transB?: boolean;
}

export const gemm: WeightedRules<Gemm> = {
  read: readGemm,
  shape({ transB }, operands) {
    const x = operands[0]?.shape ?? [];
    check(x.length === 1, () => `an input ${withSamples(x)}, not [N, inputs]`);
    return [outputsOf(x, operands, transB)];
  },
  layout: ({ transB }, site) => layoutOf(site, !transB),
  kernel: ({ transB }, { inputs, value, weight, output }) =>
    product(transB, value(0), weight(1), inputs[2] && value(2), output),
  blockedProduct: () => undefined,
  regrouped: (operation) => operation,
  biased: (operation) => operation,
  transposed: ({ transB }) => ({ op: 'Gemm', transB: !transB }),
  write: ({ transB }, { write }) => write({ transB: Number(transB) }),
};

export const matMul: WeightedRules<MatMul, Gemm> = {
  read(call) {
    const x = call.input(0);
    const weight = call.input(1);
    if (x.kind !== 'computed' || weight.kind !== 'fixed')
      throw new Refusal(
        `multiplies ${describe(x)} with ${describe(weight)}; a value times constant weights, in this order, is supported`,
      );
    return call.add({ op: 'MatMul' }, [x, weight]);
  },
  shape({ transB = false }, operands) {
    const x = operands[0]?.shape ?? [];
    check(x.length >= 1, () => `an input ${withSamples(x)}, not [N, …, inputs]`);
    return [...x.slice(0, -1), outputsOf(x, operands, transB)];
  },
  layout: ({ transB = false }, site) => layoutOf(site, !transB),
  kernel: ({ transB = false }, { value, weight, output }) =>
    product(transB, value(0), weight(1), undefined, output),
  blockedProduct: () => undefined,
  regrouped: (operation) => operation,
  biased: ({ transB = false }) => ({ op: 'Gemm', transB }),
  transposed: ({ transB = false }, { inputs: [x] }) =>
    x?.shape.length === 1 ? { op: 'Gemm', transB: !transB } : { op: 'MatMul', transB: !transB },
  write({ transB = false }, { inputs: [x = '', weight = ''], write, step }) {
    return write({}, [x, transB ? step('Transpose', [weight], 'transposed') : weight]);
  },
};

function layoutOf({ inputs: [x, weight] }: Site, inputsFirst: boolean): Layout {
  const [first = 0, second = 0] = weight?.shape ?? [];
  const [outputs, inputs] = inputsFirst ? [second, first] : [first, second];
  const sample = x?.shape ?? [];
  return {
    groups: 1,
    outputs,
    inputs,
    taps: 1,
    inputsFirst,
    outputStride: inputsFirst ? 1 : inputs,
    inputStride: inputsFirst ? outputs : 1,
    padded: false,
    ofChannels: sample.length === 1,
    before: sizeOf(sample) / inputs,
    after: 1,
    outputAfter: 1,
  };
}

function readGemm(call: Call<Gemm>) {
  const x = call.computed(0);
  const stored = call.fixed(1);
  if (call.flag('transA', false))
    throw new Refusal('transposes its input (transA), which mixes the samples; transA must be 0');
  const transB = call.flag('transB', false);
  const scaledBy = (fixed: Fixed, factor: number) =>
    factor === 1 ? fixed : mapped(fixed, (value) => value * factor);
  const weight = scaledBy(stored, call.float('alpha', 1));
  const beta = call.float('beta', 1);
  const outputs = weight.shape[transB ? 0 : 1] ?? 0;
  if (call.inputs[2] === undefined) return call.add({ op: 'Gemm', transB }, [x, weight]);
  call.model.spend(outputs);
  const bias = biasOf(call.fixed(2), outputs);
  return call.add({ op: 'Gemm', transB }, [x, weight, scaledBy(bias, beta)]);
}

/** A bias of that many elements: [M], [1, M] or one for all. */
function biasOf(fixed: Fixed, outputs: number): Fixed {
  const bias = besideSamples(fixed, 1);
  return expanded(bias.shape.length === 1 ? bias : reshaped(bias, [bias.data.length]), [outputs]);
}

function outputsOf(x: readonly number[], [, weight, bias]: readonly Operand[], transB: boolean): number {
  const { shape, constant } = weight ?? { shape: [], constant: false };
  check(constant && shape.length === 2, () => 'a second input that is not a constant of two axes');
  const [rows = 0, columns = 0] = transB ? shape.toReversed() : shape;
  check(rows === x.at(-1), () => `a weight [${shape.join(', ')}] for ${x.at(-1)} inputs`);
  checkBias(bias, columns);
  return columns;
}

export function checkBias(bias: Operand | undefined, outputs: number): void {
  if (bias === undefined) return;
  const { constant, shape } = bias;
  check(
    constant && shape.length === 1 && shape[0] === outputs,
    () => `a bias [${shape.join(', ')}] for ${outputs} outputs`,
  );
}

/** `transB`: the weight is stored [outputs, inputs], else [inputs, outputs]. Leading axes of x are rows. */
function product(transB: boolean, x: Value, weight: Weight, bias: Value | undefined, y: Value): Kernel {
  const [first = 0, second = 0] = weight.shape;
  const [outputs, inputs] = transB ? [first, second] : [second, first];
  const rows = x.data.length / inputs;
  const kept = keptOf(weight);
  const weights = weight.data;
  const places = new Int32Array(inputs);
  const to = y.data;
  const biases = bias?.data ?? new Float64Array(outputs);

  return (mask) => {
    const bytes = kept(mask);
    for (let row = 0; row < rows; row++) {
      const from = x.data.subarray(row * inputs, (row + 1) * inputs);
      let live = 0;
      for (let input = 0; input < inputs; input++) if (from[input] !== 0) places[live++] = input;
      const target = row * outputs;
      for (let output = 0; output < outputs; output++) to[target + output] = biases[output] ?? 0;
      if (transB) {
        for (let output = 0; output < outputs; output++) {
          let sum = to[target + output] ?? 0;
          for (let index = 0; index < live; index++) {
            const input = places[index] ?? 0;
            const at = output * inputs + input;
            if (bytes[at] === 1) sum += (weights[at] ?? 0) * (from[input] ?? 0);
          }
          to[target + output] = sum;
        }
      } else {
        for (let index = 0; index < live; index++) {
          const input = places[index] ?? 0;
          const value = from[input] ?? 0;
          const at = input * outputs;
          for (let output = 0; output < outputs; output++) {
            if (bytes[at + output] === 1)
              to[target + output] = (to[target + output] ?? 0) + (weights[at + output] ?? 0) * value;
          }
        }
      }
    }
  };
}
