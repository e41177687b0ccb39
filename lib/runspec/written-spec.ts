/** Specs as they are written, laid over each other before they are checked. */
import { kindsOf } from './network.ts';

export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Keys that decide what other keys an object has: another data set or strategy takes nothing from the one below. */
const DECIDING = ['dataset', 'strategy'];

/** So does another kind of network, each of which has a key of its own. */
function isAnotherKind(below: Json, over: Json): boolean {
  if (DECIDING.some((key) => key in over && key in below && over[key] !== below[key])) return true;
  const [before, after] = [kindsOf(below), kindsOf(over)];
  return before.length > 0 && after.length > 0 && !after.some((kind) => before.includes(kind));
}

/** The task of a spec as it is written, where its training data are in files, whether it says so or not. */
export function filesTaskOf({ task }: Json): Json | undefined {
  if (!isObject(task)) return undefined;
  if ('dataset' in task) return task.dataset === 'files' ? task : undefined;
  const { train } = task;
  const isFile = typeof train === 'string' || (isObject(train) && ('x' in train || 'y' in train));
  return isFile ? { dataset: 'files', ...task } : undefined;
}

/** `over` laid over `base`, object by object; arrays and scalars replace. */
export function merge(base: Json, over: Json): Json {
  // No prototype: a key such as __proto__ is a key like any other, and unknown.
  const merged: Record<string, unknown> = Object.assign(Object.create(null), base);
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    const laid = isObject(below) && isObject(value) && !isAnotherKind(below, value);
    merged[key] = laid ? merge(below, value) : value;
  }
  return merged;
}

/** Keys of a task of files that change nothing about what the files hold. */
const KEEP_FOUND: readonly string[] = ['dataset', 'found', 'scaling'];

/**
 * A preset without the files that a spec puts others in the place of, and without what was found in its files where the
 * spec reads them in another way.
 */
export function withoutOtherFiles(base: Json, spec: Json): Json {
  const files = filesTaskOf(base);
  if (!files || !isObject(spec.task)) return base;
  const { task: _task, ...others } = base;
  if ('train' in spec.task) return others;
  if (Object.keys(spec.task).every((key) => KEEP_FOUND.includes(key))) return base;
  const { found: _found, ...task } = files;
  return { ...others, task };
}
