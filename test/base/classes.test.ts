import { expect, test } from 'vitest';
import { classCounts, classMembers } from '../../lib/base/classes.ts';

const labels = Uint16Array.of(2, 0, 2, 2, 0);

test('counts the samples of each class', () => {
  expect([...classCounts(labels, 4)]).toEqual([2, 0, 3, 0]);
});

test('lists the samples of each class in their order', () => {
  expect(classMembers(labels, 4).map((members) => [...members])).toEqual([[1, 4], [], [0, 2, 3], []]);
});

test('refuses a label that is no class', () => {
  expect(() => classMembers(labels, 2)).toThrow(RangeError);
});
