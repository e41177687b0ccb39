import { expect, test } from 'vitest';
import { ownStateCodec, readOwnState } from '../../lib/algorithms/parts/own-state.ts';
import { decodeMemory, encodeMemory } from '../../lib/runs/individuals.ts';

test('a state is the same before and after it was stored, to the order of its keys and the sign of zero', () => {
  const written = {
    kept: Float32Array.of(1, 2),
    zero: -0,
    all: Float64Array.of(-0),
    deep: { list: [-0, 1] },
  };
  const state = readOwnState(written);
  const memory = ownStateCodec.encode(state);
  const stored = decodeMemory(encodeMemory(memory, 8), 8, 'memory');
  const again = ownStateCodec.decode({ ...stored, facts: JSON.parse(JSON.stringify(memory.facts)) });
  expect(again).toStrictEqual(state);
  expect(Object.keys(again)).toEqual(Object.keys(state));
});

test('a state that holds itself is refused', () => {
  const state: Record<string, unknown> = {};
  state.me = { again: state };
  expect(() => readOwnState(state)).toThrow(
    /^state\.me\.again.*: found more than 100 levels, expected fewer/,
  );
});
