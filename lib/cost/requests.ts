/** Requests that a search makes of S3, as its steps make them. */
import type { RunSpec } from '../runspec/schema.ts';
import { shapeOfTask, totalSamples } from '../runspec/shape.ts';
import { putsOf } from '../store/artifacts.ts';
import { SEGMENT_LENGTH } from '../store/keys.ts';
import { partRequests } from '../store/s3-requests.ts';
import { type FunctionName, NOTHING_SPENT, type Spent } from './usage.ts';

/** How a search runs, as far as the number of its requests depends on it. */
export interface RequestCourse {
  /** The last generation. */
  readonly generations: number;
  /** Chunks of all generations that are not leapt over. */
  readonly chunks: number;
  /** The first and the last generation of each leap, in order. */
  readonly leaps?: readonly (readonly [first: number, last: number])[];
  readonly keepGenerations: boolean;
  readonly pruning: boolean;
  /** Requests that read the files of the spec. */
  readonly reading?: number;
  /** Data are held out to choose the ticket by. */
  readonly validation?: boolean;
}

type Requests = Pick<Spent, 'puts' | 'lists' | 'gets'>;

const NONE: Requests = { puts: 0, lists: 0, gets: 0 };
const OPEN_RUN = 2;
/** Model and data. */
const OPEN_EVALUATOR = 2;

function plus(a: Requests, b: Requests): Requests {
  return { puts: a.puts + b.puts, lists: a.lists + b.lists, gets: a.gets + b.gets };
}

/** S3 requests of each step, as the steps make them; `environments`: how many warm ones share the chunks. */
export function requestsOf(course: RequestCourse, environments: number): Record<FunctionName, Requests> {
  const { generations, pruning, reading = 0, validation = false } = course;
  const parts = validation ? (['search', 'validation'] as const) : (['search'] as const);
  const held = validation ? 1 : 0;
  return {
    // Spec and manifest, not there yet.
    prepare: { gets: 2 + reading, lists: 1, puts: putsOf('Prepare', parts) },
    ...searchRequests(course, environments),
    train: NONE,
    // Run, survivors, end, weights, data, history, an earlier summary; model and data again where there is pruning.
    finalize: {
      gets: OPEN_RUN + 5 + Math.ceil((generations + 1) / SEGMENT_LENGTH) + 1 + (pruning ? 2 : 0) + held,
      lists: 0,
      puts: putsOf('Finalize', parts),
    },
  };
}

/**
 * The same of the steps that are done again and again. A search consists of pieces, each of a generation or of a leap; those of a
 * generation that follow one another are alike, and counted together.
 */
function searchRequests(
  { generations, chunks, leaps = [], keepGenerations }: RequestCourse,
  environments: number,
): Record<'evaluate' | 'select' | 'leap', Requests> {
  const puts = {
    evaluate: putsOf('Evaluate', ['search']) * chunks,
    select: putsOf('Select', ['search']),
    leap: putsOf('Leap', ['search']) - 1,
  };
  let [select, leap] = [NONE, NONE];
  /** Pieces so far, the generation after them, and whether the last piece had several. */
  let [pieces, next, wasLong] = [0, 0, false];
  const begin = (count: number): Requests => {
    // State and masks; survivors of the generation before.
    const gets = 3 * count - (next === 0 ? 1 : 0);
    // What is older than the last generation of the piece before is listed and deleted: the first generation of that piece,
    // unless it is the last as well, and the last generation of the piece before that.
    const deleted = Math.max(0, pieces + count - Math.max(2, pieces)) + (wasLong ? 1 : 0);
    pieces += count;
    return { gets, lists: keepGenerations ? 0 : count + deleted, puts: 0 };
  };
  const stepTo = (end: number) => {
    const count = end - next;
    if (count === 0) return;
    const { gets, lists } = begin(count);
    // And the history's segment.
    select = plus(select, { gets: gets + count, lists, puts: puts.select * count });
    [next, wasLong] = [end, false];
  };
  for (const [first, last] of leaps) {
    stepTo(first);
    const { gets, lists } = begin(1);
    const segments = segmentsOf(first, last);
    // Whether another try is ahead is asked at the beginning and at the end.
    leap = plus(leap, { gets: gets + segments.partly, lists: lists + 2, puts: puts.leap + segments.all });
    [next, wasLong] = [last + 1, last > first];
  }
  const endsInLeap = next > generations;
  stepTo(generations + 1);
  // After the last generation the usage stands for the next one's masks and state.
  const [fewer, fewerOfLeap] = endsInLeap ? [0, -1] : [-1, 0];
  const [run, evaluator] = [OPEN_RUN, OPEN_RUN + OPEN_EVALUATOR];
  return {
    // The masks of each chunk; once an environment the run, the model and the data.
    evaluate: { gets: chunks + (chunks > 0 ? environments * evaluator : 0), lists: 0, puts: puts.evaluate },
    // All scores.
    select: plus(select, { gets: chunks + (chunks > 0 ? run : 0), lists: 0, puts: fewer }),
    leap: plus(leap, { gets: leaps.length > 0 ? evaluator : 0, lists: 0, puts: fewerOfLeap }),
  };
}

/** Segments of the history that those generations are in, and those that hold others as well. */
function segmentsOf(first: number, last: number): { readonly all: number; readonly partly: number } {
  const [from, to] = [first, last].map((generation) => Math.floor(generation / SEGMENT_LENGTH));
  const all = (to ?? 0) - (from ?? 0) + 1;
  const whole = Math.floor((last + 1) / SEGMENT_LENGTH) - Math.ceil(first / SEGMENT_LENGTH);
  return { all, partly: all - Math.max(0, whole) };
}

/** S3 requests of prepare where a fresh execution goes on: run, state, artifacts to verify. */
export const RESUMPTION: Spent = { ...NOTHING_SPENT, gets: 2 + 1 + 5 + 2, lists: 1, puts: 1 };

/** A file is asked for its size and for its beginning, then read in parts. */
const REQUESTS_BEFORE = 2;
/** Bytes of a value in a file, roughly: eight characters of text, or a double. */
const BYTES_PER_VALUE = 8;
const BYTES_PER_WEIGHT = 4;

/** Requests with which prepare reads the files of a spec; 0 without any. */
export function readingRequests({ task, network }: RunSpec): number {
  let requests = 0;
  if (task.dataset === 'files') {
    const files = [task.train, task.test, task.validation].reduce(
      (count, source) => count + (source === undefined ? 0 : typeof source === 'string' ? 1 : 2),
      0,
    );
    const bytes = totalSamples(task) * (shapeOfTask(task).features + 1) * BYTES_PER_VALUE;
    requests += files * REQUESTS_BEFORE + partRequests(bytes);
  }
  if ('model' in network) requests += 1 + partRequests(network.found.weights * BYTES_PER_WEIGHT);
  return requests;
}
