/** Positions on multilayer perceptrons, and on convolutions before them: see kernel/ for how a flip is computed. */
import { at } from '../../base/at.ts';
import type { Network } from '../../network/architecture.ts';
import { pack, unpack } from '../../search/genome.ts';
import { isMacroAverage, type MacroAverage, type Objective, type Score } from '../../search/individual.ts';
import type { Position, SlowBits } from '../../search/position.ts';
import type { ScaledData } from '../evaluator.ts';
import { MACRO_AVERAGE_OF } from '../macro-average.ts';
import { KERNEL_ID } from './kernel.ts';
import { KernelNetwork } from './kernel-network.ts';
import { BLOCK, checkPosition, mostFlips, needsOf } from './layout.ts';
import type { ConvStage } from './stages.ts';

/** Among masks of equal accuracy: a mean cross-entropy of ten nats counts as one wrong prediction. */
const SECOND = 0.1;

export interface PositionOptions {
  readonly objective: Objective;
  /** The order in which samples are kept, a part of them being the first: each once. As they stand if absent. */
  readonly order?: ArrayLike<number>;
  /** Bytes of memory that the position may take. */
  readonly available?: number;
  /** None if absent. */
  readonly slow?: readonly SlowBits[];
}

/** Counts of predictions that float32 is sure of. */
export interface Tallies {
  /** By class the true positives, then the predictions. */
  readonly counts: Int32Array;
  /** The samples that are not counted, since errors of rounding may decide on their prediction. */
  readonly doubtful: Int32Array;
}

export class LayersPosition implements Position {
  readonly build = KERNEL_ID;
  readonly firstQuick = 0;
  readonly bits: number;
  readonly slow: readonly SlowBits[];
  readonly samples: number;
  readonly bytes: number;
  readonly #network: KernelNetwork;
  readonly #mask: Uint8Array;
  /** The mean over the classes that is the objective, if one is. */
  readonly #average: MacroAverage | undefined;
  readonly #needs: ReturnType<typeof needsOf>;
  readonly #present: Uint32Array;
  readonly #order: ArrayLike<number> | undefined;
  /** Cost of a nat, and of a wrong prediction, over all samples. */
  readonly #perLoss: number;
  readonly #perWrong: number;
  #kept = 0;
  #cost = 0;
  /** By class: true positives, then predictions. */
  #tallies: Int32Array = new Int32Array();

  /** `genome`: the mask to begin with; `stages`: what comes before the layers, its weights first. Throws `UserError` where the position does not fit into memory. */
  constructor(
    network: Network,
    data: ScaledData,
    genome: Uint8Array,
    options: PositionOptions,
    stages: readonly ConvStage[] = [],
  ) {
    const { widths } = network;
    const { objective, order, available } = options;
    checkPosition(widths, data.labels.length, objective, available, stages);
    this.samples = data.labels.length;
    this.slow = options.slow ?? [];
    this.#order = order;
    this.#needs = needsOf(objective);
    this.#average = isMacroAverage(objective) ? objective : undefined;
    const both = this.#needs.loss && this.#needs.predictions;
    this.#perLoss = this.#needs.loss ? (both ? SECOND / this.samples : 1) / this.samples : 0;
    this.#perWrong = this.#needs.predictions && !this.#average ? 1 / this.samples : 0;
    this.#present = new Uint32Array(widths.at(-1) ?? 0);
    for (const label of data.labels) this.#present[label] = (this.#present[label] ?? 0) + 1;
    this.#network = new KernelNetwork(network, data, this.#needs, order, stages);
    this.bits = this.#network.bits;
    this.bytes = this.#network.bytes + this.bits;
    this.#mask = new Uint8Array(this.bits);
    this.#setMask(genome);
  }

