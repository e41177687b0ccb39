/**
 * The artifacts of runs and of sweeps, a row each. What the functions may write and delete, what expires, what is
 * counted in an estimate, and what reports and the command line list follow from these rows.
 */
import { expressionOf } from '../base/glob.ts';
import * as keys from './keys.ts';

export interface Artifact {
  /** The Task states that write it, each with the PUTs that an estimate counts for one time; 0: seldom, or in place of another. */
  readonly writers: Readonly<Record<string, number>>;
  readonly deleters?: readonly string[];
  /** Not every run has it. */
  readonly only?:
    | 'search'
    | 'training'
    | 'validation'
    | 'landscape'
    | 'statistics'
    | 'front'
    | 'nested'
    | 'classes';
  /** A finished run can do without: it expires. */
  readonly expires?: true;
  /** Its name in JSON documents, and on the terminal where that is another one. */
  readonly name?: string;
  readonly label?: string;
  /** Its content, for the report's list of files; `{row}`: generation or epoch. And the same where a network was trained. */
  readonly content?: string;
  readonly contentTrained?: string;
}

const OF_SEARCH = { deleters: ['Select', 'Leap'], only: 'search', expires: true } as const;
const OF_GENERATION = { deleters: ['Select', 'Leap', 'Train'], expires: true } as const;

/** By its key, relative to the run's place; `*` for any characters. In the order in which people are shown them. */
export const RUN_ARTIFACTS = {
  // Again once the run is resolved: a try that ended before its manifest was written may have spread its work in another way.
  [keys.SPEC]: { writers: { Prepare: 2 } },
  [keys.MANIFEST]: { writers: { Prepare: 1 } },
  [keys.WEIGHTS]: { writers: { Prepare: 1 } },
  [keys.GRAPH]: { writers: { Prepare: 0 } },
  [keys.PLANTED]: { writers: { Prepare: 0 } },
  [keys.PRIOR]: { writers: { Prepare: 0 } },
  [keys.TRAIN]: { writers: { Prepare: 1 } },
  [keys.VALIDATION]: { writers: { Prepare: 1 }, only: 'validation' },
  [keys.TEST]: { writers: { Prepare: 1 } },
  'generations/*/state.json': { writers: { Prepare: 1, Select: 1, Leap: 1, Train: 1 }, ...OF_GENERATION },
  'generations/*/offspring.safetensors': { writers: { Prepare: 1, Select: 1, Leap: 1 }, ...OF_SEARCH },
  'generations/*/memory.safetensors': {
    writers: { Prepare: 0, Select: 0, Leap: 0, Train: 1 },
    ...OF_GENERATION,
  },
  'generations/*/scores-*.safetensors': { writers: { Evaluate: 1 }, ...OF_SEARCH },
  'generations/*/refusal-*.json': { writers: { Evaluate: 0 }, ...OF_SEARCH },
  'generations/*/survivors.safetensors': { writers: { Select: 1, Leap: 1 }, ...OF_SEARCH },
  // After the last generation, in place of the next one's masks and state.
  'generations/*/end.json': { writers: { Select: 0, Leap: 0, Train: 0 }, ...OF_GENERATION },
  // A long run reads its segments at its end: they do not expire.
  'history/*.json': { writers: { Select: 1, Leap: 1 }, only: 'search' },

  [keys.TICKET]: {
    writers: { Finalize: 1 },
    name: 'ticket',
    content: 'the winning subnetwork; takes raw features, runs in any ONNX runtime',
    contentTrained: 'the trained network; takes raw features, runs in any ONNX runtime',
  },
  [keys.TICKET_MINIMISED]: {
    writers: { Finalize: 1 },
    name: 'minimised',
    content: 'the same answers from a smaller network: without what no class depends on',
  },
  [keys.TICKET_MASK]: {
    writers: { Finalize: 1 },
    name: 'mask',
    label: 'mask and weights',
    content: 'its mask, and the frozen weights',
    contentTrained: 'its weights, and the mask of those that are kept',
  },
  [keys.FRONT]: {
    writers: { Finalize: 0 },
    only: 'front',
    name: 'front',
    content: 'tickets that are denser and better, or sparser and worse',
  },
  'front/*.onnx': { writers: { Finalize: 0 }, only: 'front' },
  'front/*.safetensors': { writers: { Finalize: 0 }, only: 'front' },
  [keys.TICKET_NESTED]: {
    writers: { Finalize: 0 },
    only: 'nested',
    name: 'nested',
    content:
      'tickets of all sparsities in one file: takes the share of the weights to keep as a second input',
  },
  [keys.NESTED]: { writers: { Finalize: 0 }, only: 'nested', content: 'their scores, a row per share' },
  [keys.HISTORY]: { writers: { Finalize: 1 }, name: 'history', content: 'a row per {row}' },
  [keys.SUMMARY]: { writers: { Finalize: 1 }, name: 'summary', content: 'the figures of this page' },
  [keys.REPORT]: { writers: { Finalize: 1 }, name: 'report' },

  // Added to a finished run by `tombola landscape`.
  [keys.LANDSCAPE]: { writers: {}, only: 'landscape', content: 'the figures of the landscape' },
  [keys.LANDSCAPE_PATHS]: { writers: {}, only: 'landscape', content: 'its paths, a row per place' },
  [keys.LANDSCAPE_SLICE]: { writers: {}, only: 'landscape', content: 'its slice, a row per place' },
  [keys.LANDSCAPE_STATISTICS]: {
    writers: {},
    only: 'statistics',
    content: 'its ruggedness, neutrality and local optima',
  },
  [keys.LANDSCAPE_PAGE]: { writers: {}, only: 'landscape' },

  // Added to a finished run by `tombola extract`.
  'classes/*.onnx': { writers: {}, only: 'classes' },
} as const satisfies Readonly<Record<string, Artifact>>;

