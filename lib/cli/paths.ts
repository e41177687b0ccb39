/** Files that specs and sweeps name: relative to where they are written, until the command line makes them absolute. */
import { relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isObject, type Json } from '../runspec/written-spec.ts';

/** The fields that name files: the parts of a task of files; beside them model and ticket of a network, and the prior of a start. */
const TASK_FIELDS = ['train', 'test', 'validation'] as const;
const NETWORK_FIELDS = ['model', 'ticket'] as const;
const SINGLE_FIELDS = [...NETWORK_FIELDS.map((field) => `network.${field}`), 'search.start.prior'];

/** Maps each file that a spec names. `where`: its place in the spec, such as `task.train.x`. */
export type MapFile = (path: string, where: string) => string;

/** Whether a text names a file on this computer, and not an object elsewhere. */
export function isLocal(uri: string): boolean {
  return !/^[a-z][a-z0-9+.-]+:\/\//i.test(uri) || /^(file|npm):\/\//.test(uri);
}

/** A path as people call it: from where they are, if that is shorter; URIs of objects elsewhere as they are. */
export function shown(path: string): string {
  if (!isLocal(path)) return path;
  const fromHere = relative(process.cwd(), path);
  return fromHere === '' || fromHere.length > path.length ? path : fromHere;
}

/** The path of what a URI names; the URI itself if that is not on this computer. */
export function pathOfUri(uri: string): string {
  return uri.startsWith('file:') ? resolve(fileURLToPath(uri)) : uri;
}

/** A message with paths as people call them: in place of the file: URIs that stores name, and of absolute ones in the current folder. */
export function withPaths(message: string): string {
  const named = message.replace(/\bfile:\/\/\/[^\s:;,()]+/g, (uri) => {
    try {
      return shown(fileURLToPath(uri).replace(/(?<=.)[/\\]$/, ''));
    } catch {
      return uri;
    }
  });
  const here = `${process.cwd()}${sep}`;
  const isBeginning = (at: number) => at === 0 || /[\s'"(]/.test(named.charAt(at - 1));
  return named.replaceAll(here, (found, at: number) => (isBeginning(at) ? '' : found));
}

/** Paths relative to `folder` made absolute; URIs stay. */
export function absoluteFrom(folder: string): MapFile {
  return (path) => (/^[a-z][a-z0-9+.-]+:\/\//i.test(path) ? path : resolve(folder, path));
}

/** A spec as it was written, complete or not, its files mapped. What is no spec stays as it is: the parser says so. */
export function mapFiles(spec: unknown, map: MapFile): unknown {
  if (!isObject(spec)) return spec;
  const mapped: Record<string, unknown> = { ...spec };
  if (isObject(spec.task)) {
    const task: Record<string, unknown> = { ...spec.task };
    for (const field of TASK_FIELDS) {
      if (field in task) task[field] = mapSource(task[field], map, `task.${field}`);
    }
    mapped.task = task;
  }
  if (isObject(spec.network)) {
    const network: Record<string, unknown> = { ...spec.network };
    for (const field of NETWORK_FIELDS) {
      const path = network[field];
      if (typeof path === 'string') network[field] = map(path, `network.${field}`);
    }
    mapped.network = network;
  }
  if (isObject(spec.search) && isObject(spec.search.start) && typeof spec.search.start.prior === 'string') {
    const { start } = spec.search;
    const prior = map(String(start.prior), 'search.start.prior');
    mapped.search = { ...spec.search, start: { ...start, prior } };
  }
  return mapped;
}

/** The same for a sweep: in its base, its grid and the specs of its algorithms. */
export function mapFilesOfSweep(sweep: unknown, map: MapFile): unknown {
  if (!isObject(sweep)) return sweep;
  const mapped: Record<string, unknown> = { ...sweep };
  if ('base' in sweep) mapped.base = mapFiles(sweep.base, map);
  if (isObject(sweep.grid)) {
    mapped.grid = Object.fromEntries(
      Object.entries(sweep.grid).map(([field, values]) => [
        field,
        Array.isArray(values) ? values.map((value) => mapField(field, value, map)) : values,
      ]),
    );
  }
  if (Array.isArray(sweep.algorithms)) {
    mapped.algorithms = sweep.algorithms.map((algorithm: unknown) =>
      isObject(algorithm) && 'spec' in algorithm
        ? { ...algorithm, spec: mapFiles(algorithm.spec, map) }
        : algorithm,
    );
  }
  return mapped;
}

/** The value of a dotted field of a spec. */
function mapField(field: string, value: unknown, map: MapFile): unknown {
  if (field === 'search.start') {
    const mapped = mapFiles({ search: { start: value } }, map);
    return isObject(mapped) && isObject(mapped.search) ? mapped.search.start : value;
  }
  if (field === 'task' || field === 'network' || field === 'search') {
    const mapped = mapFiles({ [field]: value }, map);
    return isObject(mapped) ? mapped[field] : value;
  }
  if (SINGLE_FIELDS.includes(field)) return typeof value === 'string' ? map(value, field) : value;
  const names = TASK_FIELDS.flatMap((part) => [`task.${part}`, `task.${part}.x`, `task.${part}.y`]);
  return names.includes(field) ? mapSource(value, map, field) : value;
}

function mapSource(source: unknown, map: MapFile, where: string): unknown {
  if (typeof source === 'string') return map(source, where);
  if (!isObject(source)) return source;
  const { x, y } = source;
  return {
    ...source,
    ...(typeof x === 'string' ? { x: map(x, `${where}.x`) } : {}),
    ...(typeof y === 'string' ? { y: map(y, `${where}.y`) } : {}),
  };
}

/** The local files that a spec, or a sweep, names. */
export function localFilesIn(written: Json, mapAll: typeof mapFiles): string[] {
  const files = new Set<string>();
  mapAll(written, (path) => {
    if (isLocal(path)) files.add(path);
    return path;
  });
  return [...files];
}
