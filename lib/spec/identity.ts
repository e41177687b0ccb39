import { createHash } from 'node:crypto';
import type { RunSpec } from './schema.ts';
import { isTraining, TRAINING_SECTIONS } from './training.ts';

/**
 * Names the search: SHA-256 over the parts of a complete spec that its result depends on. How the work is spread
 * (`evaluation`), what is kept on the way, the preset's name and the sections of other algorithms are not among them.
 */
export function specHash(spec: RunSpec): string {
  return createHash('sha256')
    .update(JSON.stringify(decisive(spec)))
    .digest('hex');
}

function decisive(spec: RunSpec): object {
  const { evaluation: _evaluation, keepGenerations: _kept, preset: _preset, ...rest } = spec;
  const { edgePopup: _edgePopup, backprop: _backprop, ...searching } = rest;
  const { search: _search, stop: _stop, pruning: _pruning, ...common } = searching;
  const { keptShare, ...network } = common.network;
  const scaled = network.initializer === 'signed-kaiming-constant' ? { ...network, keptShare } : network;
  if (!isTraining(spec.algorithm)) return { ...searching, network: scaled };
  const section = TRAINING_SECTIONS[spec.algorithm];
  return { ...common, network: scaled, [section]: spec[section] };
}
