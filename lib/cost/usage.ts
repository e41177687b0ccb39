/** Usage of AWS by a run, real or hypothetical: counters that add up over steps and generations. */
import { z } from 'zod';
import { recordOf } from '../base/record.ts';
import { SEARCH_FUNCTION_NAMES, SEARCH_FUNCTIONS, type SearchFunction } from '../workflow/states.ts';
import { type Architecture, EXPRESS_GB, EXPRESS_STEP_MS, PRICES } from './prices.ts';

const count = z.int().min(0);
const amount = z.number().min(0);

/** The functions of a search, by their files' names. */
export type FunctionName = (typeof SEARCH_FUNCTIONS)[SearchFunction]['file'];
const FUNCTIONS: readonly FunctionName[] = SEARCH_FUNCTION_NAMES.map((name) => SEARCH_FUNCTIONS[name].file);

const IDLE = { requests: 0, milliseconds: 0, gbSeconds: 0 } as const;

const functionUsageSchema = z.object({
  /** Invocations. */
  requests: count,
  /** Billed time, and billed time × memory. */
  milliseconds: amount,
  gbSeconds: amount,
});

export const usageSchema = z.object({
  /** State transitions of Standard executions. */
  transitions: count,
  /** Children of distributed maps. */
  express: z.object({ executions: count, gbSeconds: amount }),
  /** Runs of earlier versions did without some of them. */
  functions: z.object(recordOf(FUNCTIONS, () => functionUsageSchema.default(IDLE))),
  /** S3 requests: PUT, LIST, GET. */
  s3: z.object({ puts: count, lists: count, gets: count }),
});
export type Usage = z.output<typeof usageSchema>;

/** Usage by invocations of one function. */
export interface Spent {
  readonly requests: number;
  readonly milliseconds: number;
  readonly gbSeconds: number;
  readonly puts: number;
  readonly lists: number;
  readonly gets: number;
}

export const NOTHING_SPENT: Spent = {
  requests: 0,
  milliseconds: 0,
  gbSeconds: 0,
  puts: 0,
  lists: 0,
  gets: 0,
};

export const NO_USAGE: Usage = {
  transitions: 0,
  express: { executions: 0, gbSeconds: 0 },
  functions: recordOf(FUNCTIONS, () => IDLE),
  s3: { puts: 0, lists: 0, gets: 0 },
};

export function addSpent(a: Spent, b: Spent): Spent {
  return {
    requests: a.requests + b.requests,
    milliseconds: a.milliseconds + b.milliseconds,
    gbSeconds: a.gbSeconds + b.gbSeconds,
    puts: a.puts + b.puts,
    lists: a.lists + b.lists,
    gets: a.gets + b.gets,
  };
}

/** `usage` with what invocations of `name` spent. Each invocation is also a transition: its Task state, or a retry. */
export function withSpent(usage: Usage, name: FunctionName, spent: Spent): Usage {
  const before = usage.functions[name];
  return {
    ...usage,
    transitions: usage.transitions + spent.requests,
    functions: {
      ...usage.functions,
      [name]: {
        requests: before.requests + spent.requests,
        milliseconds: before.milliseconds + spent.milliseconds,
        gbSeconds: before.gbSeconds + spent.gbSeconds,
      },
    },
    s3: {
      puts: usage.s3.puts + spent.puts,
      lists: usage.s3.lists + spent.lists,
      gets: usage.s3.gets + spent.gets,
    },
  };
}

/** States that a generation enters beside its Task states: one of the two maps, and 'What next?'. */
const STATES_BESIDE_TASKS = 2;
/** States between Prepare and the first map: 'What next?'. */
const STATES_AFTER_PREPARE = 1;
/** States with which an execution leaves the rest to a successor: 'Continue as new', 'Continued'. */
const STATES_OF_CONTINUING = 2;

/** `usage` with the start of an execution; `continues`: it goes on where another one ended. */
export function withStart(usage: Usage, spent: Spent, continues: boolean): Usage {
  const prepared = withSpent(usage, 'prepare', spent);
  const states = STATES_AFTER_PREPARE + (continues ? STATES_OF_CONTINUING : 0);
  return { ...prepared, transitions: prepared.transitions + states };
}

/**
 * `usage` with the evaluation of a generation: what each chunk spent, and the states around them. In a distributed map
 * each chunk is a child execution, which costs a transition to start and its own time as an Express workflow.
 */
export function withGeneration(
  usage: Usage,
  fanOut: 'inline' | 'distributed',
  chunks: readonly Spent[],
): Usage {
  const spent = chunks.reduce(addSpent, NOTHING_SPENT);
  const counted = withSpent(usage, 'evaluate', spent);
  if (fanOut === 'inline') return { ...counted, transitions: counted.transitions + STATES_BESIDE_TASKS };
  const steps = chunks.reduce(
    (sum, { milliseconds }) => sum + Math.max(1, Math.ceil(milliseconds / EXPRESS_STEP_MS)),
    0,
  );
  return {
    ...counted,
    transitions: usage.transitions + STATES_BESIDE_TASKS + chunks.length,
    express: {
      executions: usage.express.executions + chunks.length,
      gbSeconds: usage.express.gbSeconds + (steps * EXPRESS_STEP_MS * EXPRESS_GB) / 1_000,
    },
  };
}

/** States between two invocations of Leap or of Train: 'What next?'. */
const STATES_BESIDE_TASK = 1;

/** `usage` with `times` entries into Leap or Train, and what they spent together, retries included. */
export function withTask(usage: Usage, name: 'leap' | 'train', spent: Spent, times = 1): Usage {
  const counted = withSpent(usage, name, spent);
  return { ...counted, transitions: counted.transitions + times * STATES_BESIDE_TASK };
}

/** The functions' usage together. */
export function totalOfFunctions({ functions }: Usage): Usage['functions'][FunctionName] {
  return Object.values(functions).reduce(
    (sum, { requests, milliseconds, gbSeconds }) => ({
      requests: sum.requests + requests,
      milliseconds: sum.milliseconds + milliseconds,
      gbSeconds: sum.gbSeconds + gbSeconds,
    }),
    IDLE,
  );
}

/** US dollars by service. */
export const dollarsSchema = z.object({
  stepFunctions: amount,
  lambda: amount,
  s3: amount,
  total: amount,
});
export type Dollars = z.output<typeof dollarsSchema>;

/** Cost of a usage at list prices. */
export function priceOf(usage: Usage, architecture: Architecture): Dollars {
  const { transitions, express, s3: requests } = usage;
  const { requests: invocations, gbSeconds } = totalOfFunctions(usage);
  const stepFunctions =
    transitions * PRICES.transition +
    express.executions * PRICES.expressExecution +
    express.gbSeconds * PRICES.expressGbSecond;
  const lambda = invocations * PRICES.lambdaRequest + gbSeconds * PRICES.lambdaGbSecond[architecture];
  const s3 = (requests.puts + requests.lists) * PRICES.s3Write + requests.gets * PRICES.s3Read;
  return { stepFunctions, lambda, s3, total: stepFunctions + lambda + s3 };
}
