/** Greedy walks that evaluate single flips: the same as by whole masks, with many more candidates in the same time. */
import { at } from '../base/at.ts';
import { indexOfLargest } from '../base/largest.ts';
import { random } from '../base/random.ts';
import { drawToFront, shuffled } from '../base/shuffle.ts';
import { withFlippedBit } from '../search/genome.ts';
import type { FlipWalk } from '../search/pruning.ts';

/** By what a walk goes: its place is the index of its stream of random numbers. */
export const FIGURES = ['accuracy', 'cross-entropy'] as const;

export type WalkedFigure = (typeof FIGURES)[number];

/** Opens a walk over single flips that stands at a mask; larger figures are better. */
export type OpenWalk = (start: Uint8Array, figure: WalkedFigure) => FlipWalk;

/**
 * By accuracy and by cross-entropy, from a mask over all `positions`: the masks at `places` bits along the way. `name`: what the
 * streams of random numbers are named by.
 */
export function walkByFlips(
  from: Uint8Array,
  positions: readonly number[],
  { seed, path }: { readonly seed: number; readonly path: number },
  candidates: number,
  places: readonly number[],
  open: OpenWalk,
): Uint8Array[][] {
  return FIGURES.map((figure, index) => {
    const walk = open(from, figure);
    const stream = random(seed, 'landscape-greedy', path, index);
    const remaining = shuffled(stream, positions);
    const visited = [from];
    while (remaining.length > 0) {
      drawToFront(stream, remaining, candidates);
      const best = indexOfLargest(remaining.slice(0, candidates).map((bit) => walk.figureIf(bit)));
      const [bit] = remaining.splice(best, 1);
      if (bit === undefined) throw new RangeError('no candidate');
      walk.flip(bit);
      visited.push(withFlippedBit(at(visited, visited.length - 1), bit));
    }
    return places.map((place) => at(visited, place));
  });
}
