/** Nodes that sum cross-entropy and correct predictions over many samples. */
import type { GraphBuilder } from '../network/onnx/graph-builder.ts';
import { ELEMENT_TYPES } from '../network/onnx/types.ts';

/**
 * Adds the outputs `loss` float32 [], nats summed over the samples, and `correct` float32 []; the lowest class wins a tie.
 * `logits` float32 [N, classes]; `labels` int32 [N, 1]; `counted` float32 [N, 1], 1 or 0; all are if it is absent.
 */
export function addFigures(graph: GraphBuilder, logits: string, labels: string, counted?: string): void {
  const ofCounted = (value: string, name: string) =>
    counted === undefined ? value : graph.node('Mul', [value, counted], name);
  const logs = graph.node('LogSoftmax', [logits], 'log.softmax', { axis: 1 });
  const picked = graph.node('GatherElements', [logs, labels], 'log.label', { axis: 1 });
  const gain = graph.node('ReduceSum', [ofCounted(picked, 'log.counted')], 'gain', { keepdims: 0 });
  graph.node('Neg', [gain], 'loss');
  const best = graph.node('ArgMax', [logits], 'best', { axis: 1, keepdims: 1 });
  const predicted = graph.node('Cast', [best], 'predicted', { to: ELEMENT_TYPES.int32 });
  const same = graph.node('Equal', [predicted, labels], 'same');
  const right = graph.node('Cast', [same], 'right', { to: ELEMENT_TYPES.float32 });
  graph.node('ReduceSum', [ofCounted(right, 'right.counted')], 'correct', { keepdims: 0 });
  graph.output('loss', 'float32', []);
  graph.output('correct', 'float32', []);
}
