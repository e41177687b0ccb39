/**
 * Positions on graph networks that end in dense layers, perhaps with convolutions before them, after operations of other kinds.
 * What those compute is kept, so that a flip behind them is a flip of a `LayersPosition`. A flip before computes it anew, in double precision: the same bits
 * everywhere, and slower than an evaluator. A search should leave those weights to whole evaluations: see `firstQuick`.
 */
import { pack, unpack } from '../../search/genome.ts';
import type { Score } from '../../search/individual.ts';
import type { Position, SlowBits } from '../../search/position.ts';
import { GraphDouble } from '../double/graph.ts';
import type { ScaledData } from '../evaluator.ts';
import { KERNEL_ID } from './kernel.ts';
import { LayersPosition, type PositionOptions } from './layers.ts';
import { weightsOf } from './stages.ts';
import type { Tail } from './tail.ts';

export class GraphPosition implements Position {
  readonly build = KERNEL_ID;
  readonly bits: number;
  readonly samples: number;
  readonly firstQuick: number;
  readonly slow: readonly SlowBits[];
  readonly #tail: Tail;
  readonly #front: GraphDouble;
  readonly #data: ScaledData;
  readonly #options: PositionOptions;
  readonly #mask: Uint8Array;
  #layers: LayersPosition;

  constructor(tail: Tail, data: ScaledData, genome: Uint8Array, options: PositionOptions) {
    this.firstQuick = tail.offset;
    this.slow = options.slow ?? [];
    this.bits =
      tail.offset +
      weightsOf(tail.stages) +
      tail.network.weights.reduce((sum, { length }) => sum + length, 0);
    this.samples = data.labels.length;
    this.#tail = tail;
    this.#front = new GraphDouble(tail.front, data.x);
    this.#data = data;
    this.#options = options;
    this.#mask = unpack(genome, this.bits);
    this.#layers = this.#compute();
  }

  /** The raw data, the features, and what the layers take. */
  get bytes(): number {
    return this.#data.x.byteLength + 4 * this.samples * this.#tail.front.classes + this.#layers.bytes;
  }

  get cost(): number {
    return this.#layers.cost;
  }

  get kept(): number {
    return this.#mask.reduce((sum, kept) => sum + kept, 0);
  }

  has(bit: number): boolean {
    return this.#mask[bit] === 1;
  }

  genome(): Uint8Array {
    return pack(this.#mask);
  }

  score(): Score {
    return this.#layers.score();
  }

  change(bit: number, limit?: number, samples?: number): number {
    return bit < this.firstQuick
      ? this.changeOf([bit])
      : this.#layers.change(bit - this.firstQuick, limit, samples);
  }

  changeOf(bits: ArrayLike<number>): number {
    const [layers, before] = [this.#layers, this.cost];
    const early = this.#turn(bits);
    if (early) this.#layers = this.#compute();
    else layers.flipAll(this.#own(bits));
    const change = this.cost - before;
    this.#turn(bits);
    if (early) this.#layers = layers;
    else layers.flipAll(this.#own(bits));
    return change;
  }

  flip(bit: number): void {
    this.flipAll([bit]);
  }

  flipAll(bits: ArrayLike<number>): void {
    if (this.#turn(bits)) this.#layers = this.#compute();
    else this.#layers.flipAll(this.#own(bits));
  }

  moveTo(genome: Uint8Array): void {
    const target = unpack(genome, this.bits);
    this.flipAll(Array.from(target.keys()).filter((bit) => target[bit] !== this.#mask[bit]));
  }

  /** Flips bits of the mask alone. True if one of them is not of the dense layers. */
  #turn(bits: ArrayLike<number>): boolean {
    let early = false;
    for (let index = 0; index < bits.length; index++) {
      const bit = bits[index] ?? 0;
      this.#mask[bit] = (this.#mask[bit] ?? 0) ^ 1;
      early ||= bit < this.firstQuick;
    }
    return early;
  }

  #own(bits: ArrayLike<number>): number[] {
    return Array.from(bits, (bit) => bit - this.firstQuick);
  }

  #compute(): LayersPosition {
    const { labels } = this.#data;
    const features = this.#tail.front.classes;
    const x = new Float32Array(labels.length * features);
    for (let sample = 0; sample < labels.length; sample++) {
      x.set(this.#front.logits(this.#mask, sample), sample * features);
    }
    const data = { features, x, labels };
    return new LayersPosition(
      this.#tail.network,
      data,
      pack(this.#mask.subarray(this.firstQuick)),
      this.#options,
      this.#tail.stages,
    );
  }
}
