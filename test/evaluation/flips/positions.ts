/** What a position's figures are, computed of the whole network in double precision. */
import fc from 'fast-check';
import { DoublePrecision } from '../../../lib/evaluation/double/layers.ts';
import type { ScaledData } from '../../../lib/evaluation/evaluator.ts';
import { MACRO_AVERAGE_OF } from '../../../lib/evaluation/macro-average.ts';
import { countWeights, type Network } from '../../../lib/network/architecture.ts';
import { INITIALIZER_NAMES, INITIALIZERS } from '../../../lib/network/initializer.ts';
import { isMacroAverage, type Objective } from '../../../lib/search/individual.ts';
import { drawSamples } from '../cases.ts';

export interface PositionCase {
  readonly network: Network;
  readonly data: ScaledData;
  readonly seed: number;
  /** Bits that are flipped one after another. */
  readonly flips: readonly number[];
}

/** None to four hidden layers, 2–7 classes, samples that fill their last block or not. */
export const positionCases: fc.Arbitrary<PositionCase> = fc
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
    places: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
      minLength: 1,
      maxLength: 12,
    }),
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
  const double = new DoublePrecision(network, data.x);
  const classes = network.widths.at(-1) ?? 0;
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
