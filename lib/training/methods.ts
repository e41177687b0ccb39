/** The training algorithms, by their names in a spec. */
import type { Network } from '../network/architecture.ts';
import type { BackpropSpec, EdgePopupSpec, TrainingAlgorithm } from '../runspec/training.ts';
import { backprop } from './backprop.ts';
import { edgePopup } from './edge-popup.ts';
import type { TrainingMethod } from './method.ts';

/** The parts of a run spec that training depends on. */
export interface TrainingSpec {
  readonly algorithm: TrainingAlgorithm;
  readonly seed: number;
  readonly edgePopup: EdgePopupSpec;
  readonly backprop: BackpropSpec;
}

export function createMethod(network: Network, spec: TrainingSpec): TrainingMethod {
  return spec.algorithm === 'edge-popup'
    ? edgePopup(network, spec.edgePopup, spec.seed)
    : backprop(network, spec.backprop);
}
