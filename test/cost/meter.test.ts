import { describe, expect, test } from 'vitest';
import { Meter } from '../../lib/cost/meter.ts';
import { NOTHING_SPENT } from '../../lib/cost/usage.ts';
import { MissingObject, type Store } from '../../lib/store/store.ts';

/** A store that holds nothing but what `sizes` says, and forgets what is put. */
function storeOf(sizes: Readonly<Record<string, number>>): Store {
  return {
    uri: 'memory:///',
    get: async (key) => {
      const size = sizes[key];
      if (size === undefined) throw new MissingObject('memory:///', key);
      return new Uint8Array(size);
    },
    getRange: async (_key, start, end) => new Uint8Array(end - start),
    put: async () => undefined,
    list: async () => Object.keys(sizes),
    deletePrefix: async () => undefined,
  };
}

function meterAt(clock: { now: number }, initMilliseconds = 0): Meter {
  return new Meter({ memoryMb: 2_048, elapsed: () => clock.now, initMilliseconds });
}

describe('time', () => {
  test('the invocation in flight is told up to now, its tail by the next one for the same run', () => {
    const clock = { now: 100 };
    const meter = meterAt(clock);
    meter.begin('a');
    clock.now = 400;
    expect(meter.take()).toEqual({ ...NOTHING_SPENT, requests: 1, milliseconds: 300, gbSeconds: 0.6 });
    clock.now = 450;
    meter.end();
    clock.now = 1_000;
    meter.begin('a');
    clock.now = 1_010;
    expect(meter.take()).toMatchObject({ requests: 1, milliseconds: 60 });
  });

  test('an attempt that failed is told by the next one', () => {
    const clock = { now: 0 };
    const meter = meterAt(clock);
    meter.begin('a');
    clock.now = 70;
    meter.end();
    meter.begin('a');
    clock.now = 100;
    expect(meter.take()).toMatchObject({ requests: 2, milliseconds: 100 });
  });

  test('another run does not pay for the one before', () => {
    const clock = { now: 0 };
    const meter = meterAt(clock);
    meter.begin('a');
    clock.now = 70;
    meter.end();
    meter.begin('b');
    clock.now = 71;
    expect(meter.take()).toMatchObject({ requests: 1, milliseconds: 1 });
  });

  test('the start of the environment is billed once', () => {
    const clock = { now: 0 };
    const meter = meterAt(clock, 500);
    meter.begin('a');
    expect(meter.take()).toMatchObject({ milliseconds: 500, gbSeconds: 1 });
    meter.end();
    meter.begin('a');
    expect(meter.take().milliseconds).toBe(0);
  });
});

describe('requests', () => {
  const BIG = 40 * 2 ** 20;
  const cases: [string, (store: Store) => Promise<unknown>, Partial<typeof NOTHING_SPENT>][] = [
    ['get', (store) => store.get('small'), { gets: 1 }],
    ['get of a missing object', (store) => store.get('none').catch(() => 0), { gets: 1 }],
    ['get of 40 MiB', (store) => store.get('big'), { gets: 6 }],
    ['range', (store) => store.getRange('big', 0, 10), { gets: 1 }],
    ['put', (store) => store.put('new', 'text'), { puts: 1 }],
    ['put of 40 MiB', (store) => store.put('new', new Uint8Array(BIG)), { puts: 7 }],
    ['list', (store) => store.list(''), { lists: 1 }],
    ['delete', (store) => store.deletePrefix('x/'), { lists: 1 }],
  ];
  test.each(cases)('%s', async (_name, use, expected) => {
    const meter = meterAt({ now: 0 });
    await use(meter.metered(storeOf({ small: 10, big: BIG })));
    expect(meter.take()).toEqual({ ...NOTHING_SPENT, ...expected });
  });

  test('a list of 2,500 keys is three requests', async () => {
    const meter = meterAt({ now: 0 });
    const sizes = Object.fromEntries(Array.from({ length: 2_500 }, (_, index) => [`key-${index}`, 1]));
    await meter.metered(storeOf(sizes)).list('');
    expect(meter.take().lists).toBe(3);
  });

  test('a PUT that was announced is told once', async () => {
    const meter = meterAt({ now: 0 });
    const store = meter.metered(storeOf({}));
    meter.begin('a');
    await store.put('first', '1');
    expect(meter.take(2).puts).toBe(3);
    await store.put('second', '2');
    expect(meter.take(1).puts).toBe(0);
    await store.put('third', '3');
    await store.put('fourth', '4');
    expect(meter.take().puts).toBe(1);
  });
});
