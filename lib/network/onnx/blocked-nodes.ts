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
import { addNode, type Naming } from './nodes.ts';

const DOMAIN = 'com.microsoft.nchwc';

export type Layouts = ReturnType<typeof layoutsOf>;

/** Values of a graph that is being written, each in either layout; what is missing is made of the other one. */
export function layoutsOf(builder: GraphBuilder, graph: Graph, block: number, nameOf: Naming) {
  const inPlain = new Set<string>();
  const inBlocks = new Set<string>();
  const blockedName: Naming = (name) => `${nameOf(name)}//blocked`;
  return {
    /** Says that a value is there as usual. */
    define: (name: string) => {
      inPlain.add(name);
    },
    /** Makes sure that a value is there as usual. */
    plain(name: string): string {
      if (inBlocks.has(name) && !inPlain.has(name)) {
        const [channels = 0] = graph.shapes.get(name) ?? [];
        builder.node(`${DOMAIN}::ReorderOutput`, [blockedName(name)], nameOf(name), { channels });
        inPlain.add(name);
      }
      return nameOf(name);
    },
    /** Makes sure that a value is there in blocks. */
    blocked(name: string): string {
      if (!inBlocks.has(name)) {
        builder.node(`${DOMAIN}::ReorderInput`, [nameOf(name)], blockedName(name));
        inBlocks.add(name);
      }
      return blockedName(name);
    },
    /** A product whose operands are there already: `x` as its `input` says, `output` the value that it makes. */
    multiply(product: BlockedProduct, operands: readonly string[], output: string, relu: boolean): void {
      const attributes = { ...product.attributes, ...(relu ? { activation: 'Relu' } : {}) };
      builder.node(`${DOMAIN}::${product.operator}`, operands, blockedName(output), attributes);
      inBlocks.add(output);
    },
    /** Writes a node that goes on with blocked values, if it can and its inputs are such; tells whether. */
    continue(node: GraphNode): boolean {
      if (!node.inputs.every((name) => inBlocks.has(name))) return false;
      const rules = rulesOf(node);
      const form = 'layout' in rules ? undefined : rules.blocked(node, siteOf(graph, node), block);
      if (form === undefined) return false;
      if (form === 'as usual') addNode(builder, node, blockedName);
      else {
        const operands = node.inputs.map(blockedName);
        builder.node(`${DOMAIN}::${form.operator}`, operands, blockedName(node.output), form.attributes);
      }
      inBlocks.add(node.output);
      return true;
    },
  };
}
