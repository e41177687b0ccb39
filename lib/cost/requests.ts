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
  readonly keepGenerations: boolean;
  readonly pruning: boolean;
  /** Requests that read the files of the spec. */
  readonly reading?: number;
  /** Data are held out to choose the ticket by. */
  readonly validation?: boolean;
}

/** S3 requests of each step, as the steps make them; `environments`: how many warm ones share the chunks. */
export function requestsOf(
  course: RequestCourse,
  environments: number,
): Record<FunctionName, Pick<Spent, 'puts' | 'lists' | 'gets'>> {
  const { generations, chunks, keepGenerations, pruning, reading = 0, validation = false } = course;
  const parts = validation ? (['search', 'validation'] as const) : (['search'] as const);
  const held = validation ? 1 : 0;
  let allChunks = 0;
  for (let generation = 0; generation <= generations; generation++) allChunks += chunks(generation);
  const steps = generations + 1;
  const segments = Math.ceil(steps / SEGMENT_LENGTH);
  const openRun = 2;
  return {
    // Spec and manifest, not there yet.
    prepare: { gets: 2 + reading, lists: 1, puts: putsOf('Prepare', parts) },
    // Masks; once an environment the run, the model and the data.
    evaluate: {
      gets: allChunks + environments * (openRun + 2),
      lists: 0,
      puts: putsOf('Evaluate', parts) * allChunks,
    },
    select: {
      // State, masks and all scores; survivors of the generation before; the history's segment unless it is new.
      gets: openRun + 2 * steps + allChunks + generations + (steps - segments),
      // What is deleted is listed first.
      lists: keepGenerations ? 0 : Math.max(0, generations - 1),
      // After the last generation the usage stands for the next one's masks and state.
      puts: putsOf('Select', parts) * steps - 1,
    },
    train: { gets: 0, lists: 0, puts: 0 },
    // Run, survivors, end, weights, data, history, an earlier summary; model and data again where there is pruning.
    finalize: {
      gets: openRun + 5 + segments + 1 + (pruning ? 2 : 0) + held,
      lists: 0,
      puts: putsOf('Finalize', parts),
    },
  };
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
