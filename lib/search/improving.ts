/**
 * Improves one mask, flip by flip: simulated annealing, or first improvement with kicks. Both minimise the position's cost
 * plus `lambda` times the share of weights that are kept, and take bits in fresh random orders, a pass each.
 *
 * The work can be cut anywhere: a state and a position of the same task give the same bits however many slices lead there.
 */
import { at } from '../base/at.ts';
import { UnusableOutput } from '../base/errors.ts';
import type { Purpose, Random } from '../base/random.ts';
import { drawToFront, shuffle } from '../base/shuffle.ts';
import { getBit } from './genome.ts';
import { type Position, shareInPass } from './position.ts';

interface Annealing {
  readonly method: 'annealing';
  /**
   * The temperature at the start, as a multiple of the typical change of the cost by a flip; it falls to 0 linearly. Typical
   * is the median over `SAMPLED` flips that change it, after a pass of improvements in which weights cost nothing.
   */
  readonly heat: number;
}

interface FirstImprovement {
  readonly method: 'first-improvement';
  /** Kicks of k bits are drawn with probabilities that fall as k^−`tail`. */
  readonly tail: number;
}

export type ImprovingSettings = (Annealing | FirstImprovement) & {
  /** Cost of keeping all weights. */
  readonly lambda: number;
  /** Flips to consider in all. */
  readonly flips: number;
  /** Bits before this one stay as they are; none if absent. */
  readonly firstBit?: number;
  /** The bits that may be flipped, as a genome; all if absent. */
  readonly free?: Uint8Array;
  /**
   * How many of the bits with slow flips a pass considers: `all` of them, or `by-flips`, where passes are cut short: as many as
   * if the flips before it had been whole passes. By default more in each pass, see `orderOf`.
   */
  readonly slowBits?: 'all' | 'by-flips';
};

export interface ImprovingState {
  /** The build of the position that it came from, and of the order of flips. */
  readonly build: string;
  /** Flips considered, among them those made. */
  readonly flips: number;
  readonly made: number;
  /** The order that is walked through, and where. */
  readonly pass: number;
  readonly place: number;
  /** Whether the pass has improved anything yet. */
  readonly improved: boolean;
  /** Typical change of the cost by a flip; null before it is known. */
  readonly typical: number | null;
  readonly kicks: number;
  /** The mask as it stands. */
  readonly genome: Uint8Array;
  /** The best local optimum that was left by a kick, and its cost with that of its weights. */
  readonly best: { readonly genome: Uint8Array; readonly cost: number } | null;
}

/** The streams of this search: by purpose, and by a number from 0. */
export type DrawStream = (
  purpose: Extract<Purpose, 'flip-order' | 'flip-accept' | 'flip-kick' | 'flip-sample'>,
  index: number,
) => Random;

/** Flips whose changes give the typical one. */
const SAMPLED = 256;
/** The pass of improvements before it takes at most this share of all flips. */
const FIRST_PASS = 0.1;

export function startImproving(position: Position, genome: Uint8Array): ImprovingState {
  return startAgain({ build: buildOf(position), typical: null }, genome);
}

/** What gives the bits of a search: earlier versions drew other orders, or set the temperature later, where flips of some bits are slow. */
function buildOf({ build, slow }: Position): string {
  return slow.length > 0 ? `${build}-order-3` : build;
}

/** Begins anew at a mask, with the temperature that is known. */
export function startAgain(
  { build, typical }: Pick<ImprovingState, 'build' | 'typical'>,
  genome: Uint8Array,
): ImprovingState {
  const fresh = { flips: 0, made: 0, pass: 0, place: 0, improved: false, kicks: 0, best: null };
  return { ...fresh, build, typical, genome };
}

/** Cost of the mask as it stands, and of its weights. */
export function costWithWeights(position: Position, lambda: number): number {
  return position.cost + (lambda * position.kept) / position.bits;
}

