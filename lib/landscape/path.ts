/**
 * Paths between two masks: the bits in which they differ, flipped one after another. In random order, what a walk that
 * knows nothing would meet; in greedy order, what the best step of each moment reaches.
 */
import { at } from '../base/at.ts';
import { indexOfLargest } from '../base/largest.ts';
import { random } from '../base/random.ts';
import { drawToFront, shuffled } from '../base/shuffle.ts';
import { getBit, withFlippedBit } from '../search/genome.ts';
import { type OpenWalk, walkByFlips } from './flip-walks.ts';
import { type Evaluate, evaluateAll, type Measured } from './scoring.ts';

/** The positions at which two masks of `bits` bits differ, ascending. */
export function differingBits(from: Uint8Array, to: Uint8Array, bits: number): number[] {
  const positions: number[] = [];
  for (let bit = 0; bit < bits; bit++) if (getBit(from, bit) !== getBit(to, bit)) positions.push(bit);
  return positions;
}

/** A copy of `genome` with all of `positions` inverted. */
export function withFlippedBits(genome: Uint8Array, positions: readonly number[]): Uint8Array {
  const flipped = genome.slice();
  for (const bit of positions) flipped[bit >>> 3] = (flipped[bit >>> 3] ?? 0) ^ (0x80 >>> (bit & 7));
  return flipped;
}

/** How finely a path is measured. */
export interface PathPlan {
  /** Random orders. */
  readonly orders: number;
  /** Steps between the places at which the path is measured, at most; the ends are always among the places. */
  readonly steps: number;
  /** Bits that a greedy step flips: 1, unless the masks differ in too many. */
  readonly block: number;
  /** Candidates that a greedy step chooses from, drawn among the remaining ones; all of them where fewer remain. */
  readonly candidates: number;
  /** Whether candidates are evaluated flip by flip, not as whole masks. */
  readonly byFlips: boolean;
}

export interface PathEnds {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly bits: number;
}

/** Random source of a path: its streams are named by the landscape's seed and the path's place among its paths. */
export interface PathName {
  readonly seed: number;
  readonly path: number;
}

/** `at`: bits flipped at each place, from 0 to the distance. Scores per order and place, and per greedy walk and place. */
export interface MeasuredPath {
  readonly at: readonly number[];
  readonly random: readonly (readonly Measured[])[];
  /** At each step the candidate with the most correct predictions. */
  readonly greedyByAccuracy: readonly Measured[];
  /** At each step the candidate with the least cross-entropy. */
  readonly greedyByLoss: readonly Measured[];
}

/** The places at which a path over `distance` bits is measured: multiples of the block, the two ends included. */
export function placesAlong(distance: number, { steps, block }: PathPlan): number[] {
  const blocks = Math.ceil(distance / block);
  const pieces = Math.min(blocks, steps);
  if (pieces === 0) return [0];
  const places = Array.from({ length: pieces + 1 }, (_, index) => Math.round((blocks * index) / pieces));
  return places.map((place) => Math.min(distance, place * block));
}

/** The masks at `places` bits along the path on which `order` is flipped, its first bit first. */
export function masksAlong(from: Uint8Array, order: readonly number[], places: readonly number[]) {
  let flipped = 0;
  let genome = from;
  return places.map((place) => {
    genome = withFlippedBits(genome, order.slice(flipped, place));
    flipped = place;
    return genome;
  });
}

/** The `index`-th random order of `positions`. */
export function randomOrder({ seed, path }: PathName, index: number, positions: readonly number[]): number[] {
  return shuffled(random(seed, 'landscape-path', path, index), positions);
}

