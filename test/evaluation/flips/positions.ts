/** What a position's figures are, computed of the whole network in double precision. */
import fc from 'fast-check';
import { GraphDouble } from '../../../lib/evaluation/double/graph.ts';
import { DoublePrecision } from '../../../lib/evaluation/double/layers.ts';
import type { ScaledData } from '../../../lib/evaluation/evaluator.ts';
import { MACRO_AVERAGE_OF } from '../../../lib/evaluation/macro-average.ts';
import { countWeights, type Network } from '../../../lib/network/architecture.ts';
import { prunableBits } from '../../../lib/network/graph.ts';
import { INITIALIZER_NAMES, INITIALIZERS } from '../../../lib/network/initializer.ts';
import { type AnyNetwork, isGraph } from '../../../lib/network/network.ts';
import { sizeOf } from '../../../lib/network/tensor.ts';
import { isMacroAverage, type Objective } from '../../../lib/search/individual.ts';
import { drawSamples } from '../cases.ts';
import { pooled } from '../graph-cases.ts';
import { SmallGraph } from '../small-graph.ts';

export interface PositionCase {
  readonly network: AnyNetwork;
  readonly data: ScaledData;
  readonly seed: number;
  /** Bits that are flipped one after another. */
  readonly flips: readonly number[];
}

const places = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
  minLength: 1,
  maxLength: 12,
});

/** None to four hidden layers, 2–7 classes, samples that fill their last block or not. */
export const layersCases: fc.Arbitrary<PositionCase & { readonly network: Network }> = fc
  .record({
    inputs: fc.integer({ min: 1, max: 20 }),
    hidden: fc.array(fc.integer({ min: 1, max: 16 }), { minLength: 0, maxLength: 4 }),
    classes: fc.integer({ min: 2, max: 7 }),
    count: fc.integer({ min: 1, max: 300 }),
    seed: fc.nat(1_000_000),
    imbalanced: fc.boolean(),
    initializer: fc.constantFrom(...INITIALIZER_NAMES),
    // Features of hundreds give losses that no softmax in float32 shows.
    scale: fc.constantFrom(1, 1, 60),
    places,
  })
  .map(({ inputs, hidden, classes, count, seed, imbalanced, initializer, scale, places }) => {
    const widths = [inputs, ...hidden, classes];
    const bits = countWeights(widths);
    const samples = drawSamples(seed, count, inputs, classes, imbalanced);
    return {
      network: INITIALIZERS[initializer](widths, seed),
      data: { ...samples, x: samples.x.map((value) => value * scale) },
      seed,
      flips: places.map((place) => Math.floor(place * bits)),
    };
  });

const stage = fc.record({
  filters: fc.integer({ min: 1, max: 3 }),
  group: fc.constantFrom(1, 1, 2),
  kernel: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 2 }),
  pad: fc.nat(1),
  dilation: fc.integer({ min: 1, max: 2 }),
  bias: fc.boolean(),
  normalized: fc.boolean(),
  after: fc.constantFrom('', 'relu', 'pool', 'relu pool', 'pool relu', 'relu mean', 'mean relu'),
});

/**
 * One to three convolutions, of images or series, and what may stand between them; perhaps behind an operation that positions
 * do not know, with weights of its own or not.
 */
export const convolutionCases: fc.Arbitrary<PositionCase> = fc
  .record({
    shape: fc.constantFrom([1, 6, 6], [2, 5, 7], [2, 12], [1, 3, 3, 3]),
    before: fc.constantFrom('nothing', 'nothing', 'sigmoid', 'conv sigmoid'),
    stages: fc.array(stage, { minLength: 1, maxLength: 3 }),
    hidden: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 2 }),
    classes: fc.integer({ min: 2, max: 5 }),
    count: fc.integer({ min: 1, max: 140 }),
    seed: fc.nat(1_000_000),
    places,
  })
  .map(({ shape, before, stages, hidden, classes, count, seed, places }) => {
    const small = new SmallGraph(shape, seed);
    let value = 'x';
    const relu = () => small.node({ op: 'Relu' }, value);
    if (before === 'conv sigmoid')
      value = small.conv(
        value,
        2,
        shape.slice(1).map(() => 1),
      );
    if (before !== 'nothing') value = small.node({ op: 'Sigmoid' }, value);
    for (const one of stages) {
      const [channels = 1, ...sides] = small.shapeOf(value);
      const pads = [...sides, ...sides].map(() => (one.kernel > 1 ? one.pad : 0));
      const fits = sides.every((side) => side >= (one.kernel - 1) * one.dilation + 1);
      const [kernel, dilation] = fits ? [one.kernel, one.dilation] : [1, 1];
      const group = channels % one.group === 0 ? one.group : 1;
      value = small.conv(
        value,
        group * one.filters,
        sides.map(() => kernel),
        {
          strides: sides.map(() => one.stride),
          pads: kernel > 1 ? pads : pads.map(() => 0),
          dilations: sides.map(() => dilation),
          group,
          bias: one.bias,
        },
      );
      if (one.normalized) value = small.normalize(value);
      for (const op of one.after.split(' ')) {
        if (op === 'relu') value = relu();
        else if (op !== '') value = pooled(small, value, op === 'pool' ? 'MaxPool' : 'AveragePool');
      }
    }
    value = small.flatten(value);
    for (const units of hidden) {
      value = small.dense(value, units);
      value = relu();
    }
    const network = small.build(small.dense(value, classes));
    const bits = prunableBits(network);
    return {
      network,
      data: drawSamples(seed, count, sizeOf(shape), classes),
      seed,
      flips: places.map((place) => Math.floor(place * bits)),
    };
  });

