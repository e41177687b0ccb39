/** Runs the evaluator graph of graph networks: logits in single precision, of one mask at a time. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Graph } from '../../network/graph.ts';
import { buildGraphEvaluatorModel } from '../../network/models/graph-evaluator-model.ts';
import type { CutGraph } from '../../network/models/graph-folding.ts';
import { sessionOptions } from '../session.ts';
import { GraphWeights } from './weights.ts';

export class GraphForward {
  readonly bytes: number;
  readonly #session: InferenceSession;
  readonly #weights: GraphWeights;
  readonly #shape: readonly number[];
  readonly #classes: number;

  /** `graph`: normalizations folded; `block`: channels a block. */
  static async create(
    graph: Graph,
    parts: CutGraph,
    block: number,
    threads: number | undefined,
  ): Promise<GraphForward> {
    const { bytes, weights } = buildGraphEvaluatorModel(graph, parts, block);
    const session = await InferenceSession.create(bytes, {
      ...sessionOptions(threads),
      // What goes wrong is thrown; with blocks there is another way, and nothing to log.
      ...(block > 1 ? { logSeverityLevel: 4 } : {}),
    });
    return new GraphForward(session, new GraphWeights(weights), graph);
  }

  private constructor(session: InferenceSession, weights: GraphWeights, graph: Graph) {
    this.#session = session;
    this.#weights = weights;
    this.#shape = graph.shapes.get(graph.output) ?? [];
    this.#classes = graph.classes;
    this.bytes = weights.bytes;
  }

  /** Sets the mask, bytes 0 or 1, of the runs that follow. */
  setMask(mask: Uint8Array): void {
    this.#weights.write(mask);
  }

  /** Where a run writes the logits of so many samples as `logits` holds rows. */
  into(logits: Float32Array): Record<string, Tensor> {
    return { logits: new Tensor('float32', logits, [logits.length / this.#classes, ...this.#shape]) };
  }

  async run(values: Readonly<Record<string, Tensor>>, logits: Record<string, Tensor>): Promise<void> {
    await this.#session.run({ ...values, ...this.#weights.feeds }, logits);
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}
