import { expect, test } from 'vitest';
import { keptWeights } from '../../lib/landscape/kept-shares.ts';
import { pack } from '../../lib/search/genome.ts';

test('the share of masks that keep a weight stands where the weight does, out × in', () => {
  // [2, 3, 1]: weights 0–5 row by row, then 6–8.
  const masks = ['110000001', '100001001', '100000000', '100001000'].map((mask) =>
    pack([...mask].map(Number)),
  );
  expect(keptWeights({ widths: [2, 3, 1] }, masks)).toEqual({
    masks: 4,
    layers: [
      { name: 'layers.0', inputs: 2, outputs: 3, rows: 3, columns: 2, share: [1, 0.25, 0, 0, 0, 0.5] },
      { name: 'layers.1', inputs: 3, outputs: 1, rows: 1, columns: 3, share: [0, 0, 0.5] },
    ],
  });
});

test('a large layer is cut into blocks, whose shares are means over all of their weights', () => {
  const [inputs, outputs] = [300, 2];
  // The first unit keeps every weight from its first half of inputs, the second unit none.
  const mask = Uint8Array.from({ length: inputs * outputs }, (_, bit) => (bit < inputs / 2 ? 1 : 0));
  const { layers } = keptWeights({ widths: [inputs, outputs] }, [pack(mask)]);
  const [layer] = layers;
  expect([layer?.rows, layer?.columns]).toEqual([2, 128]);
  const share = layer?.share ?? [];
  expect(share.slice(0, 64)).toEqual(new Array(64).fill(1));
  expect(share.slice(64).every((value) => value === 0)).toBe(true);
});
