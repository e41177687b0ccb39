import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Schedule, type Scheduled } from '../../../lib/cli/sweep/schedule.ts';

const cell = (id: string, work: number, waitsFor?: string, seed = 0): Scheduled => {
  return { id, work, waitsFor, seed };
};

/** Everything that is ready now. */
function drain(schedule: Schedule<Scheduled>): string[] {
  const ids: string[] = [];
  for (let next = schedule.next(); next; next = schedule.next()) ids.push(next.id);
  return ids;
}

test('the longest first, equal ones in order', () => {
  const cells = [cell('a', 1), cell('b', 5), cell('c', 1), cell('d', 3)];
  expect(drain(new Schedule(cells, 2))).toEqual(['b', 'd', 'a', 'c']);
});

test('seed by seed, and the longest first in each; once the end is near, the longest of all', () => {
  const seeds = [0, 1, 2, 3];
  const cells = ['a', 'b'].flatMap((task, index) =>
    seeds.map((seed) => cell(`${task}${seed}`, index + 1, undefined, seed)),
  );
  expect(drain(new Schedule(cells, 1)).join(' ')).toBe('b0 a0 b1 a1 b2 a2 b3 a3');
  expect(drain(new Schedule(cells, 2)).join(' ')).toBe('b0 a0 b1 b2 b3 a1 a2 a3');
  // Whatever the order in which they are given: some may be done already.
  expect(drain(new Schedule(cells.toReversed(), 1)).join(' ')).toBe('b0 a0 b1 a1 b2 a2 b3 a3');
  expect(drain(new Schedule(cells, 4)).join(' ')).toBe('b0 b1 b2 b3 a0 a1 a2 a3');
});

test('what waits is counted in, and comes after the cell that it waits for', () => {
  const schedule = new Schedule([cell('a', 1), cell('b', 4), cell('c', 9, 'a'), cell('d', 1, 'a')], 2);
  expect(drain(schedule)).toEqual(['a', 'b']);
  schedule.succeeded('a');
  expect(drain(schedule)).toEqual(['c', 'd']);
});

test('a cell whose other is done already waits for nothing', () => {
  expect(drain(new Schedule([cell('c', 1, 'done before')], 2))).toEqual(['c']);
});

test('of a cell that failed, all that waits for it is lost, however far behind', () => {
  const schedule = new Schedule([cell('a', 1), cell('b', 1, 'a'), cell('c', 1, 'b'), cell('d', 1)], 2);
  expect(drain(schedule)).toEqual(['a', 'd']);
  expect(schedule.failed('a').map(({ id }) => id)).toEqual(['b', 'c']);
  expect(drain(schedule)).toEqual([]);
});

test('every cell comes up once, whatever the order in which cells end', () => {
  const cells = fc
    .array(fc.record({ work: fc.nat(5), waits: fc.boolean(), other: fc.nat() }), { maxLength: 30 })
    .map((drawn) =>
      drawn.map(({ work, waits, other }, index) =>
        cell(String(index), work, waits && index > 0 ? String(other % index) : undefined),
      ),
    );
  fc.assert(
    fc.property(cells, (items) => {
      const schedule = new Schedule(items, 2);
      const order: string[] = [];
      for (let ready = drain(schedule); ready.length > 0; ready = drain(schedule)) {
        order.push(...ready);
        for (const id of ready) schedule.succeeded(id);
      }
      expect(order.toSorted()).toEqual(items.map(({ id }) => id).toSorted());
      for (const { id, waitsFor } of items) {
        if (waitsFor !== undefined) expect(order.indexOf(waitsFor)).toBeLessThan(order.indexOf(id));
      }
    }),
  );
});
