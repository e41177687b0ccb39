/** Random networks, data and masks for evaluators. */
import fc from 'fast-check';
import { type Random, random } from '../../lib/base/random.ts';
import type { Samples } from '../../lib/data/dataset.ts';
import { countWeights, type Network } from '../../lib/network/architecture.ts';
import { uniformNetwork } from '../../lib/network/initializer.ts';
import { type PackedMasks, pack, packGenomes } from '../../lib/search/genome.ts';

/** One to three hidden layers, 1–70 inputs, 2–10 classes. */
export const layerWidths = fc
  .tuple(
    fc.integer({ min: 1, max: 70 }),
    fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 3 }),
    fc.integer({ min: 2, max: 10 }),
  )
  .map(([inputs, hidden, classes]) => [inputs, ...hidden, classes]);

/** One hidden layer, 1–8 inputs, two classes. */
export const fewInputWidths = fc
  .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 40 }))
  .map(([inputs, hidden]) => [inputs, hidden, 2]);

/** Normal features; labels uniform, or, imbalanced, the higher the rarer: some classes may have no sample. */
export function drawSamples(
  seed: number,
  count: number,
  features: number,
  classes: number,
  imbalanced = false,
): Samples {
  const stream = random(seed, 'noise');
  return {
    features,
    x: Float32Array.from({ length: count * features }, () => stream.normal()),
    labels: Uint16Array.from({ length: count }, () =>
      imbalanced ? Math.floor(classes * stream.uniform() ** 4) : stream.below(classes),
    ),
  };
}

/** The kinds of masks that searches meet, and those at the edges. */
const MASKS: Readonly<Record<string, (stream: Random, network: Network, bit: number) => number>> = {
  'all zero': () => 0,
  'all one': () => 1,
  fair: (stream) => stream.below(2),
  dense: (stream) => Number(stream.uniform() < 0.95),
  sparse: (stream) => Number(stream.uniform() < 0.05),
  'first layer dead': (stream, { widths }, bit) =>
    bit < (widths[0] ?? 0) * (widths[1] ?? 0) ? 0 : stream.below(2),
  'last layer dead': (stream, { widths }, bit) =>
    bit >= countWeights(widths) - (widths.at(-2) ?? 0) * (widths.at(-1) ?? 0) ? 0 : stream.below(2),
};

/** `rounds` masks of every kind, as bits and packed. */
export function drawMasks(
  seed: number,
  network: Network,
  rounds = 1,
): { rows: number[][]; masks: PackedMasks } {
  const bits = countWeights(network.widths);
  const rows = Array.from({ length: rounds }, (_, round) =>
    Object.values(MASKS).map((kind, index) => {
      const stream = random(seed, 'start', round, index);
      return Array.from({ length: bits }, (_, bit) => kind(stream, network, bit));
    }),
  ).flat();
  return { rows, masks: packGenomes(rows.map(pack), bits) };
}

export interface EvaluatorCase {
  readonly network: Network;
  readonly samples: Samples;
  readonly seed: number;
}

/**
 * Thirty samples or more: in single precision the loss of one confident sample is a small difference of large numbers,
 * so only sums can be held to a relative error.
 */
export const evaluatorCases = (widths: fc.Arbitrary<number[]>): fc.Arbitrary<EvaluatorCase> =>
  fc
    .record({
      layers: widths,
      seed: fc.nat(1_000_000),
      count: fc.integer({ min: 30, max: 200 }),
      imbalanced: fc.boolean(),
    })
    .map(({ layers, seed, count, imbalanced }) => ({
      network: uniformNetwork(layers, seed),
      samples: drawSamples(seed, count, layers[0] ?? 0, layers.at(-1) ?? 0, imbalanced),
      seed,
    }));
