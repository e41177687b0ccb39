import { isObject, type Json } from '../runspec/written-spec.ts';
import { parseSweepText, type Sweep } from './schema.ts';

/** Whether what was written is meant as a sweep: it has a key that only a sweep has. */
export function isSweep(written: unknown): written is Json {
  return isObject(written) && ['base', 'grid', 'algorithms', 'seeds'].some((key) => key in written);
}

/** Whether two sweeps have the same cells but for their seeds: one may go on where the other was kept. */
export function isSameSweep(one: Sweep, other: Sweep): boolean {
  const identity = ({ base, grid, algorithms, resample }: Sweep) =>
    JSON.stringify([base, grid, algorithms, resample]);
  return identity(one) === identity(other);
}

/** The same of two sweeps as JSON; false where one of them is none. */
export function isSameSweepText(one: string, other: string): boolean {
  try {
    return isSameSweep(parseSweepText(one, 'one'), parseSweepText(other, 'the other'));
  } catch {
    return false;
  }
}
