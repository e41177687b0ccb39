import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  EVENTS_BEFORE,
  eventsOfGeneration,
  historyRunsOut,
  INLINE_WIDTH,
  LONGEST_CHUNK,
  LONGEST_WIDE_CHUNK,
  planFanOut,
} from '../../lib/workflow/fan-out.ts';

const rules = fc.record({
  fanOut: fc.constantFrom('auto' as const, 'inline' as const, 'distributed' as const),
  maxConcurrency: fc.integer({ min: 1, max: 1_000 }),
  minChunkSeconds: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 600, noNaN: true })),
});
/** Chunks that it takes for none of them to outlive its function. */
const needed = (individuals: number, each: number, { fanOut }: { readonly fanOut: string }) =>
  Math.ceil((individuals * each) / (fanOut === 'distributed' ? LONGEST_WIDE_CHUNK : LONGEST_CHUNK));
const seconds = fc.oneof(fc.constantFrom(0, 1e-12, 1e9), fc.double({ min: 0, max: 100, noNaN: true }));

describe('the plan', () => {
  test('covers every individual exactly once, in chunks of at least one, not more than allowed unless they would take too long', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200_000 }), seconds, rules, (individuals, each, given) => {
        const { chunks, chunkSize } = planFanOut(individuals, each, given);
        expect(chunks).toEqual(chunks.map((_, index) => index));
        const most = Math.max(given.maxConcurrency, needed(individuals, each, given));
        expect(chunks.length).toBeLessThanOrEqual(Math.min(1_000, most));
        expect(chunkSize).toBeGreaterThanOrEqual(1);
        const covered = chunks.reduce(
          (sum, chunk) => sum + Math.min(individuals, (chunk + 1) * chunkSize) - chunk * chunkSize,
          0,
        );
        expect(covered).toBe(individuals);
        if (chunks.length > 0) expect((chunks.length - 1) * chunkSize).toBeLessThan(individuals);
      }),
      { numRuns: 500 },
    );
  });

  test('goes through a Distributed Map where it is wide, unless a chunk would outlive a child', () => {
    const given = { fanOut: 'auto', maxConcurrency: 100, minChunkSeconds: 0 } as const;
    expect(planFanOut(1_000, 1, given)).toMatchObject({ chunkSize: 10, fanOut: 'distributed' });
    expect(planFanOut(1_000, 30, given)).toMatchObject({ chunkSize: 10, fanOut: 'inline' });
    expect(planFanOut(INLINE_WIDTH, 1, given)).toMatchObject({ chunkSize: 1, fanOut: 'inline' });
  });

  test('keeps every chunk but the last busy for as long as asked, if there is that much work', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 1e-4, max: 1, noNaN: true }),
        rules,
        (individuals, each, given) => {
          const { chunks, chunkSize } = planFanOut(individuals, each, given);
          if (chunks.length < 2 || chunks.length <= needed(individuals, each, given)) return;
          expect((chunkSize + 1) * each).toBeGreaterThanOrEqual(given.minChunkSeconds);
        },
      ),
    );
  });

  test.each([
    // individuals, seconds each, most chunks, least seconds → chunks of size
    [53, 0.001, 40, 1, 1, 53],
    [53, 0.1, 40, 1, 5, 11],
    [53, 2, 40, 1, 27, 2],
    [53, 2, 1_000, 1, 53, 1],
    [53, 0.001, 2, 0, 2, 27],
    [1, 5, 40, 1, 1, 1],
    // A large network in an account of few functions: five chunks would take an hour each.
    [530, 30, 5, 1, 27, 20],
    [3, 1_000, 1, 1, 3, 1],
    [0, 1, 40, 1, 0, 1],
  ])(
    '%i individuals of %d s, at most %i chunks of at least %d s: %i of %i',
    (individuals, each, most, least, count, size) => {
      const plan = planFanOut(individuals, each, {
        fanOut: 'auto',
        maxConcurrency: most,
        minChunkSeconds: least,
      });
      expect([plan.chunks.length, plan.chunkSize]).toEqual([count, size]);
    },
  );

  test('auto is inline up to 40 chunks, distributed beyond; a choice of the user stands', () => {
    const plan = (chunks: number, fanOut: 'auto' | 'inline' | 'distributed') =>
      planFanOut(chunks, 10, { fanOut, maxConcurrency: 1_000, minChunkSeconds: 0 }).fanOut;
    expect(plan(INLINE_WIDTH, 'auto')).toBe('inline');
    expect(plan(INLINE_WIDTH + 1, 'auto')).toBe('distributed');
    expect(plan(500, 'inline')).toBe('inline');
    expect(plan(1, 'distributed')).toBe('distributed');
  });
});

describe("an execution's history", () => {
  const chunks = (count: number) => Array.from({ length: count }, (_, index) => index);

  test('grows by 7 events a chunk and 11 a generation inline, by 13 distributed', () => {
    expect(eventsOfGeneration({ fanOut: 'inline', chunks: chunks(1) })).toBe(18);
    expect(eventsOfGeneration({ fanOut: 'inline', chunks: chunks(40) })).toBe(291);
    expect(eventsOfGeneration({ fanOut: 'distributed', chunks: chunks(900) })).toBe(13);
  });

  test('never reaches the 25,000 at which Step Functions ends it, whatever generations come', () => {
    const generation = fc.record({
      fanOut: fc.constantFrom('inline' as const, 'distributed' as const),
      chunks: fc.integer({ min: 0, max: INLINE_WIDTH }).map(chunks),
    });
    fc.assert(
      fc.property(fc.array(generation, { minLength: 200, maxLength: 400 }), (generations) => {
        let events = EVENTS_BEFORE;
        for (const next of generations) {
          if (historyRunsOut(events, next, 24_000)) events = EVENTS_BEFORE;
          events += eventsOfGeneration(next);
          expect(events).toBeLessThan(24_000);
        }
      }),
      { numRuns: 30 },
    );
  });
});
