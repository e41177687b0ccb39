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
  /** Chunks of each generation, generation 0 first. */
  readonly chunks: (generation: number) => number;
  /** The first and the last generation of each leap. */
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

/** The same of the steps that are done again and again. */
function searchRequests(
  { generations, chunks, leaps = [], keepGenerations }: RequestCourse,
  environments: number,
): Record<'evaluate' | 'select' | 'leap', Requests> {
  const lasts = new Map(leaps);
  let [evaluate, select, leap] = [NONE, NONE, NONE];
  /** Generations that the store holds. */
  let there = [0];
  for (let first = 0; first <= generations; ) {
    const leapsTo = lasts.get(first);
    const last = leapsTo ?? first;
    const deleted = keepGenerations ? [] : there.filter((generation) => generation < first - 1);
    there = [...new Set([...there.filter((one) => !deleted.includes(one)), last, last + 1])];
    // After the last generation the usage stands for the next one's masks and state.
    const fewer = last === generations ? 1 : 0;
    // State and masks; survivors of the generation before. What is deleted is listed first.
    const gets = 2 + (first > 0 ? 1 : 0);
    const lists = keepGenerations ? 0 : 1 + deleted.length;
    if (leapsTo === undefined) {
      const count = chunks(first);
      evaluate = plus(evaluate, { gets: count, lists: 0, puts: putsOf('Evaluate', ['search']) * count });
      const puts = putsOf('Select', ['search']) - fewer;
      // All scores, and the history's segment.
      select = plus(select, { gets: gets + count + 1, lists, puts });
    } else {
      const segments = segmentsOf(first, last);
      const puts = putsOf('Leap', ['search']) - 1 + segments.all - fewer;
      // Whether another try is ahead is asked at the beginning and at the end.
      leap = plus(leap, { gets: gets + segments.partly, lists: lists + 2, puts });
    }
    first = last + 1;
  }
  const opened = (times: number): Requests => ({ ...NONE, gets: times });
  const chunked = evaluate.gets > 0;
  return {
    // Once an environment the run, the model and the data; and the masks of each chunk.
    evaluate: plus(evaluate, opened(chunked ? environments * (OPEN_RUN + OPEN_EVALUATOR) : 0)),
    select: plus(select, opened(chunked ? OPEN_RUN : 0)),
    leap: plus(leap, opened(leaps.length > 0 ? OPEN_RUN + OPEN_EVALUATOR : 0)),
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
