/** Data of the form that starts runs: the schema of a run spec, and the presets that it is laid over. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALGORITHM_NAMES, algorithmNamed, DEFAULT_ALGORITHM } from '../algorithms/registry.ts';
import { parseJson } from '../base/json.ts';
import type { StoredFolder } from '../cli/local/stored-folders.ts';
import { parseSpec, specJsonSchema } from '../runspec/parser.ts';
import { DEFAULT_PRESET, PRESETS } from '../runspec/presets.ts';
import { isObject, type Json } from '../runspec/written-spec.ts';
import { SPEC } from '../store/keys.ts';
import type { FormData } from './messages.ts';

/** `like`: the run whose spec the form begins with. */
export function formOf(like?: StoredFolder): FormData {
  const schema = specJsonSchema();
  const presets = [...PRESETS].map(([name, { description }]) => ({
    name,
    description,
    spec: { ...parseSpec({ preset: name }) },
  }));
  return {
    schema: isObject(schema) ? { ...schema } : {},
    presets,
    defaultPreset: DEFAULT_PRESET,
    heeds: Object.fromEntries(ALGORITHM_NAMES.map((name) => [name, [...algorithmNamed(name).heeds]])),
    written: like ? changesOf(specIn(like)) : null,
  };
}

function specIn({ folder }: StoredFolder): Json {
  const spec = parseJson(readFileSync(join(folder, SPEC), 'utf8'), SPEC);
  return isObject(spec) ? spec : {};
}

/** A complete spec without what is so anyway, and without what Tombola filled in. */
function changesOf(spec: Json): Record<string, unknown> {
  const { preset, algorithm, task, network } = spec;
  const isPreset = typeof preset === 'string' && PRESETS.has(preset);
  const named = isPreset ? { preset } : {};
  const own = isPreset ? {} : { task, network };
  // Of what is no preset all of the data and the network are the user's own.
  const below = {
    ...parseSpec({ ...named, ...own, algorithm }),
    ...(isPreset ? {} : { task: {}, network: {} }),
  };
  const { preset: _, ...changed } = difference(spec, below);
  return { ...named, ...(algorithm === DEFAULT_ALGORITHM ? {} : { algorithm }), ...changed };
}

/** Keys that users do not write: digests and sizes of files, and how work is cut, which changes no result. */
const FILLED_IN: readonly string[] = ['found', 'evaluation'];

function difference(value: Json, below: Json): Record<string, unknown> {
  const changed = Object.entries(value).flatMap(([key, own]): [string, unknown][] => {
    const other = below[key];
    if (FILLED_IN.includes(key) || JSON.stringify(own) === JSON.stringify(other)) return [];
    if (!isObject(own)) return [[key, own]];
    const inside = difference(own, isObject(other) ? other : {});
    // What decides of which kind the others are stays with them.
    const kind = Object.fromEntries(
      Object.entries(own).filter(([name]) => ['dataset', 'strategy'].includes(name)),
    );
    return Object.keys(inside).length === 0 ? [] : [[key, { ...kind, ...inside }]];
  });
  return Object.fromEntries(changed);
}
