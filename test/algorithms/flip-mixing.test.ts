import { expect, test } from 'vitest';
import { isMixingDue, mixed } from '../../lib/algorithms/parts/flip-mixing.ts';
import type { ImprovingState } from '../../lib/search/improving.ts';

test('masks recombine once between two rounds, wherever slices end, and not at the end', () => {
  const dueAt = (ends: readonly number[]) =>
    ends.filter((end, index) => end < 100 && isMixingDue(4, ends[index - 1] ?? 0, end, 100));
  expect(dueAt([5, 25, 30, 50, 60, 75, 100])).toEqual([25, 50, 75]);
  expect(dueAt([20, 40, 60, 80, 100])).toEqual([40, 60, 80]);
  expect(dueAt([90, 100])).toEqual([90]);
});

const genomeOf = (byte: number) => Uint8Array.of(byte, byte);
const mate = (byte: number, pass: number) => {
  const state: ImprovingState = {
    build: 'b',
    flips: 700,
    made: 70,
    pass,
    place: 3,
    improved: true,
    typical: null,
    kicks: 2,
    genome: genomeOf(byte),
    best: { genome: genomeOf(byte), cost: 1 },
  };
  return { state, genome: genomeOf(byte) };
};

test('the worse half begins anew at children of two of the better half, which goes on as it is', () => {
  const mates = [mate(0x0f, 1), mate(0xff, 2), mate(0x00, 3), mate(0xf0, 4)];
  const states = mixed(mates, [0, 3, 2, 1], { seed: 7, generation: 5 });
  expect([states[0], states[3]]).toEqual([mates[0]?.state, mates[3]?.state]);
  for (const [index, pass] of [
    [1, 3],
    [2, 4],
  ] as const) {
    // Its flips are counted on, and its streams are new ones.
    expect(states[index]).toMatchObject({ flips: 700, made: 70, kicks: 2, pass, place: 0, best: null });
    const child = states[index]?.genome ?? genomeOf(0);
    expect([genomeOf(0x0f), genomeOf(0xf0)]).not.toContainEqual(child);
  }
  expect(mixed(mates, [0, 3, 2, 1], { seed: 7, generation: 5 })).toEqual(states);
  expect(mixed(mates, [0, 3, 2, 1], { seed: 8, generation: 5 })).not.toEqual(states);
});

test('what both parents keep, every child keeps, and what neither keeps, none', () => {
  const mates = [mate(0b1100_0101, 0), mate(0b1010_0110, 0)];
  for (let seed = 0; seed < 50; seed++) {
    const child = mixed(mates, [1, 0], { seed, generation: 1 })[0]?.genome[0] ?? 0;
    expect([child & 0b1000_0100, child & 0b0001_1000]).toEqual([0b1000_0100, 0]);
  }
});
