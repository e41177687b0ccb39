/**
 * Random masks that must reach an accuracy bound wait in a queue: they are evaluated in batches and tried in turn, round
 * after round, until as many are taken as the generation wants. Who is taken depends on the order of the queue only, never
 * on the batches.
 */
import { z } from 'zod';
import { InvalidSpec } from '../../base/errors.ts';
import { bytesPerGenome } from '../../search/genome.ts';
import type { Individual, Newborn } from '../../search/individual.ts';
import type { Problem } from '../algorithm.ts';
import {
  type Admission,
  admissionSchema,
  admit,
  type BoundRules,
  boundRulesOf,
  firstAdmission,
  lineLength,
} from '../parts/accuracy-bound.ts';
import { drawMasks } from '../parts/breeding.ts';
import type { Codec, Round } from '../parts/scheme.ts';
import type { SearchSpec } from '../parts/sections.ts';

export interface Queue {
  /** How many of the round's offspring, the last ones, are in the queue. */
  readonly queued: number;
  /** The state of the queue; null where every mask is taken. */
  readonly admission: Admission | null;
  /** Born in this generation, with scores. */
  readonly born: readonly Individual[];
  /** The head of the queue, with scores. */
  readonly waiting: readonly Individual[];
}

/** A queue in which masks are tried. */
type OpenQueue = Pick<Queue, 'born' | 'waiting'> & { readonly admission: Admission };

export const NO_QUEUE: Queue = { queued: 0, admission: null, born: [], waiting: [] };

/** Before the first mask. */
export function startQueue(rules: BoundRules, wanted: number): OpenQueue {
  return { admission: firstAdmission(rules, wanted), born: [], waiting: [] };
}

/** Tries the masks of a queue, which have scores: those that are taken are born in `generation`. */
export function tryQueue(
  spec: SearchSpec,
  { samples }: Problem,
  generation: number,
  before: Admission,
  queue: readonly Individual[],
): OpenQueue {
  const rules = boundRulesOf(spec);
  if (!rules) return { admission: before, born: [], waiting: queue };
  const accuracies = queue.map(({ score }) => score.correct / samples);
  const { taken, tried, exhausted, admission } = admit(rules, before, accuracies);
  if (exhausted) {
    throw new InvalidSpec([
      `search.start.bound: no random mask reached ${rules.bound} in ${admission.tries} tries; lower it, or allow more with search.start.tries`,
    ]);
  }
  const origin = generation === 0 ? 'start' : 'migration';
  const chosen = new Set(taken);
  const born = queue
    .filter((_, index) => chosen.has(index))
    .map((individual) => ({ ...individual, origin, born: generation }) as const);
  return { admission, born, waiting: queue.slice(tried) };
}

/** Draws as many masks as are likely to be needed, and puts them at the end of the queue. */
export function lineUp(
  { seed }: SearchSpec,
  { bits, viable }: Problem,
  generation: number,
  { admission, born, waiting }: OpenQueue,
  descendants: readonly Newborn[],
): Round<Queue> {
  const count = lineLength(admission, waiting.length, bytesPerGenome(bits));
  const drawn = drawMasks(seed, bits, admission.drawn, count, viable).map(
    (genome, index) => ({ id: index, genome, origin: 'migration', born: generation }) as const,
  );
  return {
    offspring: [...descendants, ...drawn],
    own: { queued: count, admission: { ...admission, drawn: admission.drawn + count }, born, waiting },
  };
}

const factsSchema = z.object({
  queued: z.int(),
  admission: admissionSchema.nullable(),
  /** How many of the individuals aside are born; the others wait. */
  born: z.int(),
});

export const queueCodec: Codec<Queue> = {
  encode: ({ queued, admission, born, waiting }) => ({
    facts: { queued, admission, born: born.length },
    aside: [...born, ...waiting],
    vectors: {},
  }),
  decode({ facts, aside }) {
    const { born, ...rest } = factsSchema.parse(facts);
    return { ...rest, born: aside.slice(0, born), waiting: aside.slice(born) };
  },
};
