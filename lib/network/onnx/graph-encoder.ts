/** Graph networks as ONNX models, which `readGraph` reads back as they were. */
import type { Graph } from '../graph.ts';
import { HAS_GELU } from '../operators/elementwise.ts';
import { GraphBuilder } from './graph-builder.ts';
import { addNode } from './nodes.ts';

/** Input float32 [N, …inputShape]; output the logits, float32 [N, classes]; weights and nodes under their own names. */
export function encodeGraph(graph: Graph): Uint8Array {
  const gelu = graph.nodes.some(({ op }) => op === 'Gelu');
  const builder = gelu ? new GraphBuilder(HAS_GELU) : new GraphBuilder();
  builder.input(graph.input, 'float32', ['N', ...graph.inputShape]);
  for (const [name, { shape, data }] of graph.constants) builder.floats(name, shape, data);
  for (const node of graph.nodes) addNode(builder, node, (name) => name, node.name);
  builder.output(graph.output, 'float32', ['N', graph.classes]);
  return builder.build('network');
}
