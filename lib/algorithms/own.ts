/** own: the search of a program that uses the library, as three functions: it begins, asks for masks, and is told their scores. */
import { z } from 'zod';
import { random } from '../base/random.ts';
import { pack, unpack } from '../search/genome.ts';
import { fitnessOf, type Individual, isFigure } from '../search/individual.ts';
import { OwnCode, type OwnCodeName, Unexpected } from '../search/own-code.ts';
import type { Problem } from './algorithm.ts';
import { byGenerations } from './parts/generations.ts';
import { untilEvaluations } from './parts/match.ts';
import { type OwnState, ownStateCodec, readOwnState } from './parts/own-state.ts';
import type { Round } from './parts/scheme.ts';
import type { SearchSpec } from './parts/sections.ts';

/** As it was loaded: what its functions take and return is checked here. */
export interface LoadedAlgorithm {
  readonly name: string;
  readonly start?: ((problem: object) => unknown) | undefined;
  readonly ask: (state: OwnState, generation: object) => unknown;
  readonly tell?: ((state: OwnState, scored: readonly object[], generation: object) => unknown) | undefined;
}

export const OWN_ALGORITHMS = new OwnCode<LoadedAlgorithm>('algorithm');

const codeSchema = z.strictObject({ name: z.string(), sha256: z.string() });

/** The section of a spec that names them. */
export const ownSchema = z.strictObject({
  algorithm: codeSchema.optional(),
  objective: codeSchema.optional(),
});

export interface OwnSpec extends SearchSpec {
  readonly own?: { readonly algorithm?: OwnCodeName | undefined } | undefined;
}

/** Masks that it may ask for at a time. */
const MOST_MASKS = 1_000_000;

export const own = byGenerations<OwnSpec, OwnState>({
  summary: 'the search of a program that uses the library',
  origins: ['start', 'sampling'],
  match: untilEvaluations(false),
  evaluations: ({ search: { population } }) => ({ first: population, each: population }),
  rules: ({ stop }) => stop,
  start(spec, problem) {
    const { name, start } = algorithmOf(spec);
    const settings = { ...problemOf(spec, problem), random: random(spec.seed, 'start') };
    const state = OWN_ALGORITHMS.call(name, 'start', () => start?.(settings) ?? {}, readOwnState);
    return asked(spec, problem, state, { generation: 0, survivors: [], nextId: 0 });
  },
  settle(spec, problem, generation, before, scored) {
    const { name, tell } = algorithmOf(spec);
    const state = structuredClone(before);
    const place = {
      ...problemOf(spec, problem),
      generation,
      random: random(spec.seed, 'mutate', generation),
    };
    const told = () => tell?.(state, scoredOf(spec, problem, scored), place) ?? state;
    return {
      newborns: scored,
      own: OWN_ALGORITHMS.call(name, `tell of generation ${generation}`, told, readOwnState),
    };
  },
  breed: (spec, problem, selected) => asked(spec, problem, structuredClone(selected.own), selected),
  codec: ownStateCodec,
});

function algorithmOf(spec: OwnSpec): LoadedAlgorithm {
  return OWN_ALGORITHMS.get(spec.own?.algorithm);
}

/** The masks of a generation, and the state, which the function may have changed. */
function asked(
  spec: OwnSpec,
  problem: Problem,
  state: OwnState,
  selected: {
    readonly generation: number;
    readonly survivors: readonly Individual[];
    readonly nextId: number;
  },
): Round<OwnState> {
  const { name, ask } = algorithmOf(spec);
  const { generation, nextId } = selected;
  const place = {
    ...problemOf(spec, problem),
    generation,
    survivors: scoredOf(spec, problem, selected.survivors),
    random: random(spec.seed, 'migrate', generation),
  };
  const part = `ask of generation ${generation}`;
  const genomes = OWN_ALGORITHMS.call(
    name,
    part,
    () => ask(state, place),
    (masks) => genomesOf(masks, problem.bits),
  );
  const origin = generation === 0 ? 'start' : 'sampling';
  return {
    offspring: genomes.map((genome, index) => ({ id: nextId + index, genome, origin, born: generation })),
    own: OWN_ALGORITHMS.call(name, part, () => state, readOwnState),
  };
}

function problemOf({ seed, search: { population } }: OwnSpec, { bits, samples }: Problem) {
  return { bits, samples, population, seed };
}

/** Individuals as the functions see them; a mask is unpacked where one looks at it. */
function scoredOf(
  { search: { objective } }: OwnSpec,
  { bits, samples }: Problem,
  individuals: readonly Individual[],
): object[] {
  return individuals.map(({ genome, score, zeros, born }) => {
    const fitness = fitnessOf(score, objective);
    let mask: Uint8Array | undefined;
    return {
      get mask() {
        mask ??= unpack(genome, bits);
        return mask;
      },
      fitness: isFigure(objective) ? fitness : fitness / samples,
      accuracy: score.correct / samples,
      sparsity: zeros / bits,
      generation: born,
    };
  });
}

function genomesOf(masks: unknown, bits: number): Uint8Array[] {
  if (!Array.isArray(masks)) throw new Unexpected(`found ${kindOf(masks)}, expected an array of masks`);
  if (masks.length === 0 || masks.length > MOST_MASKS)
    throw new Unexpected(`found ${masks.length} masks, expected 1 to ${MOST_MASKS}`);
  return masks.map((mask: unknown, index) => {
    if (!Array.isArray(mask) && !(mask instanceof Uint8Array))
      throw new Unexpected(`mask ${index}: found ${kindOf(mask)}, expected a Uint8Array or an array`);
    if (mask.length !== bits)
      throw new Unexpected(
        `mask ${index}: found ${mask.length} entries, expected ${bits}, one for each prunable weight`,
      );
    return pack(
      Uint8Array.from(mask as ArrayLike<unknown>, (entry, bit) => {
        if (entry === 0 || entry === 1) return entry;
        throw new Unexpected(
          `mask ${index}: found ${String(entry)} at ${bit}, expected 1 to keep the weight or 0 to prune it`,
        );
      }),
    );
  });
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value;
}
