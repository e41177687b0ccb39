/** Dense layers in the one form that multilayer perceptrons have: Gemm, with weights stored by outputs. */
import { at } from '../base/at.ts';
import { type Constant, type Graph, type GraphNode, prunableBits, readersOf } from './graph.ts';
import { assembleGraph } from './graph-assembly.ts';

/** Where the bits of a genome are in another, which may have more. */
export interface Places {
  /** Per bit its place in the other genome. */
  readonly of: Int32Array;
  /** Bits of the other genome. */
  readonly bits: number;
}

export interface DenseByOutputs {
  readonly graph: Graph;
  /** Where the bits of the genome are in that graph's; undefined where they stay. */
  readonly places: Places | undefined;
}

/** A dense layer, and what becomes of its weight. */
interface Layer {
  readonly node: GraphNode;
  /** Nodes behind it that it takes over. */
  readonly taken: readonly GraphNode[];
  readonly weight: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly byInputs: boolean;
  /** A row of zeros goes in front. */
  readonly widened: boolean;
  readonly constants: ReadonlyMap<string, Constant>;
}

/**
 * The same network, where dense layers over features are Gemm with weights stored by outputs. Keras and scikit-learn have
 * a MatMul with weights stored by inputs, and an Add. And where the one score z of a binary classifier becomes the logits
 * 0 and z, the last layer gives both. Only the order of a sum differs: its bias may be added first instead of last.
 */
export function denseByOutputs(graph: Graph): DenseByOutputs {
  const readers = readersOf(graph.nodes);
  const layers = new Map<GraphNode, Layer>();
  for (const node of graph.nodes) {
    const layer = layerOf(graph, readers, node);
    if (layer) layers.set(node, layer);
  }
  const taken = new Set([...layers.values()].flatMap((layer) => layer.taken));
  const prunable = new Set(graph.prunable.map(({ name }) => name));
  const own = assembleGraph({
    ...graph,
    nodes: graph.nodes.filter((node) => !taken.has(node)).map((node) => layers.get(node)?.node ?? node),
    constants: new Map([graph, ...layers.values()].flatMap(({ constants }) => [...constants])),
    mayPrune: (name) => prunable.has(name),
  });
  return { graph: own, places: placesOf(graph, own, [...layers.values()]) };
}

type Readers = ReturnType<typeof readersOf>;

/** Undefined for other nodes, and for layers that share their weight or take rows of features. */
function layerOf(graph: Graph, readers: Readers, node: GraphNode): Layer | undefined {
  if (node.op !== 'Gemm' && node.op !== 'MatMul') return undefined;
  const [x = '', weight = '', bias] = node.inputs;
  const stored = graph.constants.get(weight);
  if (!stored || graph.shapes.get(x)?.length !== 1 || readers.get(weight)?.length !== 1) return undefined;
  const byInputs = node.transB !== true;
  const [outputs = 0, inputs = 0] = byInputs ? stored.shape.toReversed() : stored.shape;
  const taken: GraphNode[] = [];
  let [output, shift] = [node.output, bias];
  /** The constant that an operation alone combines the output with, if it has that shape. */
  const next = (op: 'Add' | 'Mul', size: number) => {
    const [only, ...others] = readers.get(output) ?? [];
    const name = only?.inputs.find((one) => one !== output) ?? '';
    const { shape = [] } = graph.constants.get(name) ?? {};
    const fits = only?.op === op && others.length === 0 && output !== graph.output;
    return fits && shape.length === 1 && shape[0] === size ? { node: only, name } : undefined;
  };
  const added = shift === undefined ? next('Add', outputs) : undefined;
  if (added) {
    taken.push(added.node);
    [output, shift] = [added.node.output, added.name];
  }
  const spread = outputs === 1 ? next('Mul', 2) : undefined;
  const widened = spread?.node.output === graph.output && isZeroOne(graph.constants.get(spread.name));
  const constants = new Map<string, Constant>();
  if (byInputs || widened) {
    const data = new Float32Array((widened ? 2 : outputs) * inputs);
    for (let index = 0; index < stored.data.length; index++) {
      data[placeIn({ inputs, outputs, byInputs, widened }, index)] = stored.data[index] ?? 0;
    }
    constants.set(weight, { shape: [data.length / inputs, inputs], data });
  }
  if (spread && widened) {
    taken.push(spread.node);
    const before = graph.constants.get(shift ?? '');
    output = spread.node.output;
    if (before) {
      shift = `${output}//bias`;
      constants.set(shift, { shape: [2], data: Float32Array.of(0, before.data[0] ?? 0) });
    }
  }
  const operands = [x, weight, ...(shift === undefined ? [] : [shift])];
  const rewritten: GraphNode = { op: 'Gemm', transB: true, name: node.name, inputs: operands, output };
  return { node: rewritten, taken, weight, inputs, outputs, byInputs, widened, constants };
}

function isZeroOne(constant: Constant | undefined): boolean {
  return constant?.data[0] === 0 && constant.data[1] === 1;
}

/** The place of a weight among those stored by outputs. */
function placeIn(
  { inputs, outputs, byInputs, widened }: Pick<Layer, 'inputs' | 'outputs' | 'byInputs' | 'widened'>,
  index: number,
): number {
  const place = byInputs ? (index % outputs) * inputs + Math.floor(index / outputs) : index;
  return widened ? inputs + place : place;
}

function placesOf(graph: Graph, own: Graph, layers: readonly Layer[]): Places | undefined {
  const changed = new Map(
    layers.filter(({ constants }) => constants.size > 0).map((layer) => [layer.weight, layer]),
  );
  if (changed.size === 0) return undefined;
  const of = new Int32Array(prunableBits(graph));
  for (const [tensor, { name, offset, size }] of graph.prunable.entries()) {
    const layer = changed.get(name);
    const start = at(own.prunable, tensor).offset;
    for (let index = 0; index < size; index++) {
      of[offset + index] = start + (layer ? placeIn(layer, index) : index);
    }
  }
  return { of, bits: prunableBits(own) };
}