/** `open`: where the plan goes by flips. Every score that is given is that of a whole mask. */
export async function measurePath(
  ends: PathEnds,
  name: PathName,
  plan: PathPlan,
  evaluate: Evaluate,
  open?: OpenWalk,
) {
  const { from, to, bits } = ends;
  const positions = differingBits(from, to, bits);
  const at = placesAlong(positions.length, plan);
  const orders = Array.from({ length: plan.orders }, (_, index) => randomOrder(name, index, positions));
  const masks = orders.flatMap((order) => masksAlong(from, order, at));
  const scores = await evaluateAll(evaluate, masks, bits);
  const [start] = scores;
  if (start === undefined) throw new RangeError('a path needs at least one random order');
  const measured = (walk: readonly Visited[]) =>
    at.flatMap((place) =>
      walk.filter(({ flipped }) => flipped === place).map(({ correct, loss }) => ({ correct, loss })),
    );
  const greedy =
    plan.byFlips && open
      ? await evaluateAll(
          evaluate,
          walkByFlips(from, positions, name, plan.candidates, at, open).flat(),
          bits,
        )
      : (await walkGreedily(ends, start, name, plan, evaluate)).flatMap(measured);
  return {
    at,
    random: orders.map((_, index) => scores.slice(index * at.length, (index + 1) * at.length)),
    greedyByAccuracy: greedy.slice(0, at.length),
    greedyByLoss: greedy.slice(at.length),
  };
}

/** A mask that a greedy walk came by, `flipped` bits from its start. */
export interface Visited extends Measured {
  readonly genome: Uint8Array;
  readonly flipped: number;
}

const PREFERENCES: readonly ((one: Measured) => number)[] = [
  ({ correct }) => correct,
  ({ loss }) => (Number.isFinite(loss) ? -loss : Number.NEGATIVE_INFINITY),
];

/**
 * Two greedy walks from one mask to the other, abreast: by accuracy, and by cross-entropy. Each step flips the block
 * that scores best among the candidates, the first drawn of equals. Every mask on the way, both ends included.
 */
export async function walkGreedily(
  { from, to, bits }: PathEnds,
  start: Measured,
  { seed, path }: PathName,
  { block, candidates }: Pick<PathPlan, 'block' | 'candidates'>,
  evaluate: Evaluate,
): Promise<[Visited[], Visited[]]> {
  const positions = differingBits(from, to, bits);
  const walks = PREFERENCES.map((prefer, index) => {
    const stream = random(seed, 'landscape-greedy', path, index);
    const order = shuffled(stream, positions);
    const blocks = Array.from({ length: Math.ceil(order.length / block) }, (_, at) =>
      order.slice(at * block, (at + 1) * block),
    );
    // The last block may be shorter; it goes last, so that places along the path are multiples of the block.
    const short = order.length % block === 0 ? undefined : blocks.pop();
    const remaining = blocks.map((_, at) => at);
    const visited: Visited[] = [{ ...start, genome: from, flipped: 0 }];
    return { prefer, stream, blocks, short, remaining, visited };
  });
  for (let step = Math.ceil(positions.length / block); step > 0; step--) {
    const tried = walks.map(({ stream, blocks, short, remaining, visited }) => {
      drawToFront(stream, remaining, candidates);
      const chosen = remaining.slice(0, candidates).map((at) => blocks[at] ?? []);
      const moves = chosen.length > 0 ? chosen : [short ?? []];
      const { genome, flipped } = visited.at(-1) ?? { genome: from, flipped: 0 };
      return moves.map((move) => ({
        genome: move.length === 1 ? withFlippedBit(genome, move[0] ?? 0) : withFlippedBits(genome, move),
        flipped: flipped + move.length,
      }));
    });
    const genomes = tried.flat().map(({ genome }) => genome);
    const scores = await evaluateAll(evaluate, genomes, bits);
    let first = 0;
    for (const [index, walk] of walks.entries()) {
      const moves = tried[index] ?? [];
      const own = scores.slice(first, first + moves.length);
      first += moves.length;
      const best = indexOfLargest(own.map(walk.prefer));
      const [move, score] = [moves[best], own[best]];
      if (move && score) walk.visited.push({ ...score, ...move });
      walk.remaining.splice(best, 1);
    }
  }
  const [byAccuracy, byLoss] = walks;
  return [byAccuracy?.visited ?? [], byLoss?.visited ?? []];
}

/** The most distant of `genomes` from `from`, the first of equals, and in how many bits it differs. */
export function mostDistant(from: Uint8Array, genomes: readonly Uint8Array[], bits: number) {
  const distances = genomes.map((genome) => differingBits(from, genome, bits).length);
  if (distances.length === 0) return undefined;
  const index = indexOfLargest(distances);
  return { index, distance: at(distances, index) };
}