/**
 * Considers up to `most` more flips. The position may stand anywhere; afterwards it stands at the state's mask. Over when
 * `state.flips` is `settings.flips`.
 */
export function improve(
  position: Position,
  before: ImprovingState,
  settings: ImprovingSettings,
  draw: DrawStream,
  most: number,
): ImprovingState {
  const build = buildOf(position);
  if (before.build !== build)
    throw new UnusableOutput(
      `a checkpoint of the search was written by build ${before.build} of the kernel of flips, and this is build ${build}: continue it with the version of Tombola that began it, or begin again`,
    );
  position.moveTo(before.genome);
  const state = { ...before };
  const end = Math.min(settings.flips, state.flips + most);
  const bits = bitsOf(position, settings);
  const cold = coldFlips(settings, bits.length);
  // Where nothing may be flipped, all flips are considered at once.
  if (bits.length === 0) state.flips = end;
  let order: Uint32Array | undefined;
  while (state.flips < end) {
    // A slice may have ended with its pass: that takes no order to see.
    if (state.place < bits.length)
      order ??= orderOf(position, settings, bits, draw('flip-order', state.pass), state);
    if (order && state.place < order.length) walk(position, state, settings, order, draw, end, cold);
    else {
      finishPass(position, state, settings, draw);
      order = undefined;
    }
  }
  if (state.flips === settings.flips && settings.method === 'first-improvement')
    keepBest(position, state, settings);
  return { ...state, genome: position.genome() };
}

/** The better one of the state's mask, where the position must stand, and the best that was left behind. */
export function bestOf(position: Position, { genome, best }: ImprovingState, lambda: number): Uint8Array {
  return best && best.cost < costWithWeights(position, lambda) ? best.genome : genome;
}

type Running = { -readonly [Key in keyof ImprovingState]: ImprovingState[Key] };

/** Flips that come before the temperature is set: no more than a pass over all of the `bits`. */
function coldFlips({ method, flips }: ImprovingSettings, bits: number): number {
  return method === 'annealing' ? Math.min(bits, Math.floor(flips * FIRST_PASS)) : 0;
}

/** Goes on through the pass, to its end or `end`. `cold`: flips that come before the temperature is set. */
function walk(
  position: Position,
  state: Running,
  settings: ImprovingSettings,
  order: Uint32Array,
  draw: DrawStream,
  end: number,
  cold: number,
): void {
  const { bits } = position;
  const { lambda, flips: all } = settings;
  const acceptance = draw('flip-accept', state.pass);
  acceptance.skip(state.place);
  const annealed = settings.method === 'annealing';
  for (; state.place < order.length && state.flips < end; state.place++) {
    if (annealed && state.flips >= cold) state.typical ??= typicalChange(position, settings, draw);
    const bit = at(order, state.place);
    const luck = acceptance.uniform();
    const progress = state.flips++ / all;
    const dropped = position.has(bit);
    const price = annealed && state.typical === null ? 0 : (dropped ? -lambda : lambda) / bits;
    const heat = annealed ? settings.heat * (state.typical ?? 0) * (1 - progress) : 0;
    // Metropolis: taken with probability e^(−change / heat); the change that is just taken is known before.
    const limit = (heat > 0 ? -heat * Math.log(1 - luck) : 0) - price;
    const change = position.change(bit, limit);
    // A flip without effect is accepted only if it drops a weight.
    if (!(change < limit || (change === limit && (heat > 0 || dropped)))) continue;
    position.flip(bit);
    state.made++;
    if (change < -price) state.improved = true;
  }
}

