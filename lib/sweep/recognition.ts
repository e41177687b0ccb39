import { isObject, type Json } from '../runspec/written-spec.ts';

/** Whether what was written is meant as a sweep: it has a key that only a sweep has. */
export function isSweep(written: unknown): written is Json {
  return isObject(written) && ['base', 'grid', 'algorithms', 'seeds'].some((key) => key in written);
}
