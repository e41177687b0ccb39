/** Scores of masks, and walks by single flips, on the training data of a finished run. */
import type { OpenSource } from '../base/source.ts';
import { countSamples } from '../data/dataset.ts';
import { createEvaluator } from '../evaluation/evaluator-choice.ts';
import { openFlipWalk, openLayersWalk } from '../evaluation/flips/exact.ts';
import type { OpenWalk, WalkedFigure } from '../landscape/flip-walks.ts';
import type { Evaluate } from '../landscape/scoring.ts';
import { layersOf } from '../network/layers-graph.ts';
import type { FlipWalk } from '../search/pruning.ts';
import type { FinishedRun } from './finished-run.ts';
import { otherData, readRunData } from './run-data.ts';

export type Scorer = {
  readonly evaluate: Evaluate;
  /** A walk over dense layers, however much memory it takes. */
  readonly openWalk?: OpenWalk;
  /** A walk over any network; undefined where flips cannot be evaluated alone, or not in the memory that there is. */
  readonly findWalk: (start: Uint8Array, figure: WalkedFigure) => FlipWalk | undefined;
} & AsyncDisposable;

/** An evaluator of the run's training data, where one is needed. */
export async function openScorer(run: FinishedRun, needed: boolean, open: OpenSource): Promise<Scorer> {
  if (!needed) {
    const unexpected = () => Promise.reject(new Error('nothing was to be evaluated'));
    return {
      evaluate: unexpected,
      findWalk: () => undefined,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const { parts, scaling } = await readRunData(run.store, run.spec, ['train'], open);
  const samples = parts.get('train');
  const { trainSamples, version } = run.summary;
  if (!samples || countSamples(samples) !== trainSamples) throw otherData(run.store, 'train', version);
  const evaluator = await createEvaluator(run.network, samples, scaling, { objective: 'cross-entropy' });
  const layers = layersOf(run.network);
  return {
    evaluate: (masks) => evaluator.evaluate(masks),
    ...(layers && {
      openWalk: (start, figure) => openLayersWalk(layers, samples, scaling, start, figure),
    }),
    findWalk: (start, figure) => openFlipWalk(run.network, samples, scaling, start, figure),
    [Symbol.asyncDispose]: () => evaluator.release(),
  };
}
