/** Requests of a search, beside a store that is written, listed and deleted from piece by piece. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requestsOf } from '../../lib/cost/requests.ts';
import { putsOf } from '../../lib/store/artifacts.ts';
import { SEGMENT_LENGTH } from '../../lib/store/keys.ts';

interface Piece {
  readonly length: number;
  readonly leaps: boolean;
}

/** What the steps of the pieces ask for, one after another; each generation has so many chunks. */
function stepByStep(pieces: readonly Piece[], chunks: number, keepGenerations: boolean) {
  const [evaluate, select, leap] = [0, 1, 2].map(() => ({ gets: 0, lists: 0, puts: 0 }));
  if (!evaluate || !select || !leap) throw new Error('there are three');
  let there = new Set([0]);
  let first = 0;
  for (const [index, { length, leaps }] of pieces.entries()) {
    const last = first + length - 1;
    const own = leaps ? leap : select;
    // State and masks, and the survivors of the generation before.
    own.gets += first > 0 ? 3 : 2;
    if (!keepGenerations) {
      const old = [...there].filter((generation) => generation < first - 1);
      own.lists += 1 + old.length;
      there = new Set([...there].filter((generation) => !old.includes(generation)));
    }
    there.add(last).add(last + 1);
    // Of the last piece the usage stands for the next masks and state.
    own.puts -= index === pieces.length - 1 ? 1 : 0;
    if (leaps) {
      const all = Array.from({ length }, (_, place) => Math.floor((first + place) / SEGMENT_LENGTH));
      const segments = new Set(all);
      const partly = [...segments].filter(
        (segment) => all.filter((one) => one === segment).length < SEGMENT_LENGTH,
      );
      leap.puts += putsOf('Leap', ['search']) - 1 + segments.size;
      leap.gets += partly.length;
      leap.lists += 2;
    } else {
      select.puts += putsOf('Select', ['search']);
      select.gets += chunks + 1;
      evaluate.gets += chunks;
      evaluate.puts += putsOf('Evaluate', ['search']) * chunks;
    }
    first = last + 1;
  }
  // Run, model and data: of two environments that evaluate, and of the others once.
  if (pieces.some(({ leaps }) => !leaps)) {
    evaluate.gets += 2 * 4;
    select.gets += 2;
  }
  if (pieces.some(({ leaps }) => leaps)) leap.gets += 4;
  return { evaluate, select, leap };
}

test('requests that are counted together are those of one step after another', () => {
  const piece = fc.record({ length: fc.integer({ min: 1, max: 150 }), leaps: fc.boolean() });
  const pieces = fc
    .array(piece, { minLength: 1, maxLength: 12 })
    .map((found) => found.map(({ length, leaps }) => ({ length: leaps ? length : 1, leaps })));
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 5 }), fc.boolean(), (pieces, chunks, keepGenerations) => {
      let next = 0;
      const leaps = pieces.flatMap(({ length, leaps }) => {
        const first = next;
        next += length;
        return leaps ? [[first, next - 1] as const] : [];
      });
      const all = chunks * pieces.filter(({ leaps }) => !leaps).length;
      const course = { generations: next - 1, chunks: all, leaps, keepGenerations, pruning: false };
      const { evaluate, select, leap } = requestsOf(course, 2);
      expect({ evaluate, select, leap }).toEqual(stepByStep(pieces, chunks, keepGenerations));
    }),
  );
});

test('a million generations are counted at once', () => {
  const course = { generations: 999_999, chunks: 1_000_000, keepGenerations: false, pruning: false };
  const { select } = requestsOf(course, 1);
  expect(select).toMatchObject({
    lists: 1_000_000 + 999_998,
    puts: 1_000_000 * putsOf('Select', ['search']) - 1,
  });
});
