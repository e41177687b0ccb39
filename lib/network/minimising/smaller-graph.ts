/** Writes a graph anew with the channels that stay. */
import { type Constant, type Graph, type GraphNode, isSame } from '../graph.ts';
import { spreadBlocks } from '../operators/entries.ts';
import type { PlainRules } from '../operators/rules.ts';
import { type Operation, rulesOf } from '../operators/table.ts';
import { siteOf, type WeightLayout, weightedRulesOf } from '../site.ts';
import { withChannels } from '../tensor.ts';
import { channelSize, sliceChannels } from './channels.ts';
import type { KnownValues } from './constant-values.ts';
import { foldable, type KeptChannels, mixingLayout } from './needed-channels.ts';

/** A value of the new graph: one that is computed, by its name, or a constant of one sample's shape. */
type Written = string | Constant;

export class Shrinking {
  readonly nodes: GraphNode[] = [];
  readonly constants = new Map<string, Constant>();
  readonly #graph: Graph;
  readonly #known: KnownValues;
  readonly #kept: KeptChannels;
  readonly #makers: ReadonlyMap<string, GraphNode>;
  readonly #written = new Map<string, Written>();
  #zero: string | undefined;

  /** `known`: the graph's constant values; `kept`: the channels that stay. */
  constructor(graph: Graph, known: KnownValues, kept: KeptChannels) {
    this.#graph = graph;
    this.#known = known;
    this.#kept = kept;
    this.#makers = new Map(graph.nodes.map((node) => [node.output, node]));
  }

  /** Writes all that the logits need; gives their name. */
  output(): string {
    return this.#computed(this.#graph.output);
  }

