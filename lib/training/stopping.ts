/** When training is over. */
import type { StopReason } from '../search/stopping.ts';
import type { TrainingSpec } from './methods.ts';

/** Epochs of all courses together, at most. */
export function mostEpochs({
  algorithm,
  edgePopup,
  backprop,
}: Pick<TrainingSpec, 'algorithm' | 'edgePopup' | 'backprop'>): number {
  return algorithm === 'edge-popup' ? edgePopup.epochs * edgePopup.keep.length : backprop.epochs;
}

/** Why training is over after `epochs` of them, `unchanged` since the best; undefined if it goes on. */
export function trainingStopReason(
  spec: Pick<TrainingSpec, 'algorithm' | 'edgePopup' | 'backprop'>,
  epochs: number,
  unchanged: number,
): StopReason | undefined {
  const { patience, validationShare } = spec.backprop;
  if (epochs >= mostEpochs(spec)) return 'max-epochs';
  if (spec.algorithm === 'backprop' && validationShare > 0 && unchanged >= patience) return 'early-stopping';
  return undefined;
}
