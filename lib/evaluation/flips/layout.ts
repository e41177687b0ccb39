/** Where everything lies in a kernel's memory, and how much it takes; see kernel/network.ts for what it is. */
import { UserError } from '../../base/errors.ts';
import { countWeights, denseLayers } from '../../network/architecture.ts';
import { needsLoss, type Objective } from '../../search/individual.ts';
import { type ConvStage, weightsOf } from './stages.ts';

/** Layers before the dense ones; none if absent. */
type Stages = readonly ConvStage[];

/** Samples that the kernel computes together: BLOCK of kernel/network.ts. */
export const BLOCK = 128;
/** WebAssembly addresses 4 GiB; what is left out is the kernel's own. */
const MOST_BYTES = 4 * 2 ** 30 - 2 ** 20;

export interface Needs {
  readonly loss: boolean;
  readonly predictions: boolean;
}

export function needsOf(objective: Objective): Needs {
  return {
    loss: needsLoss(objective),
    predictions: objective !== 'cross-entropy',
  };
}

interface LayerPlaces {
  readonly sums: number;
  readonly weights: number;
  readonly biases: number;
}

/** Of a stage: see kernel/stage-table.ts. */
interface StagePlaces extends LayerPlaces {
  /** What it gives; 0 where that lies among the features. */
  readonly values: number;
  readonly fresh: number;
  readonly moved: number;
  readonly taps: number;
  readonly pairs: number;
  readonly windows: number;
  readonly places: number;
  readonly shares: number;
}

export interface MemoryLayout {
  /** Samples with padding. */
  readonly stride: number;
  readonly plan: number;
  readonly layers: readonly LayerPlaces[];
  readonly layerTable: number;
  readonly features: number;
  readonly labels: number;
  readonly shares: number;
  readonly losses: number;
  readonly predicted: number;
  readonly leads: number;
  readonly lossBefore: number;
  readonly wrongBefore: number;
  readonly first: number;
  readonly second: number;
  readonly changes: number;
  readonly unit: number;
  readonly lists: number;
  readonly tallies: number;
  readonly doubts: number;
  readonly rowTable: number;
  readonly byClass: number;
  readonly flips: number;
  readonly picked: number;
  readonly pickedLabels: number;
  readonly pickedLosses: number;
  readonly pickedShares: number;
  readonly pickedLogits: number;
  readonly entries: number;
  readonly stages: readonly StagePlaces[];
  readonly stageTable: number;
  /** What the first stage reads. */
  readonly source: number;
  readonly scratch: number;
  /** The first address after all of it. */
  readonly end: number;
}

/** Weights of the first layer from which on flips are computed on the samples that they change alone. */
const MANY_WEIGHTS = 16_384;

/** Whether they are. It changes the last bits of a flip's change, and no figure of a mask. */
export function gathers([inputs = 0, outputs = 0]: readonly number[], { predictions }: Needs): boolean {
  return !predictions && inputs * outputs >= MANY_WEIGHTS;
}

/** Flips that are made together; for more, everything is computed anew. */
export function mostFlips(bits: number): number {
  return Math.max(64, bits >> 3);
}

