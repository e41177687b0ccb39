/** Counts of a position as an evaluator gives them: what float32 leaves in doubt is settled in double precision. */
import type { Network } from '../../network/architecture.ts';
import { unpack } from '../../search/genome.ts';
import type { MacroAverage } from '../../search/individual.ts';
import { DoublePrecision } from '../double/layers.ts';
import type { ScaledData } from '../evaluator.ts';
import { MACRO_AVERAGE_OF } from '../macro-average.ts';
import { LayersPosition } from './layers.ts';

/** A walk over single flips that asks for exact figures: correct predictions, or a mean over the classes. */
export class ExactPosition {
  readonly #position: LayersPosition;
  readonly #double: DoublePrecision;
  readonly #mask: Uint8Array;
  readonly #labels: Uint16Array;
  readonly #present: Uint32Array;
  readonly #average: MacroAverage | undefined;

  constructor(network: Network, data: ScaledData, genome: Uint8Array, average?: MacroAverage) {
    this.#position = new LayersPosition(network, data, genome, { objective: average ?? 'accuracy' });
    this.#double = new DoublePrecision(network, data.x);
    this.#mask = unpack(genome, this.#position.bits);
    this.#labels = data.labels;
    this.#present = new Uint32Array(network.widths.at(-1) ?? 0);
    for (const label of data.labels) this.#present[label] = (this.#present[label] ?? 0) + 1;
    this.#average = average;
  }

  get bits(): number {
    return this.#position.bits;
  }

  has(bit: number): boolean {
    return this.#position.has(bit);
  }

  genome(): Uint8Array {
    return this.#position.genome();
  }

  flip(bit: number): void {
    this.#position.flip(bit);
    this.#mask[bit] = (this.#mask[bit] ?? 0) ^ 1;
  }

  /** The figure that the mask would have with that bit flipped: the same number that an evaluator gives. */
  figureIf(bit: number): number {
    const tallies = this.#position.talliesIf(bit);
    const classes = this.#present.length;
    this.#mask[bit] = (this.#mask[bit] ?? 0) ^ 1;
    for (const sample of tallies.doubtful) {
      const prediction = this.#double.predict(this.#mask, sample);
      const own = prediction === this.#labels[sample];
      if (own) tallies.counts[prediction] = (tallies.counts[prediction] ?? 0) + 1;
      tallies.counts[classes + prediction] = (tallies.counts[classes + prediction] ?? 0) + 1;
    }
    this.#mask[bit] = (this.#mask[bit] ?? 0) ^ 1;
    const truePositives = tallies.counts.subarray(0, classes);
    const predicted = tallies.counts.subarray(classes);
    return this.#average
      ? MACRO_AVERAGE_OF[this.#average]({ present: this.#present, truePositives, predicted })
      : truePositives.reduce((sum, count) => sum + count, 0);
  }
}
