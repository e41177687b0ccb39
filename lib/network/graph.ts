/**
 * Feed-forward networks of any shape: what an ONNX model comes down to once it is read. Every value is float32 and has
 * the samples along its first axis; all shapes here are those of one sample, without that axis. What a model computes of
 * constants alone is folded, shapes and axes stand in the operations, and what follows the logits is gone.
 */

/** One operation: its ONNX operator and attributes, normalised. Axes count from the samples' axis, which is 0. */
export type Operation =
  /** Inputs x [C, …spatial], weight [M, C / group, …kernel] and, if there, bias [M]. `pads`: begins, then ends. */
  | {
      readonly op: 'Conv';
      readonly strides: readonly number[];
      readonly pads: readonly number[];
      readonly dilations: readonly number[];
      readonly group: number;
    }
  /** Inputs x [inputs], weight [outputs, inputs] where `transB`, else [inputs, outputs], and, if there, bias [outputs]. */
  | { readonly op: 'Gemm'; readonly transB: boolean }
  /** Inputs x […, inputs] and weight [inputs, outputs]. */
  | { readonly op: 'MatMul' }
  /** Two inputs with numpy's broadcasting; either may be a constant, whose shape has no axis for the samples. */
  | { readonly op: 'Add' | 'Sub' | 'Mul' | 'Div' | 'Max' | 'Min' | 'PRelu' }
  | {
      readonly op:
        | 'Relu'
        | 'Sigmoid'
        | 'Tanh'
        | 'HardSwish'
        | 'Softplus'
        | 'Softsign'
        | 'Erf'
        | 'Abs'
        | 'Neg'
        | 'Exp'
        | 'Log'
        | 'Sqrt'
        | 'Reciprocal';
    }
  | { readonly op: 'LeakyRelu' | 'Elu'; readonly alpha: number }
  | { readonly op: 'Selu'; readonly alpha: number; readonly gamma: number }
  | { readonly op: 'HardSigmoid'; readonly alpha: number; readonly beta: number }
  | { readonly op: 'Gelu'; readonly approximate: 'none' | 'tanh' }
  | { readonly op: 'Clip'; readonly min: number; readonly max: number }
  /** Inputs x [C, …], then constants scale, bias, mean, variance, each [C]. */
  | { readonly op: 'BatchNormalization'; readonly epsilon: number }
  | {
      readonly op: 'MaxPool' | 'AveragePool';
      readonly kernel: readonly number[];
      readonly strides: readonly number[];
      readonly pads: readonly number[];
      readonly dilations: readonly number[];
      /** Of an average: padding counts as zeros. */
      readonly countIncludePad: boolean;
    }
  | { readonly op: 'GlobalAveragePool' | 'GlobalMaxPool' }
  /** `axes` ≥ 1. */
  | {
      readonly op: 'ReduceMean' | 'ReduceSum' | 'ReduceMax';
      readonly axes: readonly number[];
      readonly keepdims: boolean;
    }
  /** `shape`: of one sample. Flatten, Squeeze and Unsqueeze too come down to it. */
  | { readonly op: 'Reshape'; readonly shape: readonly number[] }
  /** `perm[0]` is 0. */
  | { readonly op: 'Transpose'; readonly perm: readonly number[] }
  /** `axis` ≥ 1. */
  | { readonly op: 'Concat' | 'Softmax' | 'LogSoftmax'; readonly axis: number }
  /** `pads`: per axis of one sample, begins, then ends. */
  | { readonly op: 'Pad'; readonly pads: readonly number[]; readonly value: number };

export type Operator = Operation['op'];

export type GraphNode = Operation & {
  /** As the model calls it; what errors name. */
  readonly name: string;
  /** Names of values or constants, in the operator's order. */
  readonly inputs: readonly string[];
  readonly output: string;
};

export interface Constant {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A constant whose elements a mask can prune: a weight of Conv, Gemm or MatMul. */
export interface PrunableTensor {
  /** Its name among the constants; a tensor that several nodes share stands here once. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Its first bit in a genome; its elements follow row-major, as they are stored. */
  readonly offset: number;
  readonly size: number;
  /** The node that uses it (the first one), and its operator. */
  readonly node: string;
  readonly op: 'Conv' | 'Gemm' | 'MatMul';
  /** Weights that flow into one unit (a neuron, or a channel's one position), and that flow out of one. */
  readonly fanIn: number;
  readonly fanOut: number;
  /** The constant that is added to its node's output, if there is one. */
  readonly bias: string | undefined;
}

export interface Graph {
  readonly input: string;
  /** Of one sample, e.g. [1, 28, 28]; flat features fill it row-major. */
  readonly inputShape: readonly number[];
  /** The logits, shape [classes]. */
  readonly output: string;
  readonly classes: number;
  /** In an order in which they can be computed; all of them are needed for the output. */
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<string, Constant>;
  /** The shape of one sample of every value: the input and each node's output. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** In the order of their first use: the order of a genome. */
  readonly prunable: readonly PrunableTensor[];
}

/** Elements of a tensor of that shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The length of a genome in bits. */
export function prunableBits(graph: Graph): number {
  return graph.prunable.reduce((sum, { size }) => sum + size, 0);
}
