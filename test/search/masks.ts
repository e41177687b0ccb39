/** Masks and individuals for tests. */
import fc from 'fast-check';
import { pack } from '../../lib/search/genome.ts';
import type { Individual, Origin } from '../../lib/search/individual.ts';
import { ORIGINS } from '../../lib/search/individual.ts';

/** A mask as one 0 or 1 per weight. */
export const maskBits = (length: { min: number; max: number } = { min: 1, max: 130 }) =>
  fc.array(fc.constantFrom(0, 1), { minLength: length.min, maxLength: length.max });

/** Several masks of one length. */
export const maskRows = (rows: { min: number; max: number }, bits = { min: 1, max: 70 }) =>
  fc.integer(bits).chain((size) =>
    fc.array(fc.array(fc.constantFrom(0, 1), { minLength: size, maxLength: size }), {
      minLength: rows.min,
      maxLength: rows.max,
    }),
  );

const score = fc.record({
  correct: fc.integer({ min: 0, max: 5 }),
  loss: fc.oneof(
    fc.double({ min: 0, max: 3, noNaN: true }),
    fc.constantFrom(0.5, Number.NaN, Number.POSITIVE_INFINITY),
  ),
  macroAverage: fc.constantFrom(0, 0.25, 1, Number.NaN),
});

/** A population with ids 0, 1, … in random order, many of its fitness values equal. */
export const populations = (size: { min: number; max: number }): fc.Arbitrary<Individual[]> =>
  fc
    .array(
      fc.record({
        score,
        zeros: fc.integer({ min: 0, max: 3 }),
        origin: fc.constantFrom<Origin>(...ORIGINS),
      }),
      { minLength: size.min, maxLength: size.max },
    )
    .map((drafts) =>
      drafts.map((draft, id) => ({ ...draft, id, born: 0, genome: Uint8Array.of(id >>> 8, id & 0xff) })),
    )
    .chain((individuals) => fc.shuffledSubarray(individuals, { minLength: individuals.length }));

/** An individual of a written-out mask, e.g. '1010'. */
export function individual(
  mask: string,
  {
    id = 0,
    correct = 0,
    loss = Number.NaN,
    macroAverage = Number.NaN,
  }: { id?: number } & Partial<Individual['score']> = {},
): Individual {
  const bits = [...mask].map(Number);
  return {
    id,
    genome: pack(bits),
    origin: 'start',
    born: 0,
    score: { correct, loss, macroAverage },
    zeros: bits.filter((bit) => bit === 0).length,
  };
}
