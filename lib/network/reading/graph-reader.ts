/**
 * Reads ONNX models into graphs: any feed-forward classifier of float32 weights. Everything that cannot be searched is
 * refused here, before anything runs, with the name of the node or tensor.
 */
import { type Constant, type Graph, type GraphNode, isSame } from '../graph.ts';
import { assembleGraph } from '../graph-assembly.ts';
import { decodeModel, isStandard, type OnnxModel, type OnnxNode } from '../onnx/decoder.ts';
import {
  Call,
  type Computed,
  type ModelReading,
  type ModelValue,
  type Readable,
  Refusal,
} from '../operators/call.ts';
import { ShapeMismatch, withSamples } from '../operators/mismatch.ts';
import type { Operation, Reader } from '../operators/table.ts';
import { outputShape } from '../site.ts';
import { sizeOf } from '../tensor.ts';
import { ModelProblems } from '../unusable-model.ts';
import { classNamesOf } from './class-names.ts';
import { readInput } from './input.ts';
import { CLASSICAL_READERS, READERS, refusalOfOperator } from './operators.ts';
import { logitsOf, type ReadNode, scoresOutput } from './output.ts';
import { matcherOf, problemsOfPatterns, type WeightPatterns } from './patterns.ts';
import { withSharedWeights } from './sharing.ts';
import { readTensor } from './tensors.ts';

/** The largest value of one sample, and the most that is computed of constants, in elements. */
const MOST_ELEMENTS = 2 ** 26;
const MOST_FOLDED = 2 ** 26;
const MOST_AXES = 8;

/** The domain of scikit-learn's models. */
const CLASSICAL_DOMAIN = 'ai.onnx.ml';
const UNSUPPORTED = `is not a supported operator; these are: ${[...READERS.keys()].join(', ')}. Export the network up to its last supported operator, or put others in its place`;

/** `name`: what errors call it, e.g. the file. Throws `UnusableModel` with all problems that can be found at once. */
export function readGraph(bytes: Uint8Array, name: string, patterns: WeightPatterns = {}): Graph {
  const reading = new Reading(decodeModel(bytes, name), name);
  return reading.finish(reading.read(), patterns);
}

function labelOf({ opType, name, output }: OnnxNode): string {
  return `${opType} "${name || output[0] || ''}"`;
}

/** The reader of a node's operator. Throws `Refusal` where there is none. */
function readerOf({ domain, opType }: OnnxNode): Reader {
  if (!isStandard(domain)) {
    const reader = domain === CLASSICAL_DOMAIN ? CLASSICAL_READERS.get(opType) : undefined;
    if (reader) return reader;
    throw new Refusal(
      `is of the domain ${domain}; only the standard's own operators are supported. Export without such operators`,
    );
  }
  const reader = READERS.get(opType);
  if (reader) return reader;
  throw new Refusal(refusalOfOperator(opType) ?? UNSUPPORTED);
}

/** Reads one model: its nodes in their order, each of the values that are known by then. */
class Reading implements ModelReading<Operation> {
  readonly operatorSet: number;
  fixedSamples: number | undefined;
  readonly #model: OnnxModel;
  readonly #problems: ModelProblems;
  readonly #values = new Map<string, ModelValue>();
  readonly #nodes: ReadNode[] = [];
  #folded = 0;
  #input: Computed | undefined;

  constructor(model: OnnxModel, name: string) {
    this.operatorSet = model.operatorSet;
    this.#model = model;
    this.#problems = new ModelProblems(name);
  }

