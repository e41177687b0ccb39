/** Puts graph networks together: what follows from nodes and constants alone, shapes and prunable tensors, is found here. */
import {
  type Constant,
  type Graph,
  type GraphNode,
  type Operation,
  type PrunableTensor,
  sizeOf,
} from './graph.ts';
import { type OperandShape, outputShape } from './shapes.ts';

export interface Parts {
  readonly input: string;
  readonly inputShape: readonly number[];
  readonly output: string;
  /** In an order in which they can be computed. */
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<string, Constant>;
  /** Which weights may be pruned, by the names of the constants; all of them if absent. */
  readonly mayPrune?: (name: string) => boolean;
}

/** The inputs' shapes as `outputShape` takes them. */
export function operandsOf(
  { inputs }: GraphNode,
  shapes: ReadonlyMap<string, readonly number[]>,
  constants: ReadonlyMap<string, Constant>,
): OperandShape[] {
  return inputs.map((name) => {
    const constant = constants.get(name);
    return { shape: constant?.shape ?? shapes.get(name) ?? [], constant: constant !== undefined };
  });
}

/** The graph of these parts. Throws `ShapeMismatch` where a node does not fit its inputs. */
export function assembleGraph(parts: Parts): Graph {
  const { input, inputShape, output, nodes, constants, mayPrune = () => true } = parts;
  const shapes = new Map<string, readonly number[]>([[input, inputShape]]);
  for (const node of nodes) shapes.set(node.output, outputShape(node, operandsOf(node, shapes, constants)));
  return {
    input,
    inputShape,
    output,
    classes: sizeOf(shapes.get(output) ?? []),
    nodes,
    constants,
    shapes,
    prunable: prunableTensors(nodes, constants)
      .filter(({ name }) => mayPrune(name))
      .reduce(numbered, []),
  };
}

type Weighted = GraphNode & { readonly op: 'Conv' | 'Gemm' | 'MatMul' };

export function isWeighted(node: GraphNode): node is Weighted {
  return node.op === 'Conv' || node.op === 'Gemm' || node.op === 'MatMul';
}

function numbered(before: PrunableTensor[], tensor: PrunableTensor): PrunableTensor[] {
  const last = before.at(-1);
  before.push({ ...tensor, offset: last ? last.offset + last.size : 0 });
  return before;
}

/** All weights in the order of their first use, offsets still to be set. */
function prunableTensors(
  nodes: readonly GraphNode[],
  constants: ReadonlyMap<string, Constant>,
): PrunableTensor[] {
  const consumers = Map.groupBy(
    nodes.flatMap((node) => node.inputs.map((name) => ({ name, node }))),
    ({ name }) => name,
  );
  const found = new Map<string, PrunableTensor>();
  for (const node of nodes) {
    const [, name = '', third] = node.inputs;
    const shape = constants.get(name)?.shape;
    if (!isWeighted(node) || shape === undefined || found.has(name)) continue;
    const behind = consumers.get(node.output) ?? [];
    const add = behind.length === 1 && behind[0]?.node.op === 'Add' ? behind[0].node : undefined;
    const bias = third ?? add?.inputs.find((other) => constants.has(other));
    found.set(name, {
      name,
      shape,
      offset: 0,
      size: sizeOf(shape),
      node: node.name,
      op: node.op,
      ...fansOf(node, shape),
      bias,
    });
  }
  return [...found.values()];
}

function fansOf(operation: Operation, shape: readonly number[]): { fanIn: number; fanOut: number } {
  if (operation.op === 'Conv') {
    const [filters = 0, ...field] = shape;
    const kernel = sizeOf(field.slice(1));
    return { fanIn: sizeOf(field), fanOut: (filters / operation.group) * kernel };
  }
  const [rows = 0, columns = 0] = shape;
  return operation.op === 'Gemm' && operation.transB
    ? { fanIn: columns, fanOut: rows }
    : { fanIn: rows, fanOut: columns };
}
