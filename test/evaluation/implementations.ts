/** Every implementation of `Evaluator`; evaluator.test.ts holds each to the same promises. */
import type fc from 'fast-check';
import type { AffineScaling, Samples } from '../../lib/data/dataset.ts';
import type { Evaluator } from '../../lib/evaluation/evaluator.ts';
import { createEvaluator, estimateTime, type Path } from '../../lib/evaluation/evaluator-choice.ts';
import type { Network } from '../../lib/network/architecture.ts';
import type { Objective } from '../../lib/search/individual.ts';
import { fewInputWidths, layerWidths } from './cases.ts';

export interface Implementation {
  readonly name: string;
  /** Layer widths that it takes. */
  readonly widths: fc.Arbitrary<number[]>;
  readonly fits: (widths: readonly number[], objective: Objective) => boolean;
  readonly create: (
    network: Network,
    samples: Samples,
    scaling: AffineScaling,
    options: { readonly objective: Objective; readonly threads?: number },
  ) => Promise<Evaluator>;
}

function implementation(
  path: Path,
  widths: fc.Arbitrary<number[]>,
  overrides: Partial<Implementation> = {},
): Implementation {
  return {
    name: path,
    widths,
    fits: (layers, objective) =>
      Number.isFinite(estimateTime(path, { widths: layers, samples: 100, objective })),
    create: (network, samples, scaling, options) =>
      createEvaluator(network, samples, scaling, { ...options, path }),
    ...overrides,
  };
}

export const IMPLEMENTATIONS: readonly Implementation[] = [
  implementation('general', layerWidths),
  implementation('few-inputs', fewInputWidths),
  // It sums losses too, if not to the same bits.
  implementation('graph', layerWidths, { fits: () => true }),
];
