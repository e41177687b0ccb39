/** All operators of a graph: a line each, or for a family of them. */
import { batchNormalization } from './batch-normalization.ts';
import type { Call, Condition, Readable } from './call.ts';
import { concat } from './concat.ts';
import { conv } from './conv.ts';
import { gemm, matMul } from './dense.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { localResponseNormalization } from './local-response-normalization.ts';
import { pad } from './pad.ts';
import { PAIRS } from './pairs.ts';
import { POOLS } from './pools.ts';
import { REDUCTIONS } from './reductions.ts';
import { reshape } from './reshape.ts';
import type { Rules } from './rules.ts';
import { SOFTMAXES } from './softmax.ts';
import { transpose } from './transpose.ts';

export const OPERATORS = {
  Conv: conv,
  Gemm: gemm,
  MatMul: matMul,
  BatchNormalization: batchNormalization,
  LRN: localResponseNormalization,
  Reshape: reshape,
  Transpose: transpose,
  Concat: concat,
  Pad: pad,
  ...ELEMENTWISE,
  ...PAIRS,
  ...POOLS,
  ...REDUCTIONS,
  ...SOFTMAXES,
};

type OperationOf<R> = R extends { shape(operation: infer O, ...rest: never[]): unknown } ? O : never;

/** One operation: its ONNX operator and attributes, normalised. Axes count from the samples' axis, which is 0. */
export type Operation = OperationOf<(typeof OPERATORS)[keyof typeof OPERATORS]>;

/** Operators that take a weight, which masks prune. */
export type WeightedOperator = {
  [Op in Operation['op']]: (typeof OPERATORS)[Op] extends { readonly layout: unknown } ? Op : never;
}[Operation['op']];

/** Reads one operator of ONNX. Throws `Refusal`. */
export type Reader = (call: Call<Operation>) => Readable | Condition;

/** The rules of an operation. */
export function rulesOf({ op }: Operation): Rules<Operation> {
  return OPERATORS[op];
}
