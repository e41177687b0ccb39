/** Where everything lies in a kernel's memory, and how much it takes; see kernel/network.ts for what it is. */
import { UserError } from '../../base/errors.ts';
import { countWeights, denseLayers } from '../../network/architecture.ts';
import { needsLoss, type Objective } from '../../search/individual.ts';

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
  const rows = (count: number) => take(4 * stride * count);
  const hidden = widths.length > 2 ? Math.max(...widths.slice(1, -1)) : 0;
  // Entries of 8 bytes for every weight two layers and more after a flip, and an index.
  const listed = layers
    .slice(1)
    .reduce((sum, { inputs, outputs }) => sum + 8 * inputs * outputs + 4 * outputs + 8, 0);
  return {
    stride,
    plan: take(128),
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
    second: take(layers.length > 3 ? 4 * BLOCK * hidden : 0),
    changes: take(4 * BLOCK * classes),
    unit: take(3 * 4 * BLOCK),
    lists: take(layers.length > 2 ? listed : 0),
    tallies: take(8 * classes),
    doubts: rows(predictions ? 1 : 0),
    rowTable: take(16 * classes),
    byClass: take(8 * classes),
    flips: take(20 * mostFlips(countWeights(widths))),
    picked: take(4 * BLOCK),
    pickedLabels: take(4 * BLOCK),
    pickedLosses: take(4 * BLOCK),
    pickedShares: take(4 * BLOCK * classes),
    pickedLogits: take(4 * BLOCK * classes),
    end,
  };
}

/** Bytes of a position on a multilayer perceptron of these widths: most of it a number for every unit and sample. */
export function estimatePosition(widths: readonly number[], samples: number, objective: Objective): number {
  // Beside the kernel's memory the mask, a byte for each weight, and the weights.
  return layOut(widths, samples, needsOf(objective), 0).end + 5 * countWeights(widths);
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
): void {
  const bytes = estimatePosition(widths, samples, objective);
  const most = mostBytes(available);
  if (bytes <= most) return;
  const size = (value: number) => `${Math.round(value / 2 ** 20)} MiB`;
  throw new UserError(
    `network [${widths.join(', ')}] on ${samples} samples: evaluating single flips takes ${size(bytes)} of memory, and at most ${size(most)} is available. Use fewer samples, a smaller network, or an algorithm that evaluates whole networks`,
  );
}
