/**
 * nes: natural evolution strategy over the logits of the probabilities (Wierstra et al. 2014), as used for masks of random
 * networks, with the ranks of a generation as its rewards. ProbMask's projection (Zhou et al. 2021) holds the expected share of kept weights.
 */
import { sum } from 'd3-array';
import { z } from 'zod';
import { at } from '../base/at.ts';
import { unpack } from '../search/genome.ts';
import { compareIndividuals, type Individual } from '../search/individual.ts';
import { bySampling } from './parts/sampling.ts';
import type { SearchSpec } from './parts/sections.ts';
import * as fields from './parts/training-fields.ts';

const nesSchema = z.strictObject({
  learningRate: fields.learningRate.default(0.05).meta({ description: "Adam's, of the logits" }),
  beta1: fields.decay.default(0.9),
  beta2: fields.decay.default(0.999),
  keep: z.number().gt(0).lt(1).nullable().default(null).meta({
    description:
      'Share of the weights that masks keep at most, on average: reached from a half over the first half of the generations. null: no limit',
  }),
});

interface NesSpec extends SearchSpec {
  readonly nes: z.output<typeof nesSchema>;
}

/** Probabilities stay as far from 0 and 1, so that every weight can change its mind. */
const MARGIN = 1e-3;
const EPSILON = 1e-8;

export const nes = bySampling({
  summary: 'samples masks from a probability per weight, which follows the gradient of the ranks (NES)',
  section: { key: 'nes', schema: nesSchema },
  start: { logits: 0, firstMoment: 0, secondMoment: 0 },
  probabilities: ({ logits }) => logits.map(sigmoid),
  problems: ({ search: { population } }: NesSpec) =>
    population > 2
      ? []
      : [
          `search.population: found ${population} with "algorithm": "nes", expected at least 3: one mask is the most probable one, and only two others can be ranked`,
        ],
  // The most probable mask comes first, then pairs: a uniform number u for one is 1 − u for the other.
  sample(probabilities, index, streamOf) {
    if (index === 0) return probabilities.map((probability) => (probability > 0.5 ? 1 : 0));
    const isMirrored = index % 2 === 0;
    const stream = streamOf(isMirrored ? index - 1 : index);
    const drawn = stream.uniforms(new Float64Array(probabilities.length));
    return drawn.map((uniform, bit) =>
      (isMirrored ? 1 - uniform : uniform) < at(probabilities, bit) ? 1 : 0,
    );
  },
  learn(spec: NesSpec, generation, { logits, firstMoment, secondMoment }, scored) {
    const { learningRate, beta1, beta2, keep } = spec.nes;
    // The most probable mask is no sample; the first generation has none.
    const samples = generation === 0 ? scored : scored.slice(1);
    const gradient = rankGradient(logits, samples, spec);
    const blend = (moment: Float64Array, beta: number, value: (slope: number) => number) =>
      moment.map((past, bit) => beta * past + (1 - beta) * value(gradient[bit] ?? 0));
    const first = blend(firstMoment, beta1, (slope) => slope);
    const second = blend(secondMoment, beta2, (slope) => slope * slope);
    const [bias1, bias2] = [1 - beta1 ** (generation + 1), 1 - beta2 ** (generation + 1)];
    const moved = logits.map((logit, bit) => {
      const size = Math.sqrt((second[bit] ?? 0) / bias2) + EPSILON;
      return logit + (learningRate * (first[bit] ?? 0)) / bias1 / size;
    });
    const probabilities = moved.map((logit) => Math.min(1 - MARGIN, Math.max(MARGIN, sigmoid(logit))));
    const held = keep === null ? probabilities : projected(probabilities, shareAt(spec, keep, generation));
    return {
      logits: held.map((probability) => Math.log(probability / (1 - probability))),
      firstMoment: first,
      secondMoment: second,
    };
  },
});

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** The gradient of the expected rank: the mean of rank · (mask − p), ranks from ½, the best, to −½. */
function rankGradient(
  logits: Float64Array,
  samples: readonly Individual[],
  { search: { objective } }: SearchSpec,
): Float64Array {
  const gradient = new Float64Array(logits.length);
  const sorted = samples.toSorted(compareIndividuals(objective));
  for (const [position, { genome }] of sorted.entries()) {
    const rank = 0.5 - position / Math.max(1, sorted.length - 1);
    // The ranks add up to 0, so p drops out.
    for (const [bit, kept] of unpack(genome, logits.length).entries()) {
      if (kept === 1) gradient[bit] = (gradient[bit] ?? 0) + rank / sorted.length;
    }
  }
  return gradient;
}

/** The share that a generation may keep: from a half to `keep` by a cubic schedule, as ProbMask's. */
function shareAt({ search, stop }: SearchSpec, keep: number, generation: number): number {
  const affordable = Math.ceil((stop.maxEvaluations ?? Infinity) / search.population);
  const until = Math.min(stop.maxGenerations, affordable) / 2;
  const left = until > 0 ? Math.max(0, 1 - generation / until) : 0;
  return keep + Math.max(0, 0.5 - keep) * left ** 3;
}

/** The nearest probabilities of which a share of `keep` is kept on average, at most: all are lowered by as much, down to the margin. */
export function projected(probabilities: Float64Array, keep: number): Float64Array {
  const target = keep * probabilities.length;
  if (sum(probabilities) <= target) return probabilities;
  const lowered = (by: number) => probabilities.map((probability) => Math.max(MARGIN, probability - by));
  let [low, high] = [0, 1];
  for (let halving = 0; halving < 40; halving++) {
    const middle = (low + high) / 2;
    if (sum(lowered(middle)) > target) low = middle;
    else high = middle;
  }
  return lowered(high);
}