/** At the end of a pass the next begins; after one without an improvement with a kick, or anew if the mask is no better than chance. */
function finishPass(position: Position, state: Running, settings: ImprovingSettings, draw: DrawStream): void {
  if (settings.method === 'first-improvement' && !state.improved) {
    keepBest(position, state, settings);
    const stream = draw('flip-kick', state.kicks++);
    const bits = bitsOf(position, settings);
    if (isAtChance(position, settings, bits)) {
      // Every bit with probability ½: that is a fair random mask, whatever the one before.
      position.flipAll(bits.filter(() => stream.uniform() < 0.5));
    } else {
      const size = heavyTailed(stream.uniform(), settings.tail, Math.max(1, bits.length >> 1));
      drawToFront(stream, bits, size);
      position.flipAll(bits.subarray(0, size));
    }
  }
  state.pass++;
  state.place = 0;
  state.improved = false;
}

/** Whether the mask costs no less than one that keeps none of the `bits`. */
function isAtChance(position: Position, { lambda }: ImprovingSettings, bits: Uint32Array): boolean {
  const cost = costWithWeights(position, lambda);
  const kept = bits.filter((bit) => position.has(bit));
  position.flipAll(kept);
  const chance = costWithWeights(position, lambda);
  position.flipAll(kept);
  return cost >= chance;
}

/** The better one of the position and the best optimum so far becomes both. */
function keepBest(position: Position, state: Running, { lambda }: ImprovingSettings): void {
  const cost = costWithWeights(position, lambda);
  if (state.best && state.best.cost < cost) position.moveTo(state.best.genome);
  else state.best = { genome: position.genome(), cost };
}

/** k in 1..most with probability ∝ k^−tail, from a uniform number. */
export function heavyTailed(uniform: number, tail: number, most: number): number {
  let total = 0;
  for (let size = 1; size <= most; size++) total += size ** -tail;
  let left = uniform * total;
  for (let size = 1; size < most; size++) {
    left -= size ** -tail;
    if (left < 0) return size;
  }
  return most;
}

/** The bits that are flipped. */
function bitsOf({ bits }: Position, { firstBit = 0, free }: ImprovingSettings): Uint32Array {
  if (firstBit >= bits) throw new RangeError(`bits from ${firstBit} on, of ${bits}`);
  // Uint32Array.from takes ten times as long, a third of a second for three million.
  const all = new Uint32Array(bits - firstBit);
  for (let index = 0; index < all.length; index++) all[index] = firstBit + index;
  return free ? all.filter((bit) => getBit(free, bit) === 1) : all;
}

/**
 * The bits of a pass, in its order. Of bits whose flips take `times` as long, the first pass draws one in `times`, the second
 * two, and so on: in a search of a pass or a few, each bit has about the same time; in a long one, about as many flips. If none
 * is drawn, all are taken.
 */
function orderOf(
  { slow }: Position,
  { slowBits }: ImprovingSettings,
  bits: Uint32Array,
  stream: Random,
  { pass, flips, place }: ImprovingState,
): Uint32Array {
  if (slowBits === 'all') return shuffle(stream, bits.slice());
  const passes = slowBits === 'by-flips' ? (flips - place) / bits.length : pass;
  const order = new Uint32Array(bits.length);
  let [index, length] = [0, 0];
  for (const { first, end, times } of slow) {
    const share = shareInPass(times, passes);
    for (; (bits[index] ?? Number.POSITIVE_INFINITY) < end; index++) {
      const bit = at(bits, index);
      if (bit < first || stream.uniform() < share) order[length++] = bit;
    }
  }
  order.set(bits.subarray(index), length);
  length += bits.length - index;
  return shuffle(stream, length > 0 ? order.subarray(0, length) : bits.slice());
}

function typicalChange(position: Position, settings: ImprovingSettings, draw: DrawStream): number {
  const bits = bitsOf(position, settings);
  drawToFront(draw('flip-sample', 0), bits, SAMPLED);
  const changes = Array.from(bits.subarray(0, SAMPLED), (bit) => Math.abs(position.change(bit)))
    .filter((change) => change > 0)
    .sort((a, b) => a - b);
  return changes[changes.length >> 1] ?? 0;
}
