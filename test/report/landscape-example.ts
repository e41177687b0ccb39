/** A made-up landscape: a hill around the ticket, and a path down to a random mask. */

import { randomGenome } from '../../lib/algorithms/parts/operators.ts';
import { random } from '../../lib/base/random.ts';
import { keptWeights } from '../../lib/landscape/kept-shares.ts';
import type { Landscape } from '../../lib/landscape/schema.ts';

const WIDTHS = [2, 20, 2];
const BITS = 80;

export function exampleLandscape(): Landscape {
  const reach = 6;
  const steps = Array.from({ length: 2 * reach + 1 }, (_, index) => index - reach);
  const accuracy = steps.flatMap((j) => steps.map((i) => 0.5 + 0.45 * Math.exp(-(i * i + j * j) / 12)));
  const at = Array.from({ length: 39 }, (_, place) => place);
  const fall = at.map((place) => 0.95 - (0.45 * place) / 38);
  const rise = at.map((place) => 0.2 + (3 * place) / 38);
  const masks = Array.from({ length: 9 }, (_, index) => randomGenome(random(3, 'start', 0, index), BITS));
  return {
    version: '0.1.0',
    seed: 0,
    resolution: 13,
    evaluations: 2_500,
    samples: 50_000,
    bits: BITS,
    runs: [{ name: 'run', specHash: 'hash', ticket: 'ticket', group: '[2,20,2]', sameWeights: true }],
    paths: [
      {
        from: 'the ticket',
        to: 'a random mask',
        distance: 38,
        orders: 20,
        block: 1,
        candidates: 38,
        at,
        random: {
          accuracy: { low: fall.map((value) => value - 0.05), median: fall, high: fall },
          loss: {
            low: rise,
            median: rise,
            high: rise.map((value, place) => (place === 9 ? null : value + 1)),
          },
        },
        greedyByAccuracy: { accuracy: fall, loss: rise },
        greedyByLoss: { accuracy: fall, loss: rise },
      },
    ],
    slice: {
      reach,
      step: 2,
      accuracy,
      loss: accuracy.map((value, place) => (place < 2 ? null : 5 * (1 - value))),
    },
    kept: keptWeights({ widths: WIDTHS }, masks),
    groups: [],
    statistics: [],
  };
}
