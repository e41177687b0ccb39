import { describe, expect, test } from 'vitest';
import { random } from '../../lib/base/random.ts';
import { drawToFront, shuffle, shuffled } from '../../lib/base/shuffle.ts';

const ITEMS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

describe('the orders that results depend on', () => {
  test('drawn from the front', () => {
    const items = [...ITEMS];
    const order = [7, 8, 0, 3, 5, 1, 2, 4, 9, 6];
    expect(shuffled(random(7, 'landscape-path', 1, 2), items)).toEqual(order);
    expect(items).toEqual(ITEMS);
    drawToFront(random(7, 'landscape-path', 1, 2), items, 4);
    expect(items.slice(0, 4)).toEqual(order.slice(0, 4));
    expect(items.toSorted((a, b) => a - b)).toEqual(ITEMS);
  });

  test('drawn from the back', () => {
    const order = [2, 3, 1, 8, 4, 9, 0, 5, 7, 6];
    const items = Int32Array.from(ITEMS);
    expect(shuffle(random(7, 'order', 3), items)).toBe(items);
    expect([...items]).toEqual(order);
  });
});

test('drawing more than there are draws all', () => {
  const items = [1, 2];
  drawToFront(random(0, 'order'), items, 5);
  expect(items.toSorted()).toEqual([1, 2]);
});
