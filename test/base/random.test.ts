import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PURPOSES, type Purpose, philox, type Random, random } from '../../lib/base/random.ts';

const words = (counter: readonly number[], key0: number, key1: number) =>
  [...philox(Uint32Array.from(counter), key0, key1)].map((word) => word.toString(16).padStart(8, '0'));

const streamNames = fc.record({
  seed: fc.maxSafeNat(),
  purpose: fc.constantFrom<Purpose>(...(Object.keys(PURPOSES) as Purpose[])),
  generation: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  individual: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});
type StreamName = typeof streamNames extends fc.Arbitrary<infer Name> ? Name : never;

const open = ({ seed, purpose, generation, individual }: StreamName) =>
  random(seed, purpose, generation, individual);
const draw = (stream: { uint32(): number }, count: number) =>
  Array.from({ length: count }, () => stream.uint32());

describe('philox', () => {
  // Known answers of Random123 (kat_vectors, philox4x32 10).
  test.each([
    [[0, 0, 0, 0], 0, 0, ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      0xffffffff,
      0xffffffff,
      ['408f276d', '41c83b0e', 'a20bc7c6', '6d5451fd'],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      0xa4093822,
      0x299f31d0,
      ['d16cfe09', '94fdcceb', '5001e420', '24126ea1'],
    ],
  ])('counter %j, key %i %i', (counter, key0, key1, expected) => {
    expect(words(counter, key0, key1)).toEqual(expected);
  });
});

describe('a stream', () => {
  test('is a function of its name', () => {
    fc.assert(
      fc.property(streamNames, (name) => {
        expect(draw(open(name), 9)).toEqual(draw(open(name), 9));
      }),
    );
  });

  test('differs from the stream of any other name', () => {
    fc.assert(
      fc.property(streamNames, streamNames, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        expect(draw(open(one), 4)).not.toEqual(draw(open(other), 4));
      }),
    );
  });

  test('differs where a single part of its name differs', () => {
    const name = { seed: 0, purpose: 'start', generation: 0, individual: 0 } as const;
    const neighbours = [
      name,
      { ...name, seed: 1 },
      { ...name, seed: 2 ** 32 },
      { ...name, seed: Number.MAX_SAFE_INTEGER },
      { ...name, purpose: 'mutate' as const },
      { ...name, generation: 1 },
      { ...name, individual: 1 },
    ];
    expect(new Set(neighbours.map((other) => draw(open(other), 4).join())).size).toBe(neighbours.length);
  });

  test('does not depend on what other streams draw meanwhile', () => {
    fc.assert(
      fc.property(
        streamNames,
        streamNames,
        fc.array(fc.boolean(), { maxLength: 40 }),
        (one, other, turns) => {
          const [first, second] = [open(one), open(other)];
          const drawn = turns.map((turn) => (turn ? first : second).uint32());
          const mine = drawn.filter((_, index) => turns[index]);
          expect(mine).toEqual(draw(open(one), mine.length));
        },
      ),
    );
  });

  test('of seed 0 is a stream like any other', () => {
    const stream = random(0, 'weights');
    const values = Array.from({ length: 1_000 }, () => stream.uniform());
    expect(new Set(values).size).toBe(1_000);
  });

  test('of purpose, generation and individual 0 is the block of counter 0', () => {
    const key1 = PURPOSES.start << 24;
    expect(draw(random(0, 'start'), 4)).toEqual([...philox(new Uint32Array(4), 0, key1)]);
    expect(draw(random(7, 'start', 5, 3), 8).slice(4)).toEqual([
      ...philox(Uint32Array.of(1, 0, 3, 5), 7, key1),
    ]);
  });
});

describe('arrays of numbers', () => {
  type Many = 'uniforms' | 'normals';
  const single = (stream: Random, many: Many) => (many === 'uniforms' ? stream.uniform() : stream.normal());

  // Lengths to beyond the kernel's 4,096 numbers; before each array the stream stands anywhere in a block.
  const parts = fc.array(
    fc.record({
      many: fc.constantFrom<Many>('uniforms', 'normals'),
      words: fc.nat({ max: 5 }),
      normals: fc.nat({ max: 2 }),
      skipped: fc.nat({ max: 9 }),
      length: fc.oneof(fc.nat({ max: 20 }), fc.integer({ min: 4_090, max: 4_102 }), fc.constant(8_193)),
      float32: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  );

  test('hold the numbers that single calls give, also after some that are skipped', () => {
    fc.assert(
      fc.property(streamNames, parts, (name, sequence) => {
        const [one, other] = [open(name), open(name)];
        for (const { many, words, normals, skipped, length, float32 } of sequence) {
          for (const stream of [one, other]) {
            for (let count = 0; count < words; count++) stream.uint32();
            for (let count = 0; count < normals; count++) stream.normal();
          }
          one.skip(skipped);
          for (let count = 0; count < skipped; count++) other.uniform();
          const array = () => (float32 ? new Float32Array(length) : new Float64Array(length));
          const singly = array();
          for (let index = 0; index < length; index++) singly[index] = single(other, many);
          expect(one[many](array())).toEqual(singly);
        }
        expect(one.uniform()).toBe(other.uniform());
      }),
    );
  });
});

describe('the distributions', () => {
  const count = 20_000;
  const stream = random(3, 'noise');
  const sample = (next: () => number) => {
    const values = Array.from({ length: count }, next);
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
    return { values, mean, variance };
  };

  test('uniform: [0, 1), mean 1/2, variance 1/12', () => {
    const { values, mean, variance } = sample(stream.uniform);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(mean).toBeCloseTo(1 / 2, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
  });

  test('normal: mean 0, variance 1, tails as they should be', () => {
    const { values, mean, variance } = sample(stream.normal);
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
    const beyond = (limit: number) => values.filter((value) => Math.abs(value) > limit).length / count;
    expect(beyond(1)).toBeCloseTo(0.3173, 1);
    expect(beyond(2)).toBeCloseTo(0.0455, 2);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  test('below: every value of 0..limit−1 equally often, none beyond', () => {
    const { values } = sample(() => stream.below(10));
    const counts = Array.from({ length: 10 }, (_, value) => values.filter((one) => one === value).length);
    expect(counts.reduce((sum, one) => sum + one, 0)).toBe(count);
    for (const one of counts) expect(Math.abs(one - count / 10)).toBeLessThan(200);
    expect(stream.below(1)).toBe(0);
  });

  test('below reaches all 32 bits', () => {
    const { values } = sample(() => stream.below(2 ** 32));
    expect(Math.max(...values)).toBeGreaterThan(0.99 * 2 ** 32);
    expect(values.every((value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32)).toBe(true);
  });
});
