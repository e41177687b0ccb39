import { expect, test } from 'vitest';
import { at } from '../../lib/base/at.ts';
import { allowedByCodes, lastLayerOf } from '../../lib/network/class-codes.ts';
import { codewordsOf, countCodewords } from '../../lib/network/codewords.ts';
import { convnet } from '../../lib/network/convnets.ts';
import { graphOfLayers } from '../../lib/network/layers-graph.ts';
import { unpack } from '../../lib/search/genome.ts';

/** Least distance of two words. */
function least(words: readonly (readonly number[])[]): number {
  const distances = words.flatMap((one, index) =>
    words.slice(0, index).map((other) => 2 * one.filter((group) => !other.includes(group)).length),
  );
  return Math.min(...distances);
}

/** The greatest least distances are those of the table of constant-weight codes (Brouwer et al. 1990). */
test.each([
  { classes: 10, groups: 10, weight: 3, distance: 4 },
  { classes: 10, groups: 10, weight: 5, distance: 4 },
  { classes: 7, groups: 7, weight: 3, distance: 4 },
  { classes: 4, groups: 6, weight: 3, distance: 4 },
  { classes: 6, groups: 10, weight: 5, distance: 6 },
  { classes: 10, groups: 5, weight: 2, distance: 2 },
  { classes: 6, groups: 12, weight: 2, distance: 4 },
])('$classes codewords of weight $weight over $groups groups are $distance apart', (code) => {
  const { classes, groups, weight, distance } = code;
  const words = codewordsOf(classes, groups, weight);
  expect(words).toHaveLength(classes);
  expect(words.every((word) => new Set(word).size === weight && word.every((one) => one < groups))).toBe(
    true,
  );
  expect(least(words)).toBe(distance);
  expect(codewordsOf(classes, groups, weight)).toEqual(words);
});

test('words are counted', () => {
  expect([countCodewords(10, 3), countCodewords(10, 7), countCodewords(4, 4)]).toEqual([120, 120, 1]);
});

test('a class is fed by the groups in its codeword alone', () => {
  const codes = { groups: 3, weight: 1 };
  const words = codewordsOf(3, 3, 1);
  // [2, 4, 3]: the groups are units 0 and 1, unit 2, and unit 3.
  const mask = unpack(allowedByCodes({ widths: [2, 4, 3] }, codes), 20);
  expect([...mask.subarray(0, 8)]).toEqual(Array(8).fill(1));
  const rows = words.map(
    ([group]) =>
      [
        [1, 1, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
      ][group ?? 0],
  );
  expect([...mask.subarray(8)]).toEqual(rows.flat());
});

test('channels that a dense layer reads flattened are units of their own', () => {
  const graph = convnet('conv-small', [1, 8, 8], 10);
  const last = lastLayerOf(graph);
  expect(last?.units).toBe(16);
  const allowed = unpack(allowedByCodes(graph, { groups: 8, weight: 3 }), 1_864);
  const row = allowed.subarray(last?.matrix.offset, (last?.matrix.offset ?? 0) + 64);
  const word = at(codewordsOf(10, 8, 3), 0);
  // Two channels to a group, four values to a channel.
  expect([...row]).toEqual(Array.from({ length: 64 }, (_, input) => Number(word.includes(input >> 3))));
});

test('without hidden units there is nothing to cut into groups', () => {
  expect(lastLayerOf({ widths: [4, 3] })).toBeUndefined();
  const layer = { widths: [4, 3], weights: [new Float32Array(12)], biases: [new Float32Array(3)] };
  expect(lastLayerOf(graphOfLayers(layer))).toBeUndefined();
});
