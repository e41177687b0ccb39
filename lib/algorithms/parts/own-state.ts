/** What the algorithm of a program remembers: JSON, and arrays of numbers by name, so that a run can go on in another process. */
import { Unexpected } from '../../search/own-code.ts';
import type { Memory } from '../algorithm.ts';
import type { Codec } from './scheme.ts';

type Vector = Memory['vectors'][string];
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A value for each name; arrays of numbers have names of their own. */
export type OwnState = Readonly<Record<string, Json | Vector>>;

/**
 * The state that a function returned, in a copy, as it comes back from a store: vectors last, by their names. Throws Unexpected
 * for what a store cannot hold exactly.
 */
export function readOwnState(state: unknown): OwnState {
  if (!isPlain(state))
    throw new Unexpected(`found ${String(state)}, expected the state: an object in braces`);
  const entries = Object.entries(state);
  const facts = entries.flatMap(([key, value]) =>
    isVector(value) ? [] : [[key, jsonOf(value, `state.${key}`)] as const],
  );
  const vectors = entries.flatMap(([key, value]) => (isVector(value) ? [[key, value.slice()] as const] : []));
  return Object.fromEntries([...facts, ...vectors.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

export const ownStateCodec: Codec<OwnState> = {
  encode(state) {
    const entries = Object.entries(state);
    const facts = entries.filter(([, value]) => !isVector(value));
    const vectors = entries.flatMap(([key, value]) => (isVector(value) ? [[key, value] as const] : []));
    return { facts: Object.fromEntries(facts), aside: [], vectors: Object.fromEntries(vectors) };
  },
  decode: ({ facts, vectors }) => readOwnState({ ...(isPlain(facts) ? facts : {}), ...vectors }),
};

function isVector(value: unknown): value is Vector {
  return value instanceof Float32Array || value instanceof Float64Array || value instanceof Uint8Array;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value))
  );
}

/** Levels of arrays and objects in a state, at most: deeper ones are taken for circles. */
const MOST_LEVELS = 100;

function jsonOf(value: unknown, where: string, level = 0): Json {
  if (level > MOST_LEVELS)
    throw new Unexpected(
      `${where.slice(0, 40)}…: found more than ${MOST_LEVELS} levels, expected fewer: does an object hold itself?`,
    );
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  // JSON has no negative zero.
  if (typeof value === 'number' && Number.isFinite(value)) return value === 0 ? 0 : value;
  if (Array.isArray(value)) return value.map((one, index) => jsonOf(one, `${where}[${index}]`, level + 1));
  if (isPlain(value)) {
    const entries = Object.entries(value).map(
      ([key, one]) => [key, jsonOf(one, `${where}.${key}`, level + 1)] as const,
    );
    return Object.fromEntries(entries);
  }
  const found = typeof value === 'object' ? (value.constructor?.name ?? 'an object') : String(value);
  throw new Unexpected(
    `${where}: found ${found}, expected a finite number, text, true, false, null, an array or object of them, or, directly in the state, a Float32Array, Float64Array or Uint8Array`,
  );
}
