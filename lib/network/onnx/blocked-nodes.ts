/**
 * Convolutions in blocked layout. onnxruntime computes a convolution a third faster where channels lie in blocks as wide
 * as the processor's registers, but turns a model to that layout only where its weights are constants. Masked weights
 * are inputs. So the evaluator graph names the operators of that layout itself, as the models do that onnxruntime
 * saves after optimising them, and takes the weights in their order: expanding a mask writes them there at no cost.
 *
 * A blocked value [C, height, width] is stored as [C / block, height, width, block], C filled up to a multiple of block.
 * What fills it up is finite, and no filter but one of zeros reads it.
 */
import type { Graph, GraphNode, Operation } from '../graph.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { addNode } from './nodes.ts';

const DOMAIN = 'com.microsoft.nchwc';
/** onnxruntime reorders multiples of so many channels. */
const ALIGNMENT = 4;

export function roundUp(channels: number, block: number): number {
  return Math.ceil(channels / block) * block;
}

/** A weight as a blocked convolution wants it. */
export interface BlockedWeight {
  readonly dims: readonly number[];
  /** Where each element goes, in the order in which they are stored; the places between hold zeros. */
  readonly places: Int32Array;
}

/** How a convolution takes its input, and the order of its weight. */
export interface BlockedConvolution {
  readonly input: 'blocked' | 'plain';
  readonly weight: BlockedWeight;
}

type ConvOperation = Extract<Operation, { op: 'Conv' }>;

/** How a convolution is computed in blocked layout; undefined where it is not. `shape`: of its weight. */
export function blockedConvolution(
  { group }: ConvOperation,
  shape: readonly number[],
  block: number,
): BlockedConvolution | undefined {
  const [outputs = 0, inputs = 0] = shape;
  if (block <= 1 || shape.length !== 4) return undefined;
  if (group === 1) {
    // Of few channels the input is read as it is.
    const few = inputs < block;
    if (!few && inputs % ALIGNMENT !== 0) return undefined;
    return { input: few ? 'plain' : 'blocked', weight: blockedWeight(shape, block, !few) };
  }
  if (inputs === 1 && outputs === group && outputs % block === 0)
    return { input: 'blocked', weight: blockedWeight(shape, block, false) };
  if (inputs % block === 0 && (outputs / group) % block === 0)
    return { input: 'blocked', weight: blockedWeight(shape, block, true) };
  return undefined;
}

/** [M / block, I / block, height, width, block of I, block of M], or, inputs unblocked, [M / block, I, height, width, block of M]. */
function blockedWeight(shape: readonly number[], block: number, inputsBlocked: boolean): BlockedWeight {
  const [outputs = 0, inputs = 0, height = 1, width = 1] = shape;
  const inner = inputsBlocked ? block : 1;
  const filled = roundUp(inputs, inner);
  const places = new Int32Array(outputs * inputs * height * width);
  let index = 0;
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      const plane = (Math.floor(output / block) * filled) / inner + Math.floor(input / inner);
      for (let tap = 0; tap < height * width; tap++, index++) {
        const pair = (plane * height * width + tap) * inner + (input % inner);
        places[index] = pair * block + (output % block);
      }
    }
  }
  return { dims: [roundUp(outputs, block), filled, height, width], places };
}

/** `data` at its places, zeros between. */
export function ordered(data: Float32Array, { dims, places }: BlockedWeight): Float32Array {
  const values = new Float32Array(dims.reduce((product, size) => product * size, 1));
  for (let index = 0; index < data.length; index++) values[places[index] ?? 0] = data[index] ?? 0;
  return values;
}

/** Operations of one operand that may be applied to a blocked value as it is: those that make something finite of zero. */
const ELEMENTWISE: ReadonlySet<Operation['op']> = new Set<Operation['op']>([
  'Relu',
  'Sigmoid',
  'Tanh',
  'HardSwish',
  'Softplus',
  'Softsign',
  'Erf',
  'Abs',
  'Neg',
  'Sqrt',
  'LeakyRelu',
  'Elu',
  'Selu',
  'HardSigmoid',
  'Gelu',
  'Clip',
]);

