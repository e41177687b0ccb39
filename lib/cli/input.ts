/** From a command line to a run spec. */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { DEFAULT_ALGORITHM, findAlgorithm, MATCHING, sectionOfEpochs } from '../algorithms/registry.ts';
import { artifactIfSound } from '../base/artifact-json.ts';
import { defined } from '../base/defined.ts';
import { InvalidSpec, UserError } from '../base/errors.ts';
import { fileErrorReason } from '../base/file-errors.ts';
import { parseJson } from '../base/json.ts';
import { namesOf } from '../base/record.ts';
import { shellWord } from '../base/shell-word.ts';
import { summarySchema } from '../report/summary.ts';
import type { Budget } from '../runspec/budget.ts';
import { parseSpec, presetNamed } from '../runspec/parser.ts';
import { PRESETS } from '../runspec/presets.ts';
import type { AskedSpec } from '../runspec/schema.ts';
import { isObject, type Json, merge } from '../runspec/written-spec.ts';
import type { PickRule } from '../search/picking.ts';
import { SUMMARY, TICKET_MASK } from '../store/keys.ts';
import { takeOver } from '../sweep/cells.ts';
import { isSweep } from '../sweep/recognition.ts';
import { type DataOptions, flagOf, withData } from './data-options.ts';
import { folderFor } from './local/stored-folders.ts';
import { absoluteFrom, mapFiles, mapFilesOfSweep } from './paths.ts';

/** Options of `tombola run` that change the spec. */
export interface SpecOptions extends DataOptions {
  readonly seed?: number | undefined;
  readonly generations?: number | undefined;
  /** Of a training. */
  readonly epochs?: number | undefined;
  readonly population?: number | undefined;
  readonly algorithm?: string | undefined;
  readonly objective?: string | undefined;
  /** The strategy of `search.start`. */
  readonly start?: string | undefined;
  /** `search.pick`. */
  readonly pick?: PickRule | undefined;
  /** The folder of a finished run, which this one is to be compared with. */
  readonly match?: string | undefined;
  readonly budget?: Budget | undefined;
}

/**
 * The spec that `source` names: a preset, a JSON file, or `-` for standard input; the default preset if absent.
 * Options are laid over it. Throws InvalidSpec.
 */
export async function readSpec(source: string | undefined, options: SpecOptions = {}): Promise<AskedSpec> {
  const written = await readWritten(source);
  // Not isSweep: "algorithms" and "seeds" may be keys of a spec, misspelt, and are named as that.
  if (source !== undefined && isObject(written) && ['base', 'grid'].some((key) => key in written)) {
    throw new UserError(
      `${source}: found a sweep, expected the spec of one run; run the sweep with: npx tombola sweep ${shellWord(source)}`,
    );
  }
  return specFrom(written, options);
}

/** The spec that was written, options laid over it. Throws InvalidSpec. */
export async function specFrom(written: unknown, options: SpecOptions = {}): Promise<AskedSpec> {
  if (!isObject(written)) return parseSpec(written);
  const { seed, algorithm, generations, epochs, population, objective, start, pick, match, budget } = options;
  const strategy = start === undefined ? undefined : { strategy: start };
  const named = { ...withData(written, options), ...defined({ seed, algorithm, budget }) };
  refuseIgnored(named, options);
  const stopped = withSection(named, 'stop', defined({ maxGenerations: generations }));
  const trained = withSection(stopped, epochsOf(named), defined({ epochs }));
  const spec = withSection(trained, 'search', defined({ objective, population, pick, start: strategy }));
  return parseSpec(match === undefined ? spec : await matched(spec, match));
}

/** The section with the epochs of the spec's algorithm; 'epochs', of which the parser says so, where there is none. */
function epochsOf({ algorithm = DEFAULT_ALGORITHM }: Json): string {
  const known = findAlgorithm(algorithm);
  return (known && sectionOfEpochs(known)) ?? 'epochs';
}

/** `fields` laid over a section of the spec; of what is no section the parser says so. */
function withSection(spec: Json, key: string, fields: Json): Json {
  const isSection = spec[key] === undefined || isObject(spec[key]);
  return isSection && Object.keys(fields).length > 0 ? merge(spec, { [key]: fields }) : spec;
}

/** Throws UserError for an option that is given, since a sweep would not heed it. */
export function refuseForSweep(options: SpecOptions): void {
  const [given] = Object.keys(defined(options));
  if (given === undefined) return;
  throw new UserError(`${flagOf(given)}: is for a single search; write it into the sweep spec instead`);
}

/** The sections of the spec that options of the command line are laid over. */
const SECTION_OF = {
  generations: 'stop',
  population: 'search',
  objective: 'search',
  start: 'search',
  pick: 'search',
} as const;

