import { createHash } from 'node:crypto';
import type { RunSpec } from './schema.ts';

/**
 * Names the search: SHA-256 over the parts of a complete spec that its result depends on. How the work is spread
 * (`evaluation`), what is kept on the way and the preset's name are not among them.
 */
export function specHash(spec: RunSpec): string {
  const { evaluation: _evaluation, keepGenerations: _kept, preset: _preset, ...search } = spec;
  return createHash('sha256').update(JSON.stringify(search)).digest('hex');
}
