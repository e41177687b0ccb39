/**
 * Feed-forward networks of any shape: what an ONNX model comes down to once it is read. Every value is float32 and has
 * the samples along its first axis; all shapes here are those of one sample, without that axis. What a model computes of
 * constants alone is folded, shapes and axes are in the operations, and what follows the logits is gone.
 */
import { group } from 'd3-array';
import type { Operation, WeightedOperator } from './operators/table.ts';

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
  /** Its name among the constants; a tensor that several nodes share is listed once. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Its first bit in a genome; its elements follow row-major, as they are stored. */
  readonly offset: number;
  readonly size: number;
  /** The node that uses it (the first one), and its operator. */
  readonly node: string;
  readonly op: WeightedOperator;
  /** Weights that flow into one unit (of a dense layer, or a channel's one position), and that flow out of one. */
  readonly fanIn: number;
  readonly fanOut: number;
  /** The constant that is added to its node's output, if there is one. */
  readonly bias: string | undefined;
}

export interface Graph {
  readonly input: string;
  /** For one sample, e.g. [1, 28, 28]; flat features fill it row-major. */
  readonly inputShape: readonly number[];
  /** The logits, shape [classes]. */
  readonly output: string;
  readonly classes: number;
  /** Names of the classes, where the model that it was read from has them. */
  readonly classNames?: readonly string[];
  /** In an order in which they can be computed; all of them are needed for the output. */
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<string, Constant>;
  /** The shape of one sample of every value: the input and each node's output. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** In the order of their first use: the order of a genome. */
  readonly prunable: readonly PrunableTensor[];
}

/** The length of a genome in bits. */
export function prunableBits(graph: Graph): number {
  return graph.prunable.reduce((sum, { size }) => sum + size, 0);
}

/** The nodes that read each value or constant, by its name; one that reads it twice is there twice. */
export function readersOf(nodes: readonly GraphNode[]): ReadonlyMap<string, readonly GraphNode[]> {
  const inputs = nodes.flatMap((node) => node.inputs.map((name) => ({ name, node })));
  const readers = [...group(inputs, ({ name }) => name)];
  return new Map(readers.map(([name, all]) => [name, all.map(({ node }) => node)]));
}

/** Whether two constants are the same numbers in the same shape. */
export function isSame(a: Constant, b: Constant): boolean {
  if (a.shape.join() !== b.shape.join()) return false;
  return a.data === b.data || a.data.every((value, index) => value === b.data[index]);
}
