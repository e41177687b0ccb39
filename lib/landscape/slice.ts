/**
 * A plane through the hypercube of masks. A mask has no direction in which one could go on for ever: to flip a bit twice is
 * to stand still. So a direction is a random order of bits, and to go i steps along it is to flip its first i·s bits;
 * to go the other way flips other bits. The four half-axes share no bit: the distance between two places of the
 * plane is s times the number of steps between them along the axes.
 *
 *               +j: bits C            place (i, j) with i > 0, j < 0:
 *     −i: bits B  ·  +i: bits A         the ticket with the first i·s bits of A
 *               −j: bits D              and the first |j|·s bits of D flipped
 */
import { range } from 'd3-array';
import { random } from '../base/random.ts';
import { shuffled } from '../base/shuffle.ts';
import { withFlippedBits } from './path.ts';
import { type Evaluate, evaluateAll, type Measured } from './scoring.ts';

export interface SlicePlan {
  /** Places from the ticket to an edge; the plane has (2·reach + 1)² places. */
  readonly reach: number;
  /** Bits that a step flips, s. */
  readonly step: number;
}

/** The four half-axes of a plane, each `reach`·`step` bits in the order in which they are flipped. */
export interface HalfAxes {
  readonly right: readonly number[];
  readonly left: readonly number[];
  readonly up: readonly number[];
  readonly down: readonly number[];
}

/** The plan of a plane of at most `side` × `side` places that reaches as far as it can: a quarter of the bits to each side. */
export function planSlice(bits: number, side: number): SlicePlan | undefined {
  const quarter = Math.floor(bits / 4);
  const reach = Math.min(Math.floor((side - 1) / 2), quarter);
  return reach < 1 ? undefined : { reach, step: Math.floor(quarter / reach) };
}

export function halfAxes(seed: number, bits: number, { reach, step }: SlicePlan): HalfAxes {
  const order = shuffled(random(seed, 'landscape-slice'), range(bits));
  const length = reach * step;
  const part = (index: number) => order.slice(index * length, (index + 1) * length);
  return { right: part(0), left: part(1), up: part(2), down: part(3) };
}

/** The mask at (`i`, `j`), both in −reach..reach. */
export function maskInSlice(ticket: Uint8Array, axes: HalfAxes, step: number, i: number, j: number) {
  const horizontal = i < 0 ? axes.left : axes.right;
  const vertical = j < 0 ? axes.down : axes.up;
  return withFlippedBits(ticket, [
    ...horizontal.slice(0, Math.abs(i) * step),
    ...vertical.slice(0, Math.abs(j) * step),
  ]);
}

/** The scores of every place, row by row from the lowest j, each row from the lowest i. */
export async function measureSlice(
  ticket: Uint8Array,
  bits: number,
  seed: number,
  plan: SlicePlan,
  evaluate: Evaluate,
): Promise<Measured[]> {
  const axes = halfAxes(seed, bits, plan);
  const steps = Array.from({ length: 2 * plan.reach + 1 }, (_, index) => index - plan.reach);
  const masks = steps.flatMap((j) => steps.map((i) => maskInSlice(ticket, axes, plan.step, i, j)));
  return evaluateAll(evaluate, masks, bits);
}
