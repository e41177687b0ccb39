/** How many masks of a network this machine evaluates a second, measured. */

import { randomGenome } from '../algorithms/parts/operators.ts';
import { random } from '../base/random.ts';
import { type AffineScaling, countSamples, type Samples } from '../data/dataset.ts';
import { createEvaluator } from '../evaluation/evaluator-choice.ts';
import { type Graph, prunableBits } from '../network/graph.ts';
import { type AnyNetwork, sizeOfGraph } from '../network/network.ts';
import { sizeOf } from '../network/tensor.ts';
import { packGenomes } from '../search/genome.ts';

export interface Rate {
  /** On one core, over all `samples`. */
  readonly evaluationsPerSecond: number;
  readonly samples: number;
  /** As many of them were used. */
  readonly measuredSamples: number;
  /** Bytes that the evaluator holds, over the measured samples. */
  readonly evaluatorBytes: number;
}

/** Multiply-adds of a mask that are waited for: a part of a second. */
const MULTIPLY_ADDS = 3e9;
const LEAST_SAMPLES = 32;
const SECONDS = 1;
/** Masks a call at first; then as many as fill what is left of the time. */
const FEW = 2;

/** Takes about a second, and as long again to get ready for large networks. */
export async function measureRate(
  network: AnyNetwork,
  graph: Graph,
  data: { readonly samples: Samples; readonly scaling: AffineScaling },
): Promise<Rate> {
  const samples = countSamples(data.samples);
  const fitting = Math.floor(MULTIPLY_ADDS / Math.max(1, sizeOfGraph(graph).multiplyAdds));
  const measured = Math.min(samples, Math.max(LEAST_SAMPLES, fitting));
  const { features, x, labels } = data.samples;
  const part = { features, x: x.subarray(0, measured * features), labels: labels.subarray(0, measured) };
  const evaluator = await createEvaluator(network, part, data.scaling, { objective: 'accuracy', threads: 1 });
  try {
    const bits = prunableBits(graph);
    const masks = (count: number, from: number) =>
      packGenomes(
        Array.from({ length: count }, (_, index) => randomGenome(random(0, 'start', 0, from + index), bits)),
        bits,
      );
    await evaluator.evaluate(masks(1, 0));
    let evaluated = 0;
    let seconds = 0;
    for (let count = FEW; seconds < SECONDS; ) {
      const population = masks(count, evaluated);
      const before = performance.now();
      await evaluator.evaluate(population);
      seconds += (performance.now() - before) / 1000;
      evaluated += count;
      // Drawing masks takes time too: no more than as many again as have been evaluated.
      count = Math.min(2 * evaluated, Math.max(1, Math.ceil((evaluated * (SECONDS - seconds)) / seconds)));
    }
    return {
      evaluationsPerSecond: ((evaluated / seconds) * measured) / samples,
      samples,
      measuredSamples: measured,
      evaluatorBytes: evaluator.bytes,
    };
  } finally {
    await evaluator.release();
  }
}

/** As many samples of normally distributed features, for a network that comes without data. */
export function drawSamples({ inputShape, classes }: Graph, count: number): Samples {
  const stream = random(0, 'dataset');
  const features = sizeOf(inputShape);
  return {
    features,
    x: stream.normals(new Float32Array(count * features)),
    labels: Uint16Array.from({ length: count }, () => stream.below(classes)),
  };
}
