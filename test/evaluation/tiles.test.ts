import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutTiles } from '../../lib/evaluation/tiles.ts';

test('tiles cover every sample once, in widths of 64, with less than 64 columns of padding each', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200_000 }),
      fc.integer({ min: 64, max: 4_096 }),
      (samples, target) => {
        let next = 0;
        for (const { start, samples: size, width } of cutTiles(samples, target)) {
          expect(start).toBe(next);
          expect(size).toBeGreaterThan(0);
          expect(width % 64).toBe(0);
          expect(width - size).toBeGreaterThanOrEqual(0);
          expect(width - size).toBeLessThan(64);
          next += size;
        }
        expect(next).toBe(samples);
      },
    ),
  );
});
