/** Positions and walks of a genome whose bits are in other places than those that they flip. */
import type { Places } from '../../network/dense-by-outputs.ts';
import { pack, unpack } from '../../search/genome.ts';
import type { Score } from '../../search/individual.ts';
import type { Position, SlowBits } from '../../search/position.ts';
import type { FlipWalk } from '../../search/pruning.ts';
import type { GraphDouble } from '../double/graph.ts';

/** The mask of the other genome; bits that this one lacks are 0. */
export function placedGenome({ of, bits }: Places, genome: Uint8Array): Uint8Array {
  const mask = unpack(genome, of.length);
  const placed = new Uint8Array(bits);
  for (const [bit, place] of of.entries()) placed[place] = mask[bit] ?? 0;
  return pack(placed);
}

function placeOf({ of }: Places, bit: number): number {
  const place = of[bit];
  if (place === undefined) throw new RangeError(`bit ${bit} of ${of.length}`);
  return place;
}

export class PlacedPosition implements Position {
  readonly build: string;
  readonly bits: number;
  readonly samples: number;
  readonly firstQuick: number;
  readonly slow: readonly SlowBits[];
  readonly #own: Position;
  readonly #places: Places;

  /** Only bits within a layer change places: those that are slow, or before the first quick one, stay so. */
  constructor(own: Position, places: Places) {
    this.build = own.build;
    this.bits = places.of.length;
    this.samples = own.samples;
    this.firstQuick = own.firstQuick;
    this.slow = own.slow;
    this.#own = own;
    this.#places = places;
  }

  get bytes(): number {
    return this.#own.bytes + this.#places.of.byteLength;
  }

  get cost(): number {
    return this.#own.cost;
  }

  get kept(): number {
    return this.#own.kept;
  }

  has(bit: number): boolean {
    return this.#own.has(placeOf(this.#places, bit));
  }

  genome(): Uint8Array {
    return pack(Uint8Array.from(this.#places.of, (place) => Number(this.#own.has(place))));
  }

  score(): Score {
    return this.#own.score();
  }

  change(bit: number, limit?: number, samples?: number): number {
    return this.#own.change(placeOf(this.#places, bit), limit, samples);
  }

  changeOf(bits: ArrayLike<number>): number {
    return this.#own.changeOf(this.#placed(bits));
  }

  flip(bit: number): void {
    this.#own.flip(placeOf(this.#places, bit));
  }

  flipAll(bits: ArrayLike<number>): void {
    this.#own.flipAll(this.#placed(bits));
  }

  moveTo(genome: Uint8Array): void {
    this.#own.moveTo(placedGenome(this.#places, genome));
  }

  #placed(bits: ArrayLike<number>): number[] {
    return Array.from(bits, (bit) => placeOf(this.#places, bit));
  }
}

export function placedWalk(walk: FlipWalk, places: Places): FlipWalk {
  return {
    figure: () => walk.figure(),
    figureIf: (bit) => walk.figureIf(placeOf(places, bit)),
    flip: (bit) => walk.flip(placeOf(places, bit)),
    moveTo: (genome) => walk.moveTo(placedGenome(places, genome)),
  };
}

/** The forward pass for masks of the other genome. */
export function placedDouble(double: Pick<GraphDouble, 'logits'>, { of }: Places): typeof double {
  const mask = new Uint8Array(of.length);
  return {
    logits(placed, sample) {
      for (const [bit, place] of of.entries()) mask[bit] = placed[place] ?? 0;
      return double.logits(mask, sample);
    },
  };
}
