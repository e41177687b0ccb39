/** How the evaluator of graph networks cuts its work. */
import type { Graph, GraphNode } from '../../network/graph.ts';
import { sizeOf } from '../../network/tensor.ts';

/** Bytes of activations that a run may write and read between two nodes. */
const TILE_BYTES = 2e6;
/** Fewer samples a run read the dense weights too often; more gain nothing. */
const FEWEST_SAMPLES = 128;
const MOST_SAMPLES = 1024;
/** Rows that onnxruntime's kernels take at once. */
const ALIGNMENT = 16;

export interface SampleRange {
  readonly start: number;
  readonly samples: number;
}

/** Bytes that a node reads and writes for a sample at most. */
export function widestNode(graph: Graph, nodes: readonly GraphNode[]): number {
  const size = (name: string) => sizeOf(graph.shapes.get(name) ?? [0]);
  return nodes.reduce((most, { inputs, output }) => {
    return Math.max(most, 4 * inputs.reduce((sum, name) => sum + size(name), size(output)));
  }, 0);
}

/** The samples of each run, all of them in nearly equal parts: a pure function of the shapes, since losses are sums. */
export function cutSamples(samples: number, bytesPerSample: number): SampleRange[] {
  const target = Math.max(FEWEST_SAMPLES, Math.min(MOST_SAMPLES, TILE_BYTES / Math.max(1, bytesPerSample)));
  const count = Math.max(1, Math.round(samples / target));
  const step = Math.ceil(samples / count / ALIGNMENT) * ALIGNMENT;
  return Array.from({ length: Math.ceil(samples / step) }, (_, index) => {
    const start = index * step;
    return { start, samples: Math.min(step, samples - start) };
  });
}
