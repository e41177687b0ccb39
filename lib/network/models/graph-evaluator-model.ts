/**
 * The evaluator graph for graph networks: the forward pass of one individual over any number of samples, its masked weights
 * as inputs. Only what masks change is in it: it starts from the values between (graph-folding.ts), which are computed
 * once. Convolutions are blocked (blocked-nodes.ts) where onnxruntime can do so.
 *
 * It ends at the logits. There are so few of them for so much arithmetic that JavaScript reads predictions and losses off
 * them in no time; for the small multilayer perceptrons of general-model.ts that would take as long as the forward pass.
 */
import { type Constant, type Graph, type GraphNode, type PrunableTensor, readersOf } from '../graph.ts';
import { type Layouts, layoutsOf } from '../onnx/blocked-nodes.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { addNode } from '../onnx/nodes.ts';
import { type BlockedWeight, ordered } from '../operators/blocked.ts';
import { weightedRulesOf } from '../site.ts';
import { sizeOf } from '../tensor.ts';
import type { CutGraph } from './graph-folding.ts';

/** An input that takes the masked weights of one prunable tensor. */
export interface WeightInput {
  readonly name: string;
  readonly dims: readonly number[];
  readonly tensor: PrunableTensor;
  /** As the tensor is stored. */
  readonly weights: Float32Array;
  /** Where each of them goes, zeros between; in their order if absent. */
  readonly places: Int32Array | undefined;
}

/** Name of the input or output of the models that holds a value of the graph. */
export function nameOfValue(name: string): string {
  return `value/${name}`;
}

/**
 * The model of what comes after. Inputs: the values between, `value/NAME` float32 [N, …shape], and the weights. Output: `logits` float32 [N, …],
 * a row of them per sample. `graph`: normalizations folded; `block`: channels a block, 1: none.
 */
export function buildGraphEvaluatorModel(graph: Graph, { after, between }: CutGraph, block: number) {
  const builder = new GraphBuilder();
  const writer = new Writer(builder, graph, block);
  for (const name of between) writer.take(name);
  const readers = readersOf(after);
  const fused = new Set<GraphNode>();
  for (const node of after) {
    if (fused.has(node)) continue;
    const [next, ...others] = readers.get(node.output) ?? [];
    const relu = next?.op === 'Relu' && others.length === 0 && node.output !== graph.output;
    if (writer.write(node, relu ? next : undefined) && next) fused.add(next);
  }
  builder.node('Identity', [writer.plain(graph.output)], 'logits');
  builder.output('logits', 'float32', ['N', ...(graph.shapes.get(graph.output) ?? [])]);
  return { bytes: builder.build('graph'), weights: writer.weights };
}

/** The model of what no mask changes: inputs and outputs are values, `value/NAME` float32 [N, …shape]. */
export function buildPrefixModel(graph: Graph, { before, between }: CutGraph): Uint8Array {
  const builder = new GraphBuilder();
  const writer = new Writer(builder, graph, 1);
  writer.take(graph.input);
  for (const node of before) writer.write(node, undefined);
  for (const name of between) {
    if (name === graph.input) continue;
    builder.output(nameOfValue(name), 'float32', ['N', ...(graph.shapes.get(name) ?? [])]);
  }
  return builder.build('prefix');
}

class Writer {
  readonly weights: WeightInput[] = [];
  readonly #builder: GraphBuilder;
  readonly #graph: Graph;
  readonly #block: number;
  readonly #layouts: Layouts;
  readonly #prunable: ReadonlyMap<string, PrunableTensor>;
  readonly #constants = new Set<string>();

  constructor(builder: GraphBuilder, graph: Graph, block: number) {
    this.#builder = builder;
    this.#graph = graph;
    this.#block = block;
    this.#layouts = layoutsOf(builder, graph, block, nameOfValue);
    this.#prunable = new Map(graph.prunable.map((tensor) => [tensor.name, tensor]));
  }

  /** A value as an input of the model. */
  take(name: string): void {
    this.#builder.input(nameOfValue(name), 'float32', ['N', ...(this.#graph.shapes.get(name) ?? [])]);
    this.#layouts.define(name);
  }

  plain(name: string): string {
    return this.#layouts.plain(name);
  }

  /** Writes a node, and the Relu after it if one operator does both; returns whether it did. */
  write(node: GraphNode, relu: GraphNode | undefined): boolean {
    if (this.#multiplyBlocked(node, relu)) return relu !== undefined;
    if (this.#layouts.continue(node)) return false;
    const operands = node.inputs.map((name, index) => {
      const constant = this.#graph.constants.get(name);
      if (!constant) return this.plain(name);
      return index === 1 && weightedRulesOf(node)
        ? this.#weight(name, constant)
        : this.#constant(name, constant);
    });
    const names = new Map(node.inputs.map((name, index) => [name, operands[index] ?? '']));
    addNode(this.#builder, node, (name) => names.get(name) ?? nameOfValue(name));
    this.#layouts.define(node.output);
    return false;
  }

  #multiplyBlocked(node: GraphNode, relu: GraphNode | undefined): boolean {
    const [x = '', name = '', bias] = node.inputs;
    const constant = this.#graph.constants.get(name);
    const blocked = constant && weightedRulesOf(node)?.blockedProduct(node, constant.shape, this.#block);
    if (!blocked) return false;
    const [filters = 0] = blocked.weight.dims;
    const weight = this.#weight(name, constant, blocked.weight);
    const operands = [blocked.input === 'plain' ? this.plain(x) : this.#layouts.blocked(x), weight];
    const biases = bias === undefined ? undefined : this.#graph.constants.get(bias);
    if (bias !== undefined && biases) {
      const data = new Float32Array(filters);
      data.set(biases.data);
      operands.push(this.#constant(`${bias}//blocked`, { shape: [filters], data }));
    }
    this.#layouts.multiply(blocked, operands, (relu ?? node).output, relu !== undefined);
    return true;
  }

  #constant(name: string, { shape, data }: Constant): string {
    const written = `constant/${name}`;
    if (!this.#constants.has(written)) this.#builder.floats(written, shape, data);
    this.#constants.add(written);
    return written;
  }

  /** A weight in the order it is stored or, for blocked convolutions, in another; an input if masks prune it. */
  #weight(name: string, constant: Constant, blocked?: BlockedWeight): string {
    const dims = blocked?.dims ?? constant.shape;
    const tensor = this.#prunable.get(name);
    const suffix = blocked ? `${name}//blocked.${sizeOf(dims)}` : name;
    if (!tensor) {
      const data = blocked ? ordered(constant.data, blocked) : constant.data;
      return this.#constant(suffix, { shape: dims, data });
    }
    const input = `weight/${suffix}`;
    if (!this.weights.some((other) => other.name === input)) {
      this.#builder.input(input, 'float32', dims);
      this.weights.push({ name: input, dims, tensor, weights: constant.data, places: blocked?.places });
    }
    return input;
  }
}
