/** An order of the weights whose every beginning is a ticket. */

export interface NestedOrder {
  /** The weights, the last to leave first; without those that no ticket keeps. */
  readonly bits: Uint32Array;
  readonly pauses: readonly Pause[];
}

/** A beginning that stands for more weights too: from `from` weights on, none is added up to `to`. */
export interface Pause {
  readonly from: number;
  readonly to: number;
}

/** Larger orders would have ranks that single precision cannot tell apart: a rank and a half takes one bit more than the rank. */
export const MOST_RANKED = 2 ** 23;

/** Weights that are kept at a share of `weights`, of which `ranked` can be kept. In single precision, as the model multiplies. */
export function keptAt(
  share: number,
  { weights, ranked, pauses }: { weights: number; ranked: number; pauses: readonly Pause[] },
): number {
  const wanted = Math.min(ranked, Math.round(Math.fround(Math.fround(share) * weights)));
  return Math.min(wanted, ...pauses.flatMap(({ from, to }) => (wanted <= to && from < wanted ? [from] : [])));
}

/** How many weights must be wanted, less one, until the weight at a place of the order is kept. */
export function rankAt(place: number, pauses: readonly Pause[]): number {
  return Math.max(place, ...pauses.flatMap(({ from, to }) => (from <= place && place < to ? [to] : [])));
}
