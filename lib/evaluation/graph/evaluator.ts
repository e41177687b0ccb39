/**
 * The evaluator of graph networks: see graph-evaluator-model.ts. A mask at a time, since one individual of a convolutional
 * network keeps the processor busy; the samples in runs of so many that activations stay near.
 */
import type { Tensor } from 'onnxruntime-node';
import { countSamples } from '../../data/dataset.ts';
import { type Graph, prunableBits } from '../../network/graph.ts';
import { foldNormalization } from '../../network/models/graph-folding.ts';
import { sizeOfGraph } from '../../network/network.ts';
import { genomeAt, type PackedMasks, unpackInto } from '../../search/genome.ts';
import { needsLoss } from '../../search/individual.ts';
import { OWN } from '../../search/own-code.ts';
import { GraphDouble } from '../double/graph.ts';
import {
  type Evaluator,
  emptyScores,
  requireBits,
  type ScaledData,
  type Scores,
  setScore,
} from '../evaluator.ts';
import type { EvaluatorOptions } from '../session.ts';
import { calibrationMasks, calibrationPlaces, deviationOf, longestSum, tolerance } from './calibration.ts';
import { channelBlock } from './channel-blocks.ts';
import { type GraphData, graphData } from './data.ts';
import { type GraphForward, openForward } from './forward.ts';
import { cutSamples, widestNode } from './plan.ts';
import { type GraphReadout, readoutOf } from './readout.ts';

/** A share of the largest logit by which rounding errors alone do not change one. */
const SUSPICIOUS = 1e-2;

export interface GraphOptions extends EvaluatorOptions {
  /** Channels a block; as many as the machine takes if absent. */
  readonly block?: number;
}

/** A run over some of the samples. */
interface Run {
  readonly values: Record<string, Tensor>;
  readonly logits: Record<string, Tensor>;
}

interface Parts {
  readonly forward: GraphForward;
  readonly readout: GraphReadout;
  readonly runs: readonly Run[];
  readonly mask: Uint8Array;
}

export class GraphEvaluator implements Evaluator {
  readonly bytes: number;
  readonly #parts: Parts;

  static async create(graph: Graph, data: ScaledData, options: GraphOptions): Promise<GraphEvaluator> {
    const folded = foldNormalization(graph);
    const values = await graphData(folded, data);
    const double = new GraphDouble(graph, data.x);
    const readout = readoutOf(double, data.labels, graph.classes, options);
    const forward = await forwardOf(graph, folded, values, double, readout, options);
    const widest = widestNode(folded, values.parts.after);
    const ranges = cutSamples(countSamples(data), widest);
    const runs = ranges.map((range) => {
      const from = range.start * graph.classes;
      const logits = readout.logits.subarray(from, from + range.samples * graph.classes);
      return { values: values.range(range), logits: forward.into(logits) };
    });
    const mask = new Uint8Array(prunableBits(graph));
    const activations = 3 * widest * (ranges[0]?.samples ?? 0);
    // The stored weights, their folded copies, and those of a mask, are held beside the data; a run packs some once more.
    const weights = 2 * forward.bytes + mask.byteLength + 4 * mask.length;
    const bytes = data.x.byteLength + values.bytes + readout.logits.byteLength + activations + weights;
    return new GraphEvaluator({ forward, readout, runs, mask }, bytes);
  }

  private constructor(parts: Parts, bytes: number) {
    this.#parts = parts;
    this.bytes = bytes;
  }

  async evaluate(masks: PackedMasks): Promise<Scores> {
    const { forward, readout, runs, mask } = this.#parts;
    requireBits(masks, mask.length);
    const scores = emptyScores(masks.count);
    for (let index = 0; index < masks.count; index++) {
      unpackInto(genomeAt(masks, index), mask.length, mask);
      forward.setMask(mask);
      for (const { values, logits } of runs) await forward.run(values, logits);
      setScore(scores, index, readout.score(mask));
    }
    return scores;
  }

  release(): Promise<void> {
    return this.#parts.forward.release();
  }
}

/**
 * The graph; sets how exact it is in the readout. Blocked operators are onnxruntime's own affair, and no standard says
 * what they do: where it refuses them, or computes anything but the network by them, the standard's operators do.
 */
async function forwardOf(
  graph: Graph,
  folded: Graph,
  values: GraphData,
  double: GraphDouble,
  readout: GraphReadout,
  { objective, threads, block = 0 }: GraphOptions,
): Promise<GraphForward> {
  const width = block || (await channelBlock());
  // Losses are summed on one thread, as those of multilayer perceptrons are: see general-evaluator.ts. An own objective may
  // depend on the last bits of the logits as well.
  const used = needsLoss(objective) || objective === OWN ? 1 : threads;
  const { multiplyAdds } = sizeOfGraph(graph);
  const places = calibrationPlaces(values.samples, multiplyAdds);
  const measured = async (forward: GraphForward) => {
    const mask = new Uint8Array(prunableBits(graph));
    const logits = new Float32Array(places.length * graph.classes);
    const [rows, into] = [values.rows(places), forward.into(logits)];
    let error = 0;
    let broken = false;
    for (const _ of calibrationMasks(graph, multiplyAdds, mask)) {
      forward.setMask(mask);
      await forward.run(rows, into);
      const deviation = deviationOf(double, mask, places, logits);
      error = Math.max(error, deviation.error);
      broken ||= deviation.broken;
    }
    return { error, sound: !broken && error <= SUSPICIOUS };
  };
  const open = async (channels: number) => {
    const forward = await openForward(folded, values.parts, channels, used);
    try {
      return { forward, ...(await measured(forward)) };
    } catch (error) {
      await forward.release();
      throw error;
    }
  };
  const blocked = width > 1 ? await open(width).catch(() => undefined) : undefined;
  if (blocked && !blocked.sound) await blocked.forward.release();
  const chosen = blocked?.sound ? blocked : await open(1);
  readout.tolerate(tolerance(chosen.error, longestSum(graph)));
  return chosen.forward;
}
