/** How much a search by single flips does: its starts, then one search from the best mask for each other price of weights. */
import type { FlipSection } from './flip-fields.ts';
import { extentOf, flipsOf, type Size, type Stage, stagesOf } from './flip-stages.ts';

/** Starts by default: the fewer the weights, the more local optima there are to fall into, and the less a start costs. */
const STARTS = { least: 2, most: 8, weights: 600 };

/** Flips of a search at another price, as a share of a start's: it begins at the best mask there is. */
const FRONT_SHARE = 0.5;

/** Work of all starts, or of all searches at other prices. */
interface Phase {
  /** Of each of them. */
  readonly flips: number;
  readonly stages: readonly Stage[];
}

export interface FlipPlan {
  readonly starts: number;
  readonly main: Phase;
  readonly further: Phase;
  /** Flips in all. */
  readonly flips: number;
  /** Generations after the first. */
  readonly generations: number;
  /** Slices of single individuals, and what all flips come to as flips judged by all samples. */
  readonly improvements: number;
  readonly wholeFlips: number;
}

/** `population`: the random masks that starts are chosen from. */
export function flipPlan(section: FlipSection, population: number, size: Size): FlipPlan {
  const { least, most, weights } = STARTS;
  const few = Math.max(least, Math.min(most, Math.round(weights / size.bits)));
  const starts = section.starts ?? Math.min(few, population);
  const prices = section.front.length;
  const phaseOf = (flips: number): Phase => ({ flips, stages: stagesOf({ ...section, flips }, size) });
  const main = phaseOf(flipsOf(section, size));
  const further = phaseOf(Math.ceil(main.flips * FRONT_SHARE));
  const [first, second] = [extentOf(main.stages), extentOf(further.stages)];
  return {
    starts,
    main,
    further,
    flips: starts * main.flips + prices * further.flips,
    generations: first.generations + (prices > 0 ? second.generations : 0),
    improvements: starts * first.generations + prices * second.generations,
    wholeFlips: starts * first.flips + prices * second.flips,
  };
}