  /** The value under its new name, computed even if it is a constant. */
  #computed(value: string): string {
    const written = this.#write(value);
    if (typeof written === 'string') return written;
    const name = this.#fresh(`${value}.repeated`);
    const shape = written.shape.map(() => 1);
    this.#push({ op: 'Reshape', shape }, [this.#zeroOfInput()], `${name}.zero`);
    this.#push({ op: 'Add' }, [`${name}.zero`, this.#constant(`${value}.constant`, written)], name);
    this.#written.set(value, name);
    return name;
  }

  /** A zero for each sample, [1] or [1, 1, …]: what constants are added to where a value is needed. */
  #zeroOfInput(): string {
    const { input, inputShape } = this.#graph;
    if (this.#zero !== undefined) return this.#zero;
    const axes = inputShape.map((_, axis) => axis + 1);
    const sum = this.#fresh('sample.sum');
    this.#push({ op: 'ReduceSum', axes, keepdims: true }, [input], sum);
    const nothing = this.#constant('sample.nothing', { shape: [1], data: Float32Array.of(0) });
    this.#zero = this.#fresh('sample.zero');
    this.#push({ op: 'Mul' }, [sum, nothing], this.#zero);
    return this.#zero;
  }

  #write(value: string): Written {
    const before = this.#written.get(value);
    if (before !== undefined) return before;
    const written = this.#constantOf(value) ?? this.#writeNode(value);
    this.#written.set(value, written);
    return written;
  }

  /** The rest of the value, if all of it is constant. */
  #constantOf(value: string): Constant | undefined {
    if (value === this.#graph.input) return undefined;
    const entries = this.#known.get(value);
    if (!entries) return undefined;
    const shape = this.#graph.shapes.get(value) ?? [];
    const kept = this.#kept(value);
    const left = sliceChannels(spreadBlocks(entries).value, kept, channelSize(shape));
    if (left.some(Number.isNaN)) return undefined;
    return { shape: withChannels(shape, kept.length), data: Float32Array.from(left) };
  }

  #writeNode(value: string): Written {
    const node = this.#makers.get(value);
    if (!node) return value;
    const layout = mixingLayout(this.#graph, node);
    if (layout) return this.#writeMixing(node, layout);
    const inputs = this.#inputsOf(node);
    // Where only one of the joined values has channels left, that one remains.
    if (inputs.length === 1 && node.inputs.length > 1) return inputs[0] ?? value;
    return this.#push(this.#shrunk(node), inputs, value, node.name);
  }

  /** The operation with what follows from how many channels are left. */
  #shrunk(node: GraphNode): Operation {
    const rules = rulesOf(node);
    if (!('layout' in rules)) return rules.shrunk(operationOf(node), this.#kept(node.output).length);
    const { inputs } = rules.layout(node, siteOf(this.#graph, node));
    return rules.regrouped(operationOf(node), this.#kept(node.inputs[0] ?? '').length / inputs);
  }

  #inputsOf(node: GraphNode): string[] {
    const constants = constantsOf(this.#graph, node);
    const { constants: known } = this.#graph;
    const inputs = node.inputs.filter((input) => known.has(input) || this.#kept(input).length > 0);
    const operands = inputs.map((input): Written => {
      const constant = known.get(input);
      if (constant) return this.#sliced(node, constant, constants);
      return constants === 'broadcast' ? this.#write(input) : this.#computed(input);
    });
    // A constant beside a value is one of the model; one of two constants is computed.
    const computed = operands.some((operand) => typeof operand === 'string');
    const first = computed ? -1 : inputs.findIndex((input) => !this.#graph.constants.has(input));
    return operands.map((operand, index) => {
      const input = inputs[index] ?? '';
      if (typeof operand === 'string') return operand;
      if (index === first) return this.#computed(input);
      return this.#constant(this.#graph.constants.has(input) ? input : `${input}.constant`, operand);
    });
  }

  /** A constant operand with the channels that are left, if it has channels at all. */
  #sliced(node: GraphNode, constant: Constant, constants: Constants): Constant {
    const kept = this.#kept(node.output);
    const rank = this.#graph.shapes.get(node.output)?.length ?? 0;
    const [first = 1] = constant.shape;
    const repeated = constants === 'broadcast' && (constant.shape.length !== rank || first === 1);
    if (constants === 'whole' || repeated) return constant;
    const data = sliceChannels(constant.data, kept, channelSize(constant.shape));
    return { shape: withChannels(constant.shape, kept.length), data };
  }

  #writeMixing(node: GraphNode, layout: WeightLayout): string {
    const [input = '', weightName = '', biasName] = node.inputs;
    const outputs = this.#kept(node.output);
    const inputs = this.#kept(input);
    const weight = this.#graph.constants.get(weightName);
    const entries = this.#known.get(input);
    if (!weight || !entries || inputs.length === 0)
      throw new Error(`${node.name}: its output depends on its input, of which nothing is left`);
    const bias = this.#foldedBias(layout, weight.data, foldable(layout, entries), outputs, inputs);
    const { taps, outputStride, inputStride } = layout;
    const data = new Float32Array(outputs.length * inputs.length * taps);
    const { inputsFirst } = layout;
    const [rows, columns] = inputsFirst ? [inputs, outputs] : [outputs, inputs];
    let to = 0;
    for (const row of rows) {
      for (const column of columns) {
        const [from, at] = inputsFirst ? [row, column] : [column, row];
        const start = at * outputStride + from * inputStride;
        data.set(weight.data.subarray(start, start + taps), to);
        to += taps;
      }
    }
    const shape = [rows.length, columns.length, ...weight.shape.slice(2)];
    const names = [this.#computed(input), this.#constant(weightName, { shape, data })];
    if (bias) {
      const name = biasName ?? `${node.name}.bias`;
      names.push(this.#constant(name, { shape: [outputs.length], data: bias }));
    }
    const operation = operationOf(node);
    const written = bias ? (weightedRulesOf(node)?.biased(operation) ?? operation) : operation;
    return this.#push(written, names, node.output, node.name);
  }

  /** The bias and what the channels that are gone gave, if there is anything to add. */
  #foldedBias(
    { bias, outputStride, inputStride, taps }: WeightLayout,
    weights: Float32Array,
    constants: Float64Array,
    outputs: Int32Array,
    inputs: Int32Array,
  ): Float32Array | undefined {
    const before = bias === undefined ? undefined : this.#graph.constants.get(bias)?.data;
    const gone = [...constants.keys()].filter((channel) => constants[channel] !== 0);
    const stays = new Set(inputs);
    const folded = gone.filter((channel) => !stays.has(channel) && !Number.isNaN(constants[channel]));
    let changed = false;
    const result = Float32Array.from(outputs, (output) => {
      let sum = 0;
      for (const channel of folded) {
        const start = output * outputStride + channel * inputStride;
        for (let weight = start; weight < start + taps; weight++) {
          sum += (weights[weight] ?? 0) * (constants[channel] ?? 0);
        }
      }
      if (sum !== 0) changed = true;
      return (before?.[output] ?? 0) + sum;
    });
    return before || changed ? result : undefined;
  }

  /** Adds a constant under its name, or under another where that is taken by other numbers. */
  #constant(name: string, constant: Constant): string {
    for (let count = 1; ; count++) {
      const candidate = count === 1 ? name : `${name}.${count}`;
      const there = this.constants.get(candidate);
      if (!there && candidate !== name && this.#isTaken(candidate)) continue;
      if (there && !isSame(there, constant)) continue;
      if (!there && this.#graph.shapes.has(candidate)) continue;
      this.constants.set(candidate, constant);
      return candidate;
    }
  }

  #isTaken(name: string): boolean {
    return this.#graph.constants.has(name) || this.#graph.shapes.has(name);
  }

  #fresh(name: string): string {
    let candidate = name;
    for (let count = 2; this.#isTaken(candidate) || this.constants.has(candidate); count++) {
      candidate = `${name}.${count}`;
    }
    return candidate;
  }

  #push(operation: Operation, inputs: readonly string[], output: string, name = output): string {
    this.nodes.push({ ...operation, name, inputs, output });
    return output;
  }
}

/** How a node's constants relate to the channels of its output; the weight of rows stays whole. */
type Constants = PlainRules<Operation>['constants'] | 'whole';

function constantsOf(graph: Graph, node: GraphNode): Constants {
  const rules = rulesOf(node);
  if (!('layout' in rules)) return rules.constants;
  return rules.layout(node, siteOf(graph, node)).ofChannels ? 'per channel' : 'whole';
}

function operationOf({ name: _, inputs: __, output: ___, ...operation }: GraphNode): Operation {
  return operation;
}