/**
 * Dense layers as Keras and scikit-learn write them, stored by inputs, some without the bias behind them; of two classes
 * perhaps one score z, whose logits are 0 and z; perhaps behind a convolution.
 */
export const denseByInputsCases: fc.Arbitrary<PositionCase> = fc
  .record({
    shape: fc.constantFrom([3], [7], [1, 4, 4]),
    hidden: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 3 }),
    scores: fc.integer({ min: 1, max: 4 }),
    biased: fc.integer({ min: 0, max: 15 }),
    count: fc.integer({ min: 1, max: 140 }),
    seed: fc.nat(1_000_000),
    places,
  })
  .map(({ shape, hidden, scores, biased, count, seed, places }) => {
    const small = new SmallGraph(shape, seed);
    const dense = (x: string, outputs: number, index: number) => {
      const [inputs = 0] = small.shapeOf(x);
      const weight = small.constant([inputs, outputs], { scale: Math.sqrt(2 / inputs) });
      const product = small.node({ op: 'MatMul' }, x, weight);
      if ((biased >> index) % 2 === 0) return product;
      return small.node({ op: 'Add' }, product, small.constant([outputs], { scale: 0.3 }));
    };
    let value = 'x';
    if (shape.length > 1) value = small.flatten(small.node({ op: 'Relu' }, small.conv('x', 2, [3, 3])));
    for (const [index, units] of hidden.entries())
      value = small.node({ op: 'Relu' }, dense(value, units, index));
    value = dense(value, scores, hidden.length);
    if (scores === 1) value = small.node({ op: 'Mul' }, value, small.constant([2], { values: [0, 1] }));
    const network = small.build(value);
    return {
      network,
      data: drawSamples(seed, count, sizeOf(shape), network.classes),
      seed,
      flips: places.map((place) => Math.floor(place * prunableBits(network))),
    };
  });

export const POSITION_CASES = {
  'a multilayer perceptron': layersCases,
  'a convolutional network': convolutionCases,
  'dense layers that are stored by inputs': denseByInputsCases,
};

export const bitsOf = (network: AnyNetwork) =>
  isGraph(network) ? prunableBits(network) : countWeights(network.widths);

export interface Reference {
  readonly correct: number;
  readonly loss: number;
  readonly cost: number;
  /** NaN unless the objective is one. */
  readonly macroAverage: number;
  /** The smallest lead of a sample's largest logit. */
  readonly lead: number;
}

/** `mask`: bytes 0 or 1. */
export function referenceOf(
  { network, data }: Pick<PositionCase, 'network' | 'data'>,
  mask: Uint8Array,
  objective: Objective,
): Reference {
  const double = isGraph(network) ? new GraphDouble(network, data.x) : new DoublePrecision(network, data.x);
  const classes = isGraph(network) ? network.classes : (network.widths.at(-1) ?? 0);
  const [present, predicted, truePositives] = [0, 1, 2].map(() => new Array<number>(classes).fill(0));
  let [loss, correct, lead] = [0, 0, Number.POSITIVE_INFINITY];
  for (const [sample, label] of data.labels.entries()) {
    const logits = [...double.logits(mask, sample)];
    const [largest = 0, next = 0] = logits.toSorted((a, b) => b - a);
    lead = Math.min(lead, largest - next);
    loss +=
      largest -
      (logits[label] ?? 0) +
      Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
    const prediction = logits.indexOf(largest);
    for (const [counts, index] of [
      [present, label],
      [predicted, prediction],
    ] as const) {
      if (counts) counts[index] = (counts[index] ?? 0) + 1;
    }
    if (prediction === label) {
      correct++;
      if (truePositives) truePositives[label] = (truePositives[label] ?? 0) + 1;
    }
  }
  const samples = data.labels.length;
  const wrong = (samples - correct) / samples;
  const counts = { present: present ?? [], predicted: predicted ?? [], truePositives: truePositives ?? [] };
  const macroAverage = isMacroAverage(objective) ? MACRO_AVERAGE_OF[objective](counts) : Number.NaN;
  const cost = (): number => {
    if (objective === 'accuracy') return wrong;
    if (objective === 'cross-entropy') return loss / samples;
    if (objective === 'accuracy-then-cross-entropy') return wrong + (0.1 * loss) / samples ** 2;
    return 1 - macroAverage;
  };
  return { correct, loss, cost: cost(), macroAverage, lead };
}
