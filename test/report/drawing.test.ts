import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linearAxis, lossAxis } from '../../lib/report/figures/domain.ts';
import { regionsOf } from '../../lib/report/figures/plane-figure.ts';
import { stretches, thin } from '../../lib/report/figures/thinning.ts';
import { html } from '../../lib/report/html.ts';

describe('thin', () => {
  const series = fc.array(fc.oneof(fc.double({ noNaN: true }), fc.constant(null)), {
    minLength: 1,
    maxLength: 500,
  });

  test('keeps ends and extremes, in order, and few items', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 20 }), (values, buckets) => {
        const items = values.map((value, index) => ({ value, index }));
        const kept = thin(items, [({ value }) => value], buckets);
        expect(kept.length).toBeLessThanOrEqual(2 + 2 * buckets);
        expect(kept[0]).toBe(items[0]);
        expect(kept.at(-1)).toBe(items.at(-1));
        expect(kept.map(({ index }) => index)).toEqual(
          kept.map(({ index }) => index).toSorted((a, b) => a - b),
        );
        const finite = (all: readonly { value: number | null }[]) =>
          all.flatMap(({ value }) => (value === null ? [] : [value]));
        expect(Math.max(...finite(kept))).toEqual(Math.max(...finite(items)));
        expect(Math.min(...finite(kept))).toEqual(Math.min(...finite(items)));
      }),
    );
  });
});

test('stretches cover all items once, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 300 }), fc.integer({ min: 1, max: 30 }), (items, buckets) => {
      const parts = stretches(items, buckets);
      expect(parts.flat()).toEqual(items);
      expect(parts.length).toBeLessThanOrEqual(2 * buckets);
      expect(parts.every((part) => part.length > 0)).toBe(true);
    }),
  );
});

test('regions cover every cell of the grid once, with its label', () => {
  const grids = fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
    .chain(([columns, rows]) =>
      fc.record({
        columns: fc.constant(columns),
        rows: fc.constant(rows),
        labels: fc.uint8Array({ minLength: columns * rows, maxLength: columns * rows, max: 2 }),
      }),
    );
  fc.assert(
    fc.property(grids, ({ columns, rows, labels }) => {
      const painted = new Array<number>(columns * rows).fill(-1);
      for (const { label, x0, x1, y0, y1 } of regionsOf({
        columns,
        rows,
        labels,
        xMin: 0,
        xMax: 1,
        yMin: 0,
        yMax: 1,
      })) {
        for (let row = y0; row < y1; row++) {
          for (let column = x0; column < x1; column++) {
            expect(painted[row * columns + column]).toBe(-1);
            painted[row * columns + column] = label;
          }
        }
      }
      expect(painted).toEqual([...labels]);
    }),
  );
});

describe('axes', () => {
  test('a single value has room around it, within the limits', () => {
    const { domain } = linearAxis([1, 1], 0.01, [0, 1]);
    expect(domain[0]).toBeCloseTo(0.995);
    expect(domain[1]).toBe(1);
  });

  test('losses over a wide range are drawn on a logarithmic scale, unless one is 0', () => {
    expect(lossAxis([0.01, null, 5])).toMatchObject({ type: 'log', ticks: [0.01, 0.03, 0.1, 0.3, 1, 3] });
    expect(lossAxis([0, 5]).type).toBe('linear');
    expect(lossAxis([0.5, 1.5]).type).toBe('linear');
  });
});

test('a template escapes its values and keeps markup', () => {
  expect(html`<p title="${'"<'}">${html`<b>${"a&'b"}</b>`}${[html`<i>`, html`</i>`]}${3}</p>`.markup).toBe(
    '<p title="&quot;&lt;"><b>a&amp;&#39;b</b><i></i>3</p>',
  );
});
