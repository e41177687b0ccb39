import { createHash } from 'node:crypto';
import { algorithmNamed, SECTIONS } from '../algorithms/registry.ts';
import { defined } from '../base/defined.ts';
import { KEPT_SHARE_INITIALIZERS } from '../network/initializer.ts';
import { executionSettings } from './execution.ts';
import { givenTicket } from './network.ts';
import type { AskedSpec } from './schema.ts';
import { isObject, type Json } from './written-spec.ts';

/**
 * Names the search: SHA-256 over the parts of a complete spec that its result depends on. How the work is spread
 * (`evaluation`), what is kept on the way, the preset's name and the sections of other algorithms are not among them.
 * Of files that have been read it takes the digests, wherever they are; of others where they are.
 */
export function specHash(spec: AskedSpec): string {
  const { task, network, search } = spec;
  const named = { task: withoutPaths(task), network: withoutPath(network), search: withoutPrior(search) };
  return hashOf(decisive({ ...spec, ...named }));
}

/**
 * The same for what was asked for, before its files were read: by it a run is known again where nobody reads them anew.
 * Undefined for a spec without files.
 */
export function askedHash(spec: AskedSpec): string | undefined {
  const { task, network, search } = spec;
  const learned = search.start.strategy === 'learned';
  const given = 'model' in network || givenTicket(network) !== undefined;
  if (task.dataset !== 'files' && !given && !learned) return undefined;
  const { ticketSha256: _digest, ...drawn } = { ticketSha256: undefined, ...network };
  const asked = { task: withoutFound(task), network: withoutFound(drawn) };
  const start = { ...search, start: withoutFound(search.start) };
  return hashOf(decisive({ ...spec, ...asked, search: start }));
}

function withoutFound(part: object & { readonly found?: unknown }): object {
  const { found: _found, ...rest } = part;
  return rest;
}

function hashOf(parts: object): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** A task that names its files by their digests, once they have been read. Counts and shapes follow from the files. */
export function withoutPaths(task: Json): Json {
  const { train: _train, test: _test, validation: _validation, found, ...rest } = task;
  if (task.dataset !== 'files' || !isObject(found) || !isObject(found.sha256)) return task;
  return { ...rest, sha256: Object.fromEntries(Object.entries(found.sha256).sort()) };
}

function withoutPath(network: AskedSpec['network']): object {
  const { ticket, ...drawn } = { ticket: undefined, ...network };
  const known = 'ticketSha256' in network ? drawn : { ...drawn, ...defined({ ticket }) };
  if (!('model' in known) || !known.found) return known;
  const { model: _model, found, ...rest } = known;
  return { ...rest, sha256: found.sha256 };
}

function withoutPrior(search: AskedSpec['search']): object {
  const { start } = search;
  if (start?.strategy !== 'learned' || !start.found) return search;
  const { prior: _prior, found, ...rest } = start;
  return { ...search, start: { ...rest, sha256: found.sha256 } };
}

/** A spec that may name its files by their digests. */
type Named = Omit<AskedSpec, 'task' | 'network' | 'search'> & {
  readonly task: object;
  readonly search: object;
  readonly network: { readonly keptShare?: unknown; readonly initializer?: unknown };
};

/** How the work is spread, what is kept on the way, and the preset's name. */
const NEUTRAL: readonly string[] = [...Object.keys(executionSettings), 'preset'];

function decisive(spec: Named): object {
  const { heeds } = algorithmNamed(spec.algorithm);
  const { keptShare, ...network } = spec.network;
  const scaled = KEPT_SHARE_INITIALIZERS.some((name) => name === network.initializer)
    ? { ...network, keptShare }
    : network;
  const parts = Object.entries({ ...spec, network: scaled }).filter(
    ([key]) => !NEUTRAL.includes(key) && (!SECTIONS.has(key) || heeds.includes(key)),
  );
  return Object.fromEntries(parts);
}
