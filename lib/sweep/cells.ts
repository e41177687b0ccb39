/** The cells of a sweep: a search each, named by grid point, algorithm and seed. */
import { group } from 'd3-array';
import type { Match, MatchedFigures } from '../algorithms/algorithm.ts';
import {
  ALGORITHM_NAMES,
  algorithmNamed,
  algorithmsThat,
  DEFAULT_ALGORITHM,
} from '../algorithms/registry.ts';
import { at } from '../base/at.ts';
import { defined } from '../base/defined.ts';
import { InvalidSpec } from '../base/errors.ts';
import { ignoredBy } from '../runspec/ignored.ts';
import { checkMemory } from '../runspec/memory.ts';
import { parseSpec, show } from '../runspec/parser.ts';
import type { AskedSpec } from '../runspec/schema.ts';
import { isObject, type Json, merge } from '../runspec/written-spec.ts';
import { type Matched, parseSweepFields, type Sweep, type SweepAlgorithm } from './schema.ts';

/** A point of the grid: a value for each of its fields. */
export interface GridPoint {
  /** In the product of the lists; the last field changes fastest. */
  readonly index: number;
  /** Letters, digits, dots and hyphens in parts that underscores join; empty without a grid. Unique in a sweep. */
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface Cell<Spec extends AskedSpec = AskedSpec> {
  /** Safe as a file's name, also where case is ignored, and as a part of a URL; unique in a sweep, whatever its seeds. */
  readonly id: string;
  readonly point: GridPoint;
  readonly algorithm: string;
  readonly seed: number;
  /** For a cell with a `match`, before `resolveMatch`. */
  readonly spec: Spec;
  /** The figure that the cell takes over, and the id of the cell that it waits for. */
  readonly match?: { readonly quantity: Matched; readonly cell: string };
}

/** A sweep whose cells are all known to be valid. */
export interface CheckedSweep<Spec extends AskedSpec = AskedSpec> {
  readonly sweep: Sweep;
  /** By grid point, then algorithm, then seed. A cell comes after the one that it depends on. */
  readonly cells: readonly Cell<Spec>[];
}

/** The sweep that `input` describes, and its cells. Throws InvalidSpec, which names cells and fields. */
export function parseSweep(input: unknown): CheckedSweep {
  const sweep = parseSweepFields(input);
  return { sweep, cells: expandCells(sweep) };
}

/** Every cell with its complete spec. Throws InvalidSpec, which names the cells that could not run, and why. */
export function expandCells(sweep: Sweep): Cell[] {
  const cells: Cell[] = [];
  const problems: CellProblem[] = [];
  const algorithmIds = distinct(sweep.algorithms.map(({ name }) => slug(name)));
  const [firstSeed = 0] = sweep.seeds;
  for (const point of gridPoints(sweep)) {
    for (const [index, algorithm] of sweep.algorithms.entries()) {
      const { name, match } = algorithm;
      const idOf = (position: number, seed: number) =>
        [point.id, algorithmIds[position], `seed-${seed}`].filter((part) => part !== '').join('_');
      // The seed of a search changes nothing about whether a spec is valid: one is parsed for all of them.
      const spec = specOf(sweep, point.values, algorithm, firstSeed);
      if (spec instanceof InvalidSpec) {
        problems.push(...problemsOf(idOf(index, firstSeed), spec));
        continue;
      }
      const waitsFor = sweep.algorithms.findIndex((one) => one.name === match?.algorithm);
      for (const seed of sweep.seeds) {
        const own = sweep.resample ? resampled(spec, seed) : { ...spec, seed };
        if (own instanceof InvalidSpec) {
          problems.push(...problemsOf(idOf(index, seed), own));
          continue;
        }
        const cell = { id: idOf(index, seed), point, algorithm: name, seed, spec: own };
        const taken = match && { quantity: match.quantity, cell: idOf(waitsFor, seed) };
        cells.push({ ...cell, ...defined({ match: taken }) });
      }
    }
  }
  throwIfAny(problems);
  return cells;
}

/** Throws InvalidSpec, which names the cells that take more than `available` bytes, as far as that is known. */
export function checkMemoryOfCells(cells: readonly Cell[], available: number): void {
  const problems = cells.flatMap(({ id, spec }) => {
    const refused = refusalOf(() => checkMemory(spec, available));
    return refused instanceof InvalidSpec ? problemsOf(id, refused) : [];
  });
  throwIfAny(problems);
}

interface CellProblem {
  /** Id of the cell. */
  readonly id: string;
  readonly problem: string;
}

/** Throws InvalidSpec where there are problems; cells with the same one share a line. */
function throwIfAny(found: readonly CellProblem[]): void {
  const lines = [...group(found, ({ problem }) => problem)].map(([problem, cells]) => {
    const more = cells.length > 1 ? ` and ${cells.length - 1} more like it` : '';
    return `cell ${at(cells, 0).id}${more}: ${problem}`;
  });
  if (lines.length > 0) throw new InvalidSpec(lines);
}

function problemsOf(id: string, { problems }: InvalidSpec): CellProblem[] {
  return problems.map((problem) => ({ id, problem }));
}

/** The result of `make`, or its reason to refuse the spec. */
function refusalOf<T>(make: () => T): T | InvalidSpec {
  try {
    return make();
  } catch (error) {
    if (error instanceof InvalidSpec) return error;
    throw error;
  }
}

/** The spec of a cell that took over what `found` says; of a cell without `match`, its spec. Throws InvalidSpec. */
export function resolveMatch(
  { spec, match }: Pick<Cell, 'spec' | 'match'>,
  found: MatchedFigures,
): AskedSpec {
  const own = match && algorithmNamed(spec.algorithm).match;
  return own ? parseSpec(takeOver(spec, own, found)) : spec;
}

/** `spec` with what it takes over from a finished run laid over it. Throws InvalidSpec where it cannot. */
export function takeOver(spec: Json, match: Match, found: MatchedFigures): Json {
  if (match.quantity === 'sparsity' && found.sparsity === 1 && !match.takesNone) {
    const able = algorithmsThat((one) => one.match?.takesNone === true);
    throw new InvalidSpec([
      `match: the ticket of the run to match keeps no weights, and this algorithm has to keep some; only ${able.join(', ')} may keep none`,
    ]);
  }
  return merge(spec, match.take(found));
}

/** The spec with the seed, also of its data: not every seed of a task is valid. */
function resampled(spec: AskedSpec, seed: number): AskedSpec | InvalidSpec {
  return refusalOf(() => parseSpec({ ...spec, seed, task: { ...spec.task, seed } }));
}

function specOf(
  sweep: Sweep,
  values: Json,
  algorithm: SweepAlgorithm,
  seed: number,
): AskedSpec | InvalidSpec {
  return refusalOf(() => {
    let shared = sweep.base;
    for (const [field, value] of Object.entries(values)) shared = laid(shared, field, value);
    const spec = parseSpec({ ...merge(withoutOthers(shared, algorithm, sweep), algorithm.spec), seed });
    const { match } = algorithm;
    if (!match) return spec;
    const { match: own } = algorithmNamed(spec.algorithm);
    if (own?.quantity !== match.quantity) {
      const able = algorithmsThat((one) => one.match?.quantity === match.quantity);
      throw new InvalidSpec([
        `algorithm: found ${show(spec.algorithm)}, which cannot match the ${match.quantity} of another; choose one of ${able.join(', ')}`,
      ]);
    }
    // With any figures: what they will be is known only when the cell it waits for is done.
    parseSpec(takeOver(spec, own, { evaluations: 1_000, sparsity: 0.5, ticket: 'ticket.safetensors' }));
    return spec;
  });
}

/**
 * The fields of base and grid, without those for other algorithms of the sweep. A section that none of them heeds stays,
 * and is refused.
 */
function withoutOthers(shared: Json, algorithm: SweepAlgorithm, { algorithms }: Sweep): Json {
  const ignored = ignoredAt(shared, algorithm);
  const heeded = (key: string) => algorithms.some((one) => !ignoredAt(shared, one).includes(key));
  return Object.fromEntries(
    Object.entries(shared).filter(([key]) => !ignored.includes(key) || !(key === 'stop' || heeded(key))),
  );
}

function ignoredAt(shared: Json, { spec }: SweepAlgorithm): readonly string[] {
  const name = spec.algorithm ?? shared.algorithm ?? DEFAULT_ALGORITHM;
  const known = ALGORITHM_NAMES.find((one) => one === name);
  return known ? ignoredBy(known) : [];
}

/** `spec` with a dotted field set. */
function laid(spec: Json, field: string, value: unknown): Json {
  const [key = '', ...rest] = field.split('.');
  if (rest.length === 0) return { ...spec, [key]: value };
  // Inherited properties are not part of a spec.
  const below = Object.hasOwn(spec, key) ? spec[key] : {};
  if (!isObject(below)) {
    throw new InvalidSpec([`base.${key}: found ${show(below)}, expected an object in braces`]);
  }
  return { ...spec, [key]: laid(below, rest.join('.'), value) };
}

/** Longer ones number their points: a file's name may have 255 characters. */
const LONGEST_POINT_ID = 100;

/** The product of the grid's lists; a single point without a grid. */
export function gridPoints({ grid }: Pick<Sweep, 'grid'>): GridPoint[] {
  const lists = grid.map(({ field, values }) => {
    const prefix = field === 'preset' ? '' : `${field.split('.').at(-1)}-`;
    const ids = distinct(values.map((value) => slug(prefix + textOf(value))));
    return values.map((value, index) => ({ field, value, id: ids[index] ?? '' }));
  });
  const points = lists.reduce<{ field: string; value: unknown; id: string }[][]>(
    (product, list) => product.flatMap((point) => list.map((entry) => [...point, entry])),
    [[]],
  );
  const width = String(points.length - 1).length;
  return points.map((entries, index) => {
    const id = entries.map((entry) => entry.id).join('_');
    return {
      index,
      id: id.length <= LONGEST_POINT_ID ? id : `point-${String(index).padStart(width, '0')}`,
      values: Object.fromEntries(entries.map(({ field, value }) => [field, value])),
    };
  });
}

/** A path's last part alone, and of a task its training file: results do not depend on the place of the files. */
function textOf(value: unknown): string {
  if (isObject(value) && typeof value.train === 'string') return textOf(value.train);
  return typeof value === 'string' ? (value.split(/[\\/]/).at(-1) ?? value) : JSON.stringify(value);
}

/** Writes a value of a field of the grid as text: files by their names if these differ, strings as they are, all else as JSON. */
export function gridWriter({ grid }: Pick<Sweep, 'grid'>, field: string): (value: unknown) => string {
  const all = grid.find((one) => one.field === field)?.values ?? [];
  if (new Set(all.map(textOf)).size === all.length) return textOf;
  return (value) => (typeof value === 'string' ? value : JSON.stringify(value));
}

/** The value of a field at a grid point as text. */
export function gridText(sweep: Pick<Sweep, 'grid'>, { values }: Pick<GridPoint, 'values'>, field: string) {
  return gridWriter(sweep, field)(values[field]);
}

/** Small letters, digits, dots and single hyphens: safe as a file's name. */
export function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 40);
  return plain === '' ? 'x' : plain;
}

/** Equal ids are distinguished by their place in the list. */
function distinct(ids: readonly string[]): string[] {
  const taken = new Set(ids);
  return ids.map((id, index) => {
    if (ids.indexOf(id) === index) return id;
    let number = 2;
    while (taken.has(`${id}-${number}`)) number++;
    taken.add(`${id}-${number}`);
    return `${id}-${number}`;
  });
}
