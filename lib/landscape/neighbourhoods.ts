/**
 * What the neighbourhoods of masks say about a landscape, a neighbour being a mask with one bit flipped: how rugged it is, how
 * neutral, and which local optima it has.
 *
 * The correlation is that of the figures of a mask and a neighbour, ρ(1) of a random walk, and the correlation length is
 * −1 / ln ρ(1) flips (Weinberger 1990, Biological Cybernetics 63:325). Its estimate is 1 − E[Δ²] / (2 Var), with the change Δ
 * by a flip and the variance over fair random masks.
 */
import { mean, range, sum, variance } from 'd3-array';
import { random } from '../base/random.ts';
import { drawToFront, shuffle } from '../base/shuffle.ts';
import { getBit, withFlippedBit } from '../search/genome.ts';
import type { FlipWalk } from '../search/pruning.ts';

export interface Ruggedness {
  /** ρ(1), at most 1; null if all masks have the same figure. */
  readonly correlation: number | null;
  /** In flips; null if the correlation is not between 0 and 1. */
  readonly correlationLength: number | null;
  /** Share of flips of fair random masks that leave the figure exactly as it is, 0..1. */
  readonly neutral: number;
}

export interface LocalOptimum {
  readonly genome: Uint8Array;
  /** Flips considered on the way, among them all that show that it is one. */
  readonly flips: number;
  /** Share of its flips that leave the figure exactly as it is, 0..1. */
  readonly neutral: number;
}

/** Flips of each mask. */
const FLIPS = 64;

/** `masks`: fair random ones, at least two; 256 give the correlation length to a tenth. */
export function measureRuggedness(
  walk: FlipWalk,
  masks: readonly Uint8Array[],
  bits: number,
  seed: number,
): Ruggedness {
  const figures: number[] = [];
  const squares: number[] = [];
  let neutral = 0;
  for (const [index, mask] of masks.entries()) {
    walk.moveTo(mask);
    const figure = walk.figure();
    figures.push(figure);
    const all = Uint32Array.from(range(bits));
    drawToFront(random(seed, 'landscape-sample', index, 1), all, FLIPS);
    for (const bit of all.subarray(0, FLIPS)) {
      const change = walk.figureIf(bit) - figure;
      squares.push(change ** 2);
      if (change === 0) neutral++;
    }
  }
  const spread = variance(figures) ?? 0;
  const correlation = spread > 0 ? 1 - (mean(squares) ?? 0) / (2 * spread) : null;
  const hasLength = correlation !== null && correlation > 0 && correlation < 1;
  return {
    correlation,
    correlationLength: hasLength ? -1 / Math.log(correlation) : null,
    neutral: neutral / squares.length,
  };
}

/**
 * Climbs from a mask to a local optimum, which no flip improves: takes every flip that improves the figure, in fresh random
 * orders of all bits. `index`: which of the climbs.
 */
export function climb(
  walk: FlipWalk,
  start: Uint8Array,
  bits: number,
  seed: number,
  index: number,
): LocalOptimum {
  let genome = start;
  walk.moveTo(genome);
  let figure = walk.figure();
  for (let pass = 1, flips = 0; ; pass++) {
    let improved = false;
    let neutral = 0;
    for (const bit of shuffle(random(seed, 'landscape-climb', index, pass), Uint32Array.from(range(bits)))) {
      const found = walk.figureIf(bit);
      flips++;
      if (found === figure) neutral++;
      if (!(found > figure)) continue;
      walk.flip(bit);
      const reached = walk.figure();
      if (!(reached > figure)) {
        // Rounding errors alone had made it look better: they could go on for ever.
        walk.flip(bit);
        continue;
      }
      genome = withFlippedBit(genome, bit);
      figure = reached;
      improved = true;
    }
    if (!improved) return { genome, flips, neutral: neutral / bits };
  }
}

/** Mean share of the bits in which two of the masks differ; null for fewer than two. */
export function meanDistance(masks: readonly Uint8Array[], bits: number): number | null {
  if (masks.length < 2) return null;
  const kept = new Uint32Array(bits);
  for (const mask of masks) {
    for (let bit = 0; bit < bits; bit++) kept[bit] = (kept[bit] ?? 0) + getBit(mask, bit);
  }
  const pairs = (masks.length * (masks.length - 1)) / 2;
  return sum(kept, (count) => count * (masks.length - count)) / pairs / bits;
}
