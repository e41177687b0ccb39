/**
 * A search that estimates a distribution: every weight has a probability to be kept, a generation is sampled from them, and
 * the scores of its masks change them. An algorithm is the rule by which they learn.
 */
import { at } from '../../base/at.ts';
import { defined } from '../../base/defined.ts';
import { type Random, random } from '../../base/random.ts';
import { namesOf, recordOf } from '../../base/record.ts';
import { pack } from '../../search/genome.ts';
import type { Individual } from '../../search/individual.ts';
import type { Algorithm, Section } from '../algorithm.ts';
import { breedStart } from './breeding.ts';
import { byGenerations } from './generations.ts';
import { untilEvaluations } from './match.ts';
import type { SearchSpec } from './sections.ts';

/** Vectors with a number for every weight, by name. */
type Vectors<Name extends string> = Readonly<Record<Name, Float64Array>>;

interface Sampled<Spec extends SearchSpec, Key extends Section, Name extends string> {
  readonly summary: string;
  readonly section: Key;
  /** The memory of every weight, and the value that it begins with. */
  readonly start: Readonly<Record<Name, number>>;
  /** For every weight, the probability to be kept. */
  probabilities(vectors: Vectors<Name>): Float64Array;
  /** A generation from the first on, a mask per call; each weight is kept on its own if absent. */
  sample?(probabilities: Float64Array, index: number, streamOf: (index: number) => Random): ArrayLike<number>;
  /** `scored`: in the order in which they were sampled. */
  learn(spec: Spec, generation: number, vectors: Vectors<Name>, scored: readonly Individual[]): Vectors<Name>;
  problems?(spec: Spec): string[];
}

export function bySampling<Spec extends SearchSpec, const Key extends Section, Name extends string>({
  summary,
  section,
  start,
  probabilities,
  sample = (all, index, streamOf) => keptWithin(all, streamOf(index)),
  learn,
  problems,
}: Sampled<Spec, Key, Name>): Algorithm<Spec, Key> {
  const names = namesOf(start);
  return byGenerations<Spec, Vectors<Name>, Key>({
    summary,
    section,
    origins: ['start', 'sampling'],
    match: untilEvaluations(false),
    evaluations: ({ search: { population } }) => ({ first: population, each: population }),
    rules: ({ stop }) => stop,
    ...defined({ problems }),
    start({ seed, search }, { bits }) {
      const own = recordOf(names, (name) => new Float64Array(bits).fill(start[name]));
      return { offspring: breedStart(seed, search, bits), own };
    },
    settle: (spec, _, generation, own, scored) => ({
      newborns: scored,
      own: learn(spec, generation, own, scored),
    }),
    breed({ seed, search: { population } }, _, { generation, nextId, own }) {
      const all = probabilities(own);
      const streamOf = (index: number) => random(seed, 'migrate', generation, index);
      const offspring = Array.from({ length: population }, (__, index) => {
        const genome = pack(sample(all, index, streamOf));
        return { id: nextId + index, genome, origin: 'sampling', born: generation } as const;
      });
      return { offspring, own };
    },
    codec: {
      encode: (vectors) => ({ facts: null, aside: [], vectors }),
      decode: ({ vectors }) =>
        recordOf(names, (name) => {
          const vector = vectors[name];
          if (vector instanceof Float64Array) return vector;
          throw new TypeError(`the ${name} are missing`);
        }),
    },
  });
}

/** 0 and 1. */
function keptWithin(probabilities: Float64Array, stream: Random): Float64Array {
  const drawn = stream.uniforms(new Float64Array(probabilities.length));
  return drawn.map((uniform, bit) => (uniform < at(probabilities, bit) ? 1 : 0));
}

/** The probability moved into margins of 1/n, which keep each of n bits in play. */
export function withinMargins(probability: number, bits: number): number {
  const margin = Math.min(0.5, 1 / bits);
  return Math.min(1 - margin, Math.max(margin, probability));
}