/** Values of a graph that is being written, each in either layout; what is missing is made of the other one. */
export class Layouts {
  readonly #builder: GraphBuilder;
  readonly #graph: Graph;
  readonly #block: number;
  readonly #nameOf: (name: string) => string;
  readonly #plain = new Set<string>();
  readonly #blocked = new Set<string>();

  constructor(builder: GraphBuilder, graph: Graph, block: number, nameOf: (name: string) => string) {
    this.#builder = builder;
    this.#graph = graph;
    this.#block = block;
    this.#nameOf = nameOf;
  }

  /** Says that a value is there as usual. */
  define(name: string): void {
    this.#plain.add(name);
  }

  /** Makes sure that a value is there as usual. */
  plain(name: string): string {
    const plain = this.#nameOf(name);
    if (this.#blocked.has(name) && !this.#plain.has(name)) {
      const [channels = 0] = this.#graph.shapes.get(name) ?? [];
      this.#builder.node(`${DOMAIN}::ReorderOutput`, [this.#of(name)], plain, { channels });
      this.#plain.add(name);
    }
    return plain;
  }

  /** Makes sure that a value is there in blocks. */
  blocked(name: string): string {
    if (!this.#blocked.has(name)) {
      this.#builder.node(`${DOMAIN}::ReorderInput`, [this.#nameOf(name)], this.#of(name));
      this.#blocked.add(name);
    }
    return this.#of(name);
  }

  /** A convolution whose operands are there already: `x` as its `input` says, `output` the value that it makes. */
  convolve(
    node: ConvOperation,
    operands: readonly string[],
    kernel: readonly number[],
    output: string,
    relu: boolean,
  ): void {
    const { strides, pads, dilations, group } = node;
    const attributes = { kernel_shape: kernel, strides, pads, dilations, group };
    this.#builder.node(`${DOMAIN}::Conv`, operands, this.#of(output), {
      ...attributes,
      ...(relu ? { activation: 'Relu' } : {}),
    });
    this.#blocked.add(output);
  }

  /** Writes a node that goes on with blocked values, if it can and its inputs are such; tells whether. */
  continue(node: GraphNode): boolean {
    const shapes = node.inputs.map((name) => this.#graph.shapes.get(name));
    if (!node.inputs.every((name) => this.#blocked.has(name))) return false;
    const operands = node.inputs.map((name) => this.#of(name));
    const output = this.#of(node.output);
    const write = (operator: string, attributes = {}) => {
      this.#builder.node(operator, operands, output, attributes);
      this.#blocked.add(node.output);
      return true;
    };
    switch (node.op) {
      case 'MaxPool':
      case 'AveragePool': {
        const { kernel, strides, pads, dilations, countIncludePad } = node;
        const attributes = { kernel_shape: kernel, strides, pads, dilations };
        if (node.op === 'MaxPool') return write(`${DOMAIN}::MaxPool`, attributes);
        return write(`${DOMAIN}::AveragePool`, { ...attributes, count_include_pad: Number(countIncludePad) });
      }
      case 'GlobalAveragePool':
      case 'GlobalMaxPool':
        return write(`${DOMAIN}::${node.op}`);
      case 'Add':
      case 'Sub':
      case 'Mul':
      case 'Max':
      case 'Min':
        // Without broadcasting. What fills the blocks up stays finite.
        return shapes.every((shape) => `${shape}` === `${shapes[0]}`) && write(node.op);
      case 'Concat':
        // Along the channels, if the blocks are full.
        return (
          node.axis === 1 &&
          shapes.every((shape) => (shape?.[0] ?? 0) % this.#block === 0) &&
          write('Concat', { axis: 1 })
        );
      default:
        if (!ELEMENTWISE.has(node.op) || node.inputs.length !== 1) return false;
        addNode(this.#builder, node, (name) => this.#of(name));
        this.#blocked.add(node.output);
        return true;
    }
  }

  #of(name: string): string {
    return `${this.#nameOf(name)}//blocked`;
  }
}
