/** Runs the evaluator graph of graph networks: logits in single precision, of one mask at a time. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Graph } from '../../network/graph.ts';
import { buildGraphEvaluatorModel } from '../../network/models/graph-evaluator-model.ts';
import type { CutGraph } from '../../network/models/graph-folding.ts';
import { runInto, sessionOptions } from '../session.ts';
import { graphWeights } from './weights.ts';

/** Runs of masks one after the other. */
export type GraphForward = Awaited<ReturnType<typeof openForward>>;

/** `graph`: normalizations folded; `block`: channels a block. */
export async function openForward(graph: Graph, parts: CutGraph, block: number, threads: number | undefined) {
  const model = buildGraphEvaluatorModel(graph, parts, block);
  const session = await InferenceSession.create(model.bytes, {
    ...sessionOptions(threads),
    // Errors are thrown; with blocks there is another way, and nothing to log.
    ...(block > 1 ? { logSeverityLevel: 4 } : {}),
  });
  const weights = graphWeights(model.weights);
  const shape = graph.shapes.get(graph.output) ?? [];
  return {
    bytes: weights.bytes,
    /** Sets the mask, bytes 0 or 1, of the runs that follow. */
    setMask: weights.write,
    /** Where a run writes the logits of so many samples as `logits` holds rows. */
    into(logits: Float32Array): Record<string, Tensor> {
      return { logits: new Tensor('float32', logits, [logits.length / graph.classes, ...shape]) };
    },
    run(values: Readonly<Record<string, Tensor>>, logits: Record<string, Tensor>): Promise<void> {
      return runInto(session, { ...values, ...weights.feeds }, logits);
    },
    release: () => session.release(),
  };
}