/** By its key, relative to the sweep's place; the runs of its cells are RUN_ARTIFACTS below `cells/`. */
export const SWEEP_ARTIFACTS = {
  [keys.SWEEP]: { writers: { Plan: 1 } },
  [keys.SWEEP_EXECUTION]: { writers: { Plan: 1 } },
  'starts/*.json': { writers: { Plan: 1 } },
  'rounds/*.json': { writers: { Plan: 1 } },
  'failures/*.json': { writers: { Note: 1 } },
  [keys.SWEEP_CSV]: { writers: { Gather: 1 }, label: 'runs' },
  [keys.SWEEP_RUNS]: { writers: { Gather: 1 } },
  [keys.SWEEP_TABLE_CSV]: { writers: { Gather: 1 }, label: 'table' },
  [keys.SWEEP_ALGORITHMS]: { writers: { Gather: 1 }, label: 'algorithms' },
  [keys.SWEEP_FRONTS]: { writers: { Gather: 1 }, label: 'fronts' },
  [keys.SWEEP_SIZES]: { writers: { Gather: 1 }, label: 'sizes' },
  [keys.SWEEP_REACH]: { writers: { Gather: 1 }, label: 'reach' },
  [keys.SWEEP_PROGRESS]: { writers: { Gather: 1 }, label: 'progress' },
  [keys.SWEEP_TABLE]: { writers: { Gather: 1 }, label: 'table, Markdown' },
  [keys.SWEEP_REPORT]: { writers: { Gather: 1 }, label: 'figures' },
} as const satisfies Readonly<Record<string, Artifact>>;

const EXPRESSIONS = {
  run: Object.keys(RUN_ARTIFACTS).map(expressionOf),
  sweep: Object.keys(SWEEP_ARTIFACTS).map(expressionOf),
};

/** Whether a run or a sweep writes a file of that key, relative to its place. */
export function isArtifact(kind: keyof typeof EXPRESSIONS, key: string): boolean {
  const ofCell = kind === 'sweep' && key.startsWith(keys.CELLS);
  // Behind `cells/` and the cell's name.
  if (ofCell) return isArtifact('run', key.split('/').slice(2).join('/'));
  return EXPRESSIONS[kind].some((expression) => expression.test(key));
}

type Table = Readonly<Record<string, Artifact>>;
/** The keys of what a state writes. */
type WrittenBy<State extends string, Rows extends Table> = {
  [Key in keyof Rows]: State extends keyof Rows[Key]['writers'] ? Key : never;
}[keyof Rows];
/** The content of all that a state writes: a row that it leaves out does not compile. */
export type ContentsOf<State extends string, Rows extends Table> = Record<
  WrittenBy<State, Rows>,
  Uint8Array | string
>;

/** The rows with their keys, those in folders as one pattern each: `model/*`. */
function patterns(rows: Table, wanted: (row: Artifact) => boolean): string[] {
  const keysWanted = Object.entries(rows).flatMap(([key, row]) => (wanted(row) ? [key] : []));
  return [...new Set(keysWanted.map((key) => key.replace(/\/.*$/, '/*')))];
}

/** Key patterns that a state writes below `places`, those of them whose objects expire, and those that it deletes. */
export function patternsOf(
  state: string,
  rows: Table,
  places: readonly string[],
): Readonly<Record<'writes' | 'tags' | 'deletes', string[]>> {
  const inPlaces = (wanted: (row: Artifact) => boolean) =>
    places.flatMap((place) => patterns(rows, wanted).map((pattern) => place + pattern));
  return {
    writes: inPlaces(({ writers }) => state in writers),
    tags: inPlaces(({ writers, expires }) => state in writers && expires === true),
    deletes: inPlaces(({ deleters = [] }) => deleters.includes(state)),
  };
}

const EXPIRING = patterns(RUN_ARTIFACTS, ({ expires }) => expires === true).map((key) => key.slice(0, -1));

/** Whether the object of that key in a run's place carries EXPIRING_TAG. */
export function expires(key: string): boolean {
  return EXPIRING.some((folder) => key.startsWith(folder));
}

/** PUTs of a state, one time, in a run with those parts. */
export function putsOf(state: string, parts: readonly NonNullable<Artifact['only']>[]): number {
  const rows: readonly Artifact[] = Object.values(RUN_ARTIFACTS);
  return rows
    .filter(({ only }) => only === undefined || parts.includes(only))
    .reduce((sum, { writers }) => sum + (writers[state] ?? 0), 0);
}

/** The files that a sweep's results are gathered in: keys, and labels for people. */
export function resultsOfSweep(): [key: string, label: string][] {
  const rows: [string, Artifact][] = Object.entries(SWEEP_ARTIFACTS);
  return rows.flatMap(([key, { label }]) => (label === undefined ? [] : [[key, label]]));
}
