/** Masks drawn from what is known before a search: probabilities to keep each weight, mixed at random. */

import { at } from '../base/at.ts';
import { blocksOf, type Random } from '../base/random.ts';
import { pack } from './genome.ts';

/** For each component of the mixture the probability that it keeps each weight; one at least. */
export type KeepProbabilities = readonly Float32Array[];

/** Shares of a mixture are drawn so that a few components dominate: exponentials to this power, over their sum. */
const CONCENTRATION = 3;

/**
 * The shares z of the mixture are drawn anew for each mask, so that masks lie near a manifold of as many dimensions as there
 * are components, less one: p(mask | z).
 */
export function learnedGenome(stream: Random, prior: KeepProbabilities): Uint8Array {
  const shares = prior.map(() =>
    prior.length === 1 ? 1 : (-Math.log(1 - stream.uniform())) ** CONCENTRATION,
  );
  const sum = shares.reduce((total, share) => total + share, 0);
  const mask = new Uint8Array(at(prior, 0).length);
  for (const [first, block] of blocksOf(mask.length)) {
    const kept = new Float64Array(block.length);
    for (const [index, component] of prior.entries()) {
      const share = at(shares, index) / sum;
      for (let place = 0; place < kept.length; place++)
        kept[place] = (kept[place] ?? 0) + share * (component[first + place] ?? 0);
    }
    stream.uniforms(block);
    for (let place = 0; place < kept.length; place++)
      mask[first + place] = (block[place] ?? 0) < (kept[place] ?? 0) ? 1 : 0;
  }
  return pack(mask);
}