  /** Whether errors of rounding are bounded, whatever the mask. */
  get isBounded(): boolean {
    return Number.isFinite(this.#network.doubtOf(0));
  }

  get cost(): number {
    return this.#cost;
  }

  get kept(): number {
    return this.#kept;
  }

  has(bit: number): boolean {
    return this.#mask[bit] === 1;
  }

  genome(): Uint8Array {
    return pack(this.#mask);
  }

  score(): Score {
    const { loss, predictions } = this.#needs;
    return {
      correct: predictions ? this.samples - this.#network.wrong : Number.NaN,
      loss: loss ? this.#network.loss : Number.NaN,
      macroAverage: this.#average ? this.#averageOf(this.#average, this.#tallies) : Number.NaN,
    };
  }

  change(bit: number, limit = Number.POSITIVE_INFINITY, samples = this.samples): number {
    const network = this.#network;
    const kept = this.#mask[bit] === 1;
    if (this.#average) {
      network.consider(bit, kept, network.blocks, 0, 0, Number.POSITIVE_INFINITY, -1);
      const changes = network.tallyChanges;
      const tallies = this.#tallies.map((count, index) => count + (changes[index] ?? 0));
      return 1 - this.#averageOf(this.#average, tallies) - this.#cost;
    }
    const blocks = Math.min(network.blocks, Math.ceil(samples / BLOCK));
    const part = this.samples / Math.min(this.samples, blocks * BLOCK);
    return network.consider(bit, kept, blocks, this.#perLoss * part, this.#perWrong * part, limit, -1);
  }

  changeOf(bits: ArrayLike<number>): number {
    const [bit] = Array.from(bits);
    if (bit === undefined) return 0;
    if (bits.length === 1) return this.change(bit);
    const before = this.#cost;
    this.flipAll(bits);
    const change = this.#cost - before;
    this.flipAll(bits);
    return change;
  }

  flip(bit: number): void {
    this.flipAll([bit]);
  }

  flipAll(bits: ArrayLike<number>): void {
    const anew = bits.length > mostFlips(this.bits);
    if (!anew) this.#network.flipAll(bits, this.#mask);
    for (let index = 0; index < bits.length; index++) this.#turn(at(bits, index));
    if (anew) this.#network.setMask(this.#mask);
    this.#read();
  }

  moveTo(genome: Uint8Array): void {
    const target = unpack(genome, this.bits);
    const bits: number[] = [];
    for (let bit = 0; bit < this.bits; bit++) if (target[bit] !== this.#mask[bit]) bits.push(bit);
    this.flipAll(bits);
  }

  /** Counts of the mask as it stands, and with that bit flipped. */
  tallies(): Tallies {
    return this.#talliesOf(
      (doubt) => this.#network.considerNothing(doubt),
      this.#network.doubtOf(this.bits - 1),
    );
  }

  talliesIf(bit: number): Tallies {
    const network = this.#network;
    const { blocks } = network;
    return this.#talliesOf(
      (doubt) => network.consider(bit, this.has(bit), blocks, 0, 0, Number.POSITIVE_INFINITY, doubt),
      network.doubtOf(bit),
    );
  }

  #talliesOf(consider: (doubt: number) => void, doubt: number): Tallies {
    const network = this.#network;
    // The mask's own are counted when they are first asked for.
    if (this.#tallies.length === 0) this.#tallies = network.tallies();
    consider(doubt);
    const changes = network.tallyChanges;
    const counts = this.#tallies.map((count, index) => count + (changes[index] ?? 0));
    const { doubtful } = network;
    const order = this.#order;
    return { counts, doubtful: order ? doubtful.map((place) => at(order, place)) : doubtful };
  }

  #turn(bit: number): void {
    const kept = this.has(bit);
    this.#mask[bit] = kept ? 0 : 1;
    this.#kept += kept ? -1 : 1;
  }

  #setMask(genome: Uint8Array): void {
    this.#mask.set(unpack(genome, this.bits));
    this.#kept = this.#mask.reduce((sum, kept) => sum + kept, 0);
    this.#network.setMask(this.#mask);
    this.#read();
  }

  #read(): void {
    this.#tallies = this.#average ? this.#network.tallies() : new Int32Array();
    if (this.#average) {
      this.#cost = 1 - this.#averageOf(this.#average, this.#tallies);
    } else {
      const loss = this.#needs.loss ? this.#perLoss * this.#network.loss : 0;
      this.#cost = loss + (this.#needs.predictions ? this.#perWrong * this.#network.wrong : 0);
    }
  }

  #averageOf(average: MacroAverage, tallies: Int32Array): number {
    const classes = this.#present.length;
    return MACRO_AVERAGE_OF[average]({
      present: this.#present,
      truePositives: tallies.subarray(0, classes),
      predicted: tallies.subarray(classes),
    });
  }
}
