/**
 * Convolutions in blocked layout. onnxruntime computes a convolution a third faster where channels lie in blocks as wide
 * as the processor's registers, but turns a model to that layout only where its weights are constants. Masked weights
 * are inputs. So the evaluator graph names the operators of that layout itself, as the models do that onnxruntime
 * saves after optimising them, and takes the weights in their order: expanding a mask writes them there at no cost.
 *
 * A blocked value [C, height, width] is stored as [C / block, height, width, block], C filled up to a multiple of block.
 * What fills it up is finite, and no filter but one of zeros reads it.
 */
import type { Graph, GraphNode } from '../graph.ts';
import type { BlockedProduct } from '../operators/blocked.ts';
import { rulesOf } from '../operators/table.ts';
import { siteOf } from '../site.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { addNode } from './nodes.ts';

const DOMAIN = 'com.microsoft.nchwc';

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

  /** A product whose operands are there already: `x` as its `input` says, `output` the value that it makes. */
  multiply(product: BlockedProduct, operands: readonly string[], output: string, relu: boolean): void {
    const attributes = { ...product.attributes, ...(relu ? { activation: 'Relu' } : {}) };
    this.#builder.node(`${DOMAIN}::${product.operator}`, operands, this.#of(output), attributes);
    this.#blocked.add(output);
  }

  /** Writes a node that goes on with blocked values, if it can and its inputs are such; tells whether. */
  continue(node: GraphNode): boolean {
    if (!node.inputs.every((name) => this.#blocked.has(name))) return false;
    const rules = rulesOf(node);
    const form = 'layout' in rules ? undefined : rules.blocked(node, siteOf(this.#graph, node), this.#block);
    if (form === undefined) return false;
    const nameOf = (name: string) => this.#of(name);
    if (form === 'as usual') addNode(this.#builder, node, nameOf);
    else {
      const { operator, attributes } = form;
      this.#builder.node(`${DOMAIN}::${operator}`, node.inputs.map(nameOf), nameOf(node.output), attributes);
    }
    this.#blocked.add(node.output);
    return true;
  }

  #of(name: string): string {
    return `${this.#nameOf(name)}//blocked`;
  }
}