  /** Does it, or notes why it cannot be done. */
  #attempt<T>(what: string, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof ShapeMismatch)) throw error;
      this.#problems.note(what, error.message);
      return undefined;
    }
  }

  /** The value of the scores. */
  read(): Computed {
    const { graph } = this.#model;
    const producers = new Map<string, OnnxNode>();
    for (const node of graph.node)
      for (const output of node.output.filter((one) => one !== '')) {
        if (producers.has(output))
          this.#problems.note(
            labelOf(node),
            `computes "${output}", which another node does. Export it again`,
          );
        producers.set(output, node);
      }
    // Recurrent cells and integers come first: if a model has them, other problems do not matter.
    const scores = this.#attempt('output', () => scoresOutput(graph, producers));
    const { nodes, names } = reachable(scores ?? graph.output[0]?.name ?? '', producers);
    const input = this.#attempt('input', () => readInput(graph, names));
    const read = graph.node.filter((node) => nodes.has(node));
    for (const node of read) this.#attempt(labelOf(node), () => readerOf(node));
    this.#problems.stopIfAny();
    if (scores === undefined || input === undefined) throw new TypeError('a model without input or output');

    this.#input = input.value;
    this.fixedSamples = input.fixedSamples;
    this.#values.set(input.value.name, input.value);
    for (const { name } of graph.sparseInitializer.flatMap(({ values }) => values ?? []))
      if (names.has(name))
        this.#problems.note(`tensor "${name}"`, 'is stored sparsely; store it as a plain tensor');
    for (const tensor of graph.initializer.filter(({ name }) => names.has(name))) {
      const value = this.#attempt(`tensor "${tensor.name}"`, () => readTensor(tensor, tensor.name));
      this.#values.set(tensor.name, value ?? { kind: 'unread' });
    }
    for (const node of read) this.#readNode(node);
    this.#problems.stopIfAny();
    const value = this.#values.get(scores);
    if (value?.kind !== 'computed')
      throw this.#problems.stop(`output "${scores}"`, 'does not depend on the input; it must');
    return value;
  }

  #readNode(node: OnnxNode): void {
    const [output = ''] = node.output;
    const inputs = node.input.map((name): ModelValue | undefined => {
      if (name === '') return undefined;
      const value = this.#values.get(name);
      if (value !== undefined) return value;
      this.#problems.note(
        labelOf(node),
        `uses "${name}", which is not known there; nodes must stand in order, and only the first output of each can be used. Export it again`,
      );
      return { kind: 'unread' };
    });
    const known = inputs.filter((value) => value?.kind !== 'unread');
    const read =
      known.length === inputs.length &&
      this.#attempt(labelOf(node), () => readerOf(node)(new Call(node, known, this)));
    this.#values.set(output, read || { kind: 'unread' });
  }

  spend(elements: number): void {
    this.#folded += elements;
    if (this.#folded > MOST_FOLDED)
      throw new Refusal(`computes too much of constants: more than ${MOST_FOLDED} elements in all`);
  }

  add(operation: Operation, operands: readonly Readable[], name: string, output: string): Computed {
    const site = operands.map(({ kind, shape }) => ({ shape, constant: kind !== 'computed' }));
    const shape = outputShape(operation, site);
    if (!operands.some(({ kind }) => kind === 'computed'))
      throw new Refusal(
        'computes of constants alone, which it cannot be folded for. Export with constants folded',
      );
    if (shape.length > MOST_AXES || sizeOf(shape) > MOST_ELEMENTS)
      throw new Refusal(
        `gives ${sizeOf(shape)} values per sample on ${shape.length} axes; ${MOST_ELEMENTS} on ${MOST_AXES} are the most allowed`,
      );
    this.#nodes.push({ operation, name, operands, output });
    return { kind: 'computed', name: output, shape, made: { operation, operands } };
  }

  finish(scores: Computed, patterns: WeightPatterns): Graph {
    const logits = logitsOf(scores, this);
    const [classes = 0] = logits.shape;
    const input = this.#input;
    if (logits.shape.length !== 1 || classes < 2 || input === undefined)
      throw this.#problems.stop(
        `output "${logits.name}"`,
        `is ${withSamples(logits.shape)}; a score for each class is needed, [N, classes], or [N, 1] after a Sigmoid. Export the network of a classifier, with its logits as the output`,
      );
    const { nodes, constants } = named(withSharedWeights(needed(logits, this.#nodes)));
    const parts = { input: input.name, inputShape: input.shape, output: logits.name, nodes, constants };
    const all = assembleGraph(parts);
    for (const { what, problem } of problemsOfPatterns(all, patterns)) this.#problems.note(what, problem);
    this.#problems.stopIfAny();
    const classNames = classNamesOf(this.#model.graph, classes);
    const graph = assembleGraph({ ...parts, mayPrune: matcherOf(patterns) });
    return classNames ? { ...graph, classNames } : graph;
  }
}

/** The nodes that the value depends on, and the names of all values that it does. */
function reachable(output: string, producers: ReadonlyMap<string, OnnxNode>) {
  const nodes = new Set<OnnxNode>();
  const names = new Set([output]);
  for (const name of names) {
    const node = producers.get(name);
    if (node === undefined || nodes.has(node)) continue;
    nodes.add(node);
    for (const input of node.input) if (input !== '') names.add(input);
  }
  return { nodes, names };
}

/** The nodes that the logits depend on, in their order. */
function needed(logits: Computed, nodes: readonly ReadNode[]): ReadNode[] {
  const used = new Set([logits.name]);
  const kept = nodes.toReversed().filter(({ output, operands }) => {
    if (!used.has(output)) return false;
    for (const operand of operands) if (operand.kind === 'computed') used.add(operand.name);
    return true;
  });
  return kept.reverse();
}

/** Nodes whose constants are called by the initializers that they came from, or, where one became several, so numbered. */
function named(read: readonly ReadNode[]): { nodes: GraphNode[]; constants: Map<string, Constant> } {
  const constants = new Map<string, Constant>();
  const values = new Set(read.map(({ output }) => output));
  const nameOf = (value: Readable): string => {
    if (value.kind === 'computed') return value.name;
    if (value.kind === 'wholes') throw new TypeError('whole numbers are no operand of a graph');
    const { origin, shape, data } = value;
    for (let number = 1; ; number++) {
      const name = number === 1 ? origin : `${origin}/${number}`;
      const known = constants.get(name);
      if (known === undefined && !values.has(name)) {
        constants.set(name, { shape, data });
        return name;
      }
      if (known && isSame(known, { shape, data })) return name;
    }
  };
  const nodes = read.map(({ operation, operands, ...node }): GraphNode => {
    return { ...operation, ...node, inputs: operands.map(nameOf) };
  });
  return { nodes, constants };
}