/** `from`: the first free address. */
export function layOut(
  widths: readonly number[],
  samples: number,
  { loss, predictions }: Needs,
  from: number,
  stages: Stages = [],
): MemoryLayout {
  const stride = Math.ceil(samples / 8) * 8;
  const blocks = Math.ceil(stride / BLOCK);
  const classes = widths.at(-1) ?? 0;
  const layers = denseLayers(widths);
  let end = Math.ceil(from / 64) * 64;
  const take = (bytes: number) => {
    const start = end;
    end += Math.ceil(bytes / 64) * 64;
    return start;
  };
  const chained = stages.length > 0;
  const rows = (count: number) => take(4 * stride * count);
  const hidden = widths.length > 2 ? Math.max(...widths.slice(1, -1)) : 0;
  // Entries of 8 bytes for every weight two layers and more after a flip, and an index.
  const listed = layers
    .slice(1)
    .reduce((sum, { inputs, outputs }) => sum + 8 * inputs * outputs + 4 * outputs + 8, 0);
  return {
    stride,
    plan: take(192),
    layerTable: take(32 * layers.length),
    layers: layers.map(({ inputs, outputs }) => ({
      sums: rows(outputs),
      weights: take(4 * inputs * outputs),
      biases: take(4 * outputs),
    })),
    features: rows(widths[0] ?? 0),
    labels: rows(1),
    shares: rows(loss ? (classes === 2 ? 1 : classes) : 0),
    losses: rows(loss ? 1 : 0),
    predicted: rows(predictions ? 1 : 0),
    leads: rows(predictions ? 1 : 0),
    lossBefore: take(16 * (blocks + 1)),
    wrongBefore: take(16 * (blocks + 1)),
    first: take(4 * BLOCK * Math.max(2, hidden)),
    second: take(layers.length > 3 || (chained && layers.length > 2) ? 4 * BLOCK * hidden : 0),
    changes: take(4 * BLOCK * classes),
    unit: take(3 * 4 * BLOCK),
    lists: take(layers.length > 2 || chained ? listed : 0),
    tallies: take(8 * classes),
    doubts: rows(predictions ? 1 : 0),
    rowTable: take(16 * classes),
    byClass: take(8 * classes),
    flips: take(20 * mostFlips(countWeights(widths) + weightsOf(stages))),
    picked: take(4 * BLOCK),
    pickedLabels: take(4 * BLOCK),
    pickedLosses: take(4 * BLOCK),
    pickedShares: take(4 * BLOCK * classes),
    pickedLogits: take(4 * BLOCK * classes),
    entries: take(chained ? 8 * (widths[0] ?? 0) : 0),
    ...layOutStages(stages, blocks, take),
    end,
  };
}

/** Bytes of a stage's entry in the table. */
export const STAGE_ENTRY = 96;

function layOutStages(stages: Stages, blocks: number, take: (bytes: number) => number) {
  const ROW = 4 * BLOCK;
  const [first] = stages;
  return {
    stageTable: take(STAGE_ENTRY * stages.length),
    source: take(first ? blocks * first.inputs * first.before * ROW : 0),
    scratch: take(Math.max(0, ...stages.map(({ positions }) => positions * ROW))),
    stages: stages.map((stage, index): StagePlaces => {
      const { channels, positions, pooled, weights, taps, windows } = stage;
      return {
        sums: keepsSums(stages, index) ? take(blocks * channels * positions * ROW) : 0,
        values: index < stages.length - 1 ? take(blocks * channels * pooled * ROW) : 0,
        // Of the first stage only one channel changes at a time.
        fresh: take((index === 0 ? 1 : channels) * pooled * ROW),
        moved: take(channels * pooled),
        weights: take(4 * weights.length),
        biases: take(4 * channels),
        taps: take(4 * (taps.length + 1)),
        pairs: take(taps.reduce((sum, { byteLength }) => sum + byteLength, 0)),
        windows: take(4 * (pooled + 1)),
        places: take(4 * windows.reduce((sum, { length }) => sum + length, 0)),
        shares: take(4 * pooled),
      };
    }),
  };
}

/** The first of several stages has most sums, and the fewest terms in each: they are computed where they are needed. */
function keepsSums(stages: Stages, index: number): boolean {
  return index > 0 || stages.length === 1;
}

/** Bytes of a position on a multilayer perceptron of these widths: most of it a number for every unit and sample. */
export function estimatePosition(
  widths: readonly number[],
  samples: number,
  objective: Objective,
  stages: Stages = [],
): number {
  // Beside the kernel's memory the mask, a byte for each weight, and the weights.
  const weights = countWeights(widths) + weightsOf(stages);
  return layOut(widths, samples, needsOf(objective), 0, stages).end + 5 * weights;
}

/** Bytes that a position may take where so many are available. */
export function mostBytes(available: number): number {
  return Math.min(available, MOST_BYTES);
}

/** Throws where a position would not fit. `available`: bytes that it may take. */
export function checkPosition(
  widths: readonly number[],
  samples: number,
  objective: Objective,
  available = Number.POSITIVE_INFINITY,
  stages: Stages = [],
): void {
  const bytes = estimatePosition(widths, samples, objective, stages);
  const most = mostBytes(available);
  if (bytes <= most) return;
  const size = (value: number) => `${Math.round(value / 2 ** 20)} MiB`;
  throw new UserError(
    `${stages.length > 0 ? 'the convolutions and the dense layers' : 'network'} [${widths.join(', ')}] on ${samples} samples: evaluating single flips takes ${size(bytes)} of memory, and at most ${size(most)} is available. Use fewer samples, a smaller network, or an algorithm that evaluates whole networks`,
  );
}