/** Throws UserError for an option that the algorithm would not heed. */
function refuseIgnored(spec: Json, options: SpecOptions): void {
  const algorithm = findAlgorithm(spec.algorithm ?? DEFAULT_ALGORITHM);
  if (!algorithm) return;
  const { heeds, improves, section, starts, match } = algorithm;
  for (const name of namesOf(SECTION_OF)) {
    if (options[name] === undefined || heeds.includes(SECTION_OF[name])) continue;
    const hint =
      name === 'generations' && section
        ? improves
          ? `; how long it searches is ${section.key}.flips in a spec file ('tombola spec' prints one)`
          : '; --epochs says how long it trains'
        : '; leave it out';
    throw new UserError(
      `--${name}: ${spec.algorithm} ${improves ? 'counts flips, not generations' : 'has none'}${hint}`,
    );
  }
  if (options.epochs !== undefined && sectionOfEpochs(algorithm) === undefined) {
    throw new UserError(`--epochs: ${spec.algorithm ?? DEFAULT_ALGORITHM} counts no epochs; leave it out`);
  }
  if (options.start !== undefined && !starts) {
    throw new UserError(`--start: ${spec.algorithm} accepts every mask; leave it out`);
  }
  const takesEvaluations = options.match !== undefined && match?.quantity === 'evaluations' && match.exact;
  if (takesEvaluations && options.generations !== undefined) {
    throw new UserError(`--generations: --match sets how long ${spec.algorithm} runs; leave one of them out`);
  }
}

/** `spec`, comparable with the finished run in `folder`: as sparse, or with as many evaluations. */
async function matched(spec: Json, given: string): Promise<Json> {
  const folder = folderFor(given);
  const text = await readText(join(folder, SUMMARY), 'the folder of a finished run');
  const summary = artifactIfSound(SUMMARY, { uri: join(folder, '/') }, text, summarySchema);
  if (summary?.status !== 'succeeded') {
    throw new UserError(`${folder}: is not the folder of a finished run, which --match needs`);
  }
  const match = findAlgorithm(spec.algorithm)?.match;
  if (match?.exact) return takeOver(spec, match, { ...summary, ticket: resolve(folder, TICKET_MASK) });
  const able = MATCHING.map(({ name, quantity }) => `${name} can match a run in its ${quantity}`);
  throw new UserError(
    `--match: found the algorithm ${JSON.stringify(spec.algorithm ?? DEFAULT_ALGORITHM)}; ${able.join(', ')}: add one as --algorithm`,
  );
}

/** preset-seedN-YYYYMMDD-HHMMSS, in local time; without a preset what the data are called. */
export function runName(spec: AskedSpec, now = new Date()): string {
  return `${titleOf(spec)}-seed${spec.seed}-${timeStamp(now)}`;
}

/** Preset, or what the data are called: of files the name of the training file, as far as it can be a part of a name. */
export function titleOf({ preset, task }: AskedSpec): string {
  if (preset !== undefined || task.dataset !== 'files') return preset ?? task.dataset;
  const path = typeof task.train === 'string' ? task.train : task.train.x;
  const [stem = ''] = (path.split(/[\\/]/).at(-1) ?? '').split('.');
  const plain = stem.replace(/[^A-Za-z0-9_]+/g, '-').replace(/^-+|-+$/g, '');
  return plain.slice(0, 40) || 'data';
}

/** YYYYMMDD-HHMMSS, in local time. */
export function timeStamp(now = new Date()): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  return `${day}-${time}`;
}

/** The spec or sweep that `source` names, as it was written. Throws InvalidSpec, UserError. */
export async function readWritten(source: string | undefined): Promise<unknown> {
  if (source === undefined) return {};
  if (PRESETS.has(source)) return { preset: source };
  return readSource(source, presetNamed, "a spec file, '-', or a preset ('tombola presets')");
}

/** A spec or sweep from a file or standard input. `refuse`: a name that is no path; `expected`: to give instead of it. */
export async function readSource(
  source: string,
  refuse: (name: string) => unknown,
  expected: string,
): Promise<unknown> {
  if (source === '-') return located(parseJson(await text(process.stdin), 'standard input'), process.cwd());
  if (!/[./\\]/.test(source) && !existsSync(source)) refuse(source);
  return located(await parseFile(source, await readText(source, expected)), dirname(resolve(source)));
}

/** JSON; data and models, which people give as a spec, are named with the option that takes them. */
async function parseFile(source: string, content: string): Promise<unknown> {
  try {
    return parseJson(content, source);
  } catch (error) {
    const { isDataFile } = await import('../data/formats/formats.ts');
    const option = source.endsWith('.onnx') ? '--network' : isDataFile(source) ? '--data' : undefined;
    if (option === undefined || !(error instanceof InvalidSpec)) throw error;
    const found = option === '--data' ? 'a data file' : 'a model';
    throw new InvalidSpec([
      `${source}: found ${found}, expected JSON; give it as ${option} ${shellWord(source)}`,
    ]);
  }
}

/** A spec or a sweep, the files that it names relative to `folder` no longer so. */
export function located(written: unknown, folder: string): unknown {
  const map = absoluteFrom(folder);
  return isSweep(written) ? mapFilesOfSweep(written, map) : mapFiles(written, map);
}

/** A file's text; `expected`: what to give instead of one that cannot be read. Throws UserError. */
async function readText(path: string, expected: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const reason = fileErrorReason(cause, 'reading');
    throw new UserError(`${path}: cannot be read: ${reason}; give ${expected}`, { cause });
  }
}
