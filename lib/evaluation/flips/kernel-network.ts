/** A network with its data in a kernel of its own: the kernel's functions by weights instead of addresses. */
import { type DenseLayer, denseLayers, type Network } from '../../network/architecture.ts';
import type { ScaledData } from '../evaluator.ts';
import { type Grid, gridOf } from './grid.ts';
import { type FlipKernel, openKernel } from './kernel.ts';
import { BLOCK, gathers, layOut, type MemoryLayout, type Needs } from './layout.ts';
import { writeStages } from './stage-tables.ts';
import { type ConvStage, weightsOf } from './stages.ts';

const PAGE = 65_536;

/** A weight, by its place. */
interface Place {
  /** Below 0: of a stage, the last one −1. */
  readonly layer: number;
  /** Of a stage the input and the tap: its place among the weights of its output. */
  readonly input: number;
  readonly output: number;
  readonly weight: number;
}

export class KernelNetwork {
  readonly bytes: number;
  readonly blocks: number;
  readonly bits: number;
  readonly grid: Grid;
  readonly #kernel: FlipKernel;
  readonly #layout: MemoryLayout;
  readonly #layers: readonly DenseLayer[];
  readonly #weights: readonly Float32Array[];
  readonly #classes: number;
  readonly #stages: readonly ConvStage[];
  /** Weights of the stages; those of the layers follow. */
  readonly #before: number;

