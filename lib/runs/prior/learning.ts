/** Makes a prior of the tickets of finished runs. */
import { group } from 'd3-array';
import { at } from '../../base/at.ts';
import { UserError } from '../../base/errors.ts';
import { isDrawn } from '../../runspec/network.ts';
import { getBit } from '../../search/genome.ts';
import { VERSION } from '../../version.ts';
import type { FinishedRun } from '../finished-run.ts';
import { fitLogistic } from './logistic.ts';
import { type Prior, weightsDigest } from './prior.ts';
import { eachWeight, WEIGHT_FEATURES } from './weight-features.ts';

/** Rows that the model is fitted to, at most, about. */
const MOST_ROWS = 500_000;
function initializerOf({ spec: { network } }: Pick<FinishedRun, 'spec'>): string | null {
  return isDrawn(network) ? network.initializer : null;
}

/** The prior of these runs. Throws UserError where they do not make one. */
export function learnPrior(runs: readonly FinishedRun[]): Prior {
  const drawn = [...group(runs, initializerOf)];
  if (runs.length < 2) throw new UserError('learn: found 1 run, expected 2 or more, whose tickets can agree');
  if (drawn.length > 1) {
    const found = drawn.map(([name, all]) => `${name ?? 'given weights'} (${at(all, 0).name})`);
    throw new UserError(
      `learn: found runs whose weights were drawn by ${found.join(' and ')}; expected one initializer: a weight's chance to be kept is learned from what it looks like`,
    );
  }
  const stride = Math.max(1, Math.ceil(runs.reduce((sum, { bits }) => sum + bits, 0) / MOST_ROWS));
  const model = fitLogistic(WEIGHT_FEATURES.length, (visit) => {
    for (const { network, ticket, summary } of runs) {
      eachWeight(network, { sparsity: summary.sparsity, loss: summary.trainLoss ?? 0 }, (features, bit) => {
        if (bit % stride === 0) visit(features, getBit(ticket, bit));
      });
    }
  });
  return {
    prior: 1,
    version: VERSION,
    initializer: drawn[0]?.[0] ?? null,
    runs: runs.map(({ name, summary, network, ticket, bits }) => ({
      run: name,
      specHash: summary.specHash,
      weights: weightsDigest(network),
      ticket: Buffer.from(ticket).toString('base64'),
      bits,
      sparsity: summary.sparsity,
      loss: summary.trainLoss,
    })),
    features: [...WEIGHT_FEATURES],
    model,
  };
}
