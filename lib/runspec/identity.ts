import { createHash } from 'node:crypto';
import { algorithmNamed, SECTIONS } from '../algorithms/registry.ts';
import type { RunSpec } from './schema.ts';

/**
 * Names the search: SHA-256 over the parts of a complete spec that its result depends on. How the work is spread
 * (`evaluation`), what is kept on the way, the preset's name and the sections of other algorithms are not among them.
 * Of files that have been read it takes the digests, wherever they are; of others where they are.
 */
export function specHash(spec: RunSpec): string {
  return hashOf(decisive({ ...spec, task: withoutPaths(spec.task), network: withoutPath(spec.network) }));
}

/**
 * The same for what was asked for, before its files were read: by it a run is known again where nobody reads them anew.
 * Undefined for a spec without files.
 */
export function askedHash(spec: RunSpec): string | undefined {
  if (spec.task.dataset !== 'files' && spec.network.model === undefined) return undefined;
  const { found: _network, ...network } = spec.network;
  if (spec.task.dataset !== 'files') return hashOf(decisive({ ...spec, network }));
  const { found: _task, ...task } = spec.task;
  return hashOf(decisive({ ...spec, task, network }));
}

function hashOf(parts: object): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Counts and shapes follow from the files. */
function withoutPaths(task: RunSpec['task']): object {
  if (task.dataset !== 'files' || !task.found) return task;
  const { train: _train, test: _test, validation: _validation, found, ...rest } = task;
  return { ...rest, sha256: Object.fromEntries(Object.entries(found.sha256).sort()) };
}

function withoutPath(network: RunSpec['network']): Named['network'] {
  if (network.model === undefined || !network.found) return network;
  const { model: _model, found, ...rest } = network;
  const { sha256 } = found;
  return Object.assign(rest, { sha256 });
}

/** A spec whose files may stand there by their digests. */
interface Named extends Omit<RunSpec, 'task' | 'network'> {
  readonly task: object;
  readonly network: { readonly keptShare?: number | undefined; readonly initializer?: string | undefined };
}

/** How the work is spread, what is kept on the way, and the preset's name. */
const NEUTRAL: readonly string[] = ['evaluation', 'keepGenerations', 'preset'];

function decisive(spec: Named): object {
  const { heeds } = algorithmNamed(spec.algorithm);
  const { keptShare, ...network } = spec.network;
  const scaled = network.initializer === 'signed-kaiming-constant' ? { ...network, keptShare } : network;
  const parts = Object.entries({ ...spec, network: scaled }).filter(
    ([key]) => !NEUTRAL.includes(key) && (!SECTIONS.has(key) || heeds.includes(key)),
  );
  return Object.fromEntries(parts);
}