  /** `order`: the order in which samples are kept. `stages`: what comes before the dense layers. */
  constructor(
    network: Network,
    data: ScaledData,
    needs: Needs,
    order: ArrayLike<number> | undefined,
    stages: readonly ConvStage[],
  ) {
    const { widths } = network;
    this.#stages = stages;
    this.#before = weightsOf(stages);
    this.#layers = denseLayers(widths);
    this.#weights = network.weights;
    this.#classes = widths.at(-1) ?? 0;
    this.bits = this.#before + this.#layers.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
    this.grid = gridOf(network, data.x, stages);
    this.#kernel = openKernel();
    const { memory } = this.#kernel;
    this.#layout = layOut(widths, data.labels.length, needs, this.#kernel.heapBase(), stages);
    const missing = this.#layout.end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    this.bytes = memory.buffer.byteLength;
    this.blocks = Math.ceil(this.#layout.stride / BLOCK);
    this.#writeData(data, order);
    this.#writePlan(network, needs);
    writeStages(this.#kernel, this.#layout, stages, this.grid.stageScales);
  }

  /** Sets the mask, a byte for each weight, and computes everything anew. */
  setMask(mask: Uint8Array): void {
    let offset = 0;
    const write = (address: number, weights: Float32Array) => {
      const masked = this.#floats(address, weights.length);
      for (let weight = 0; weight < masked.length; weight++) {
        masked[weight] = mask[offset + weight] === 1 ? (weights[weight] ?? 0) : 0;
      }
      offset += weights.length;
    };
    for (const [index, { weights }] of this.#stages.entries()) {
      write(this.#layout.stages[index]?.weights ?? 0, weights);
    }
    for (const [index, weights] of this.#weights.entries()) {
      write(this.#layout.layers[index]?.weights ?? 0, weights);
    }
    this.#kernel.rebuild();
  }

  /** See kernel/scoring.ts; `kept`: the weight is kept as it stands. */
  consider(
    bit: number,
    kept: boolean,
    blocks: number,
    perLoss: number,
    perWrong: number,
    limit: number,
    doubt: number,
  ): number {
    const { layer, input, output, weight } = this.#placeOf(bit);
    const signed = kept ? -weight : weight;
    return this.#kernel.consider(layer, input, output, signed, blocks, perLoss, perWrong, limit, doubt);
  }

  /** Considers no flip at all: only doubts are found. */
  considerNothing(doubt: number): void {
    this.#kernel.consider(
      this.#layers.length - 1,
      0,
      0,
      0,
      this.blocks,
      0,
      0,
      Number.POSITIVE_INFINITY,
      doubt,
    );
  }

  /** Flips weights, `mostFlips` of them at most, each once; `mask`: as it is before. */
  flipAll(bits: ArrayLike<number>, mask: Uint8Array): void {
    const { buffer } = this.#kernel.memory;
    // Ascending bits are ordered by layer and unit, as the kernel wants them.
    for (const [index, bit] of Uint32Array.from(bits).sort().entries()) {
      const { layer, input, output, weight } = this.#placeOf(bit);
      const kept = mask[bit] === 1;
      const entry = this.#layout.flips + 20 * index;
      new Int32Array(buffer, entry, 3).set([layer, input, output]);
      new Float32Array(buffer, entry + 12, 2).set([kept ? -weight : weight, kept ? 0 : weight]);
    }
    this.#kernel.flipAll(bits.length);
  }

  /** The bound on errors of differences of logits that flipping that bit brings about. */
  doubtOf(bit: number): number {
    const [near, far] = this.grid.doubts;
    const { layer } = this.#placeOf(bit);
    // A flip in a stage changes many features, each by up to twice what it is at most.
    const doubt = layer < 0 ? 2 * far : layer >= this.#layers.length - 2 ? near : far;
    return Math.fround(doubt * 1.01);
  }

  get loss(): number {
    return this.#doubles(this.#layout.lossBefore, this.blocks + 1)[this.blocks] ?? 0;
  }

  get wrong(): number {
    return this.#doubles(this.#layout.wrongBefore, this.blocks + 1)[this.blocks] ?? 0;
  }

  /** Samples that the last `consider` found in doubt, by their places in the order that they are kept in. */
  get doubtful(): Int32Array {
    return new Int32Array(this.#kernel.memory.buffer, this.#layout.doubts, this.#kernel.countDoubts());
  }

  /** By class: changes of true positives, then of predictions, that the last `consider` found. A view. */
  get tallyChanges(): Int32Array {
    return new Int32Array(this.#kernel.memory.buffer, this.#layout.tallies, 2 * this.#classes);
  }

  /** By class: true positives, then predictions, as they stand. */
  tallies(): Int32Array {
    this.#kernel.tally();
    return this.tallyChanges.slice();
  }

  /** The logits of a sample, by its place in the order that they are kept in. */
  logits(sample: number): number[] {
    const sums = this.#layout.layers.at(-1)?.sums ?? 0;
    const { stride } = this.#layout;
    const all = new Int32Array(this.#kernel.memory.buffer, sums, this.#classes * stride);
    const scale = this.grid.scales.at(-1) ?? 1;
    return Array.from({ length: this.#classes }, (_, label) => (all[label * stride + sample] ?? 0) / scale);
  }

  #placeOf(bit: number): Place {
    if (bit < this.#before) return this.#placeInStages(bit);
    let layer = this.#layers.length - 1;
    while (layer > 0 && bit - this.#before < (this.#layers[layer]?.offset ?? 0)) layer--;
    const { offset = 0, inputs = 1 } = this.#layers[layer] ?? {};
    const index = bit - this.#before - offset;
    const input = index % inputs;
    return { layer, input, output: (index - input) / inputs, weight: this.#weights[layer]?.[index] ?? 0 };
  }

  #placeInStages(bit: number): Place {
    let index = bit;
    for (const [stage, { weights, depth, taps }] of this.#stages.entries()) {
      if (index >= weights.length) {
        index -= weights.length;
        continue;
      }
      const inputs = depth * taps.length;
      const input = index % inputs;
      const layer = stage - this.#stages.length;
      return { layer, input, output: (index - input) / inputs, weight: weights[index] ?? 0 };
    }
    throw new RangeError(`bit ${bit} of ${this.#before}`);
  }

  #floats(address: number, length: number): Float32Array {
    return new Float32Array(this.#kernel.memory.buffer, address, length);
  }

  #doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.#kernel.memory.buffer, address, length);
  }

  #writeData({ x, labels, features }: ScaledData, order: ArrayLike<number> | undefined): void {
    const { stride, features: address, source } = this.#layout;
    const classes = new Int32Array(this.#kernel.memory.buffer, this.#layout.labels, stride).fill(-1);
    // Stages read block by block; layers, feature by feature.
    const blocked = this.#stages.length > 0;
    const rows = blocked
      ? this.#floats(source, this.blocks * BLOCK * features)
      : this.#floats(address, stride * features);
    for (let place = 0; place < labels.length; place++) {
      const sample = order ? (order[place] ?? 0) : place;
      classes[place] = labels[sample] ?? 0;
      const [step, start] = blocked
        ? [BLOCK, Math.floor(place / BLOCK) * BLOCK * features + (place % BLOCK)]
        : [stride, place];
      for (let feature = 0; feature < features; feature++) {
        rows[feature * step + start] = x[sample * features + feature] ?? 0;
      }
    }
  }

  #writePlan({ widths, biases }: Network, needs: Needs): void {
    const layout = this.#layout;
    const { buffer } = this.#kernel.memory;
    for (const [index, { inputs, outputs }] of this.#layers.entries()) {
      const { sums = 0, weights = 0, biases: address = 0 } = layout.layers[index] ?? {};
      const entry = layout.layerTable + 32 * index;
      new Int32Array(buffer, entry, 5).set([inputs, outputs, sums, weights, address]);
      const scale = this.grid.scales[index] ?? 1;
      this.#floats(entry + 20, 2).set([scale, 1 / scale]);
      this.#floats(address, outputs).set(biases[index] ?? []);
    }
    const { stride, layerTable, features, labels, shares, losses, predicted, leads } = layout;
    const { lossBefore, wrongBefore, first, second, changes, unit, lists, tallies, doubts } = layout;
    const {
      rowTable,
      byClass,
      flips,
      picked,
      pickedLabels,
      pickedLosses,
      pickedShares,
      pickedLogits,
      entries,
    } = layout;
    const wants = Number(needs.loss) + 2 * Number(needs.predictions) + 4 * Number(gathers(widths, needs));
    new Uint32Array(buffer, layout.plan, 29).set([
      ...[stride, this.#layers.length, this.#classes, wants, layerTable],
      ...[features, labels, shares, losses, predicted, leads, lossBefore, wrongBefore, first, second],
      ...[changes, unit, lists, tallies, doubts, rowTable, byClass, flips],
      ...[picked, pickedLabels, pickedLosses, pickedShares, pickedLogits, entries],
    ]);
    this.#kernel.configure(layout.plan);
  }
}
