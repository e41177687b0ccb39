/**
 * The functions that Task states call, a row each. A function is `lambdas/FILE.ts` on AWS and in the embedded engine;
 * the definitions name it `${NAMEFunctionArn}`. The stack's functions, the engine's handlers, the usage that is metered
 * and the dashboard follow from these rows.
 */
import { z } from 'zod';
import { namesOf } from '../base/record.ts';
import { evaluateEventSchema, prepareEventSchema, resultSchema, searchStateSchema } from './payloads.ts';
import {
  gatherEventSchema,
  noteEventSchema,
  planEventSchema,
  sweepResultSchema,
  sweepStateSchema,
} from './sweep-payloads.ts';

export interface TaskFunction {
  readonly description: string;
  /** The Task states that call it. */
  readonly states: readonly string[];
  readonly file: string;
  readonly event: z.ZodType;
  readonly answer: z.ZodType;
  /** Its time-out, and the longest that a state waits for it. */
  readonly seconds: number;
  /** It computes: it carries onnxruntime, and answers in a worker thread where the engine is embedded. */
  readonly computes?: true;
  /** Its work is shared by all threads that there are: itself it answers where the engine is. */
  readonly shares?: true;
  /** It reads nothing of what other functions left. */
  readonly readsNothing?: true;
  /** It reads the data and models that specs name. */
  readonly readsData?: true;
  /** It asks how many functions the account runs at a time. */
  readonly asksConcurrency?: true;
  /** Files that it reads beside itself, from the project's root. */
  readonly files?: readonly string[];
}

/** Errors that running the same again cannot resolve: both machines end with them in the state Refused. */
export const REFUSALS = ['InvalidSpec', 'UnusableOutput', 'DamagedArtifact'] as const;

/** Lambda's longest time. */
const LONGEST = 900;

/** Functions of search.asl.json. Usage counts each by its file's name. */
export const SEARCH_FUNCTIONS = {
  Prepare: {
    description: 'Data, weights, evaluator and first masks of a run, from its spec',
    states: ['Prepare'],
    file: 'prepare',
    event: prepareEventSchema,
    answer: searchStateSchema,
    seconds: LONGEST,
    readsData: true,
    asksConcurrency: true,
    files: ['lib/data/builtin/digits.csv.gz'],
  },
  Evaluate: {
    description: 'The fitness of a chunk of masks',
    states: ['Evaluate chunk', 'Evaluate one of many chunks'],
    file: 'evaluate',
    event: evaluateEventSchema,
    answer: z.strictObject({}),
    seconds: LONGEST,
    computes: true,
    shares: true,
  },
  Select: {
    description: 'The survivors of a generation, and the masks of the next',
    states: ['Select'],
    file: 'select',
    event: searchStateSchema,
    answer: searchStateSchema,
    seconds: LONGEST,
  },
  Leap: {
    description: 'Many small generations, evaluated and selected',
    states: ['Leap'],
    file: 'leap',
    event: searchStateSchema,
    answer: searchStateSchema,
    seconds: LONGEST,
    computes: true,
    shares: true,
  },
  Train: {
    description: 'Epochs of an algorithm that trains',
    states: ['Train'],
    file: 'train',
    event: searchStateSchema,
    answer: searchStateSchema,
    seconds: LONGEST,
    computes: true,
  },
  Finalize: {
    description: 'Ticket, summary and report of a run',
    states: ['Finalize'],
    file: 'finalize',
    event: searchStateSchema,
    answer: resultSchema,
    seconds: LONGEST,
    computes: true,
  },
} as const satisfies Readonly<Record<string, TaskFunction>>;

/** Functions of sweep.asl.json. One function plans and gathers a hundred thousand cells. */
export const SWEEP_FUNCTIONS = {
  Plan: {
    description: 'The cells of a sweep that can run now',
    states: ['Plan'],
    file: 'sweep-plan',
    event: planEventSchema,
    answer: sweepStateSchema,
    seconds: LONGEST,
    asksConcurrency: true,
  },
  Note: {
    description: 'Why a cell of a sweep failed',
    states: ['Note failure'],
    file: 'sweep-note',
    event: noteEventSchema,
    answer: z.object({ error: z.string(), message: z.string() }),
    seconds: 60,
    readsNothing: true,
  },
  Gather: {
    description: 'Tables and figures of a sweep',
    states: ['Gather'],
    file: 'sweep-gather',
    event: gatherEventSchema,
    answer: sweepResultSchema,
    seconds: LONGEST,
  },
} as const satisfies Readonly<Record<string, TaskFunction>>;

export type SearchFunction = keyof typeof SEARCH_FUNCTIONS;
export type SweepFunction = keyof typeof SWEEP_FUNCTIONS;

export const SEARCH_FUNCTION_NAMES: readonly SearchFunction[] = namesOf(SEARCH_FUNCTIONS);
export const SWEEP_FUNCTION_NAMES: readonly SweepFunction[] = namesOf(SWEEP_FUNCTIONS);
