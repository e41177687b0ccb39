/**
 * The embedded engine: runs search.asl.json on this computer with aws-local-stepfunctions, and calls the handlers in
 * lambdas/ as Lambda would. Evaluation happens in worker threads, each a warm environment with its own session.
 */
import { readFile } from 'node:fs/promises';
import type { StateMachine } from 'aws-local-stepfunctions';
import pLimit from 'p-limit';
import type { Piscina } from 'piscina';
import { z } from 'zod';
import { died, type PieceAnswer, SANDBOX_DIED, type Threads } from '../aws/lambda/piece-messages.ts';
import { THREADS } from '../aws/lambda/pieces.ts';
import {
  resultSchema,
  type SearchResult,
  type SearchState,
  searchStateSchema,
} from '../workflow/payloads.ts';
import { type PruningProgress, pruningProgressSchema } from '../workflow/pruning-progress.ts';
import { SEARCH_FUNCTIONS, type TaskFunction } from '../workflow/states.ts';
import { type Answer, TaskError } from './invocation.ts';
import type { OwnModule } from './own-modules.ts';
import { withThreads } from './warm-threads.ts';
import invoke from './worker.ts';

export interface EngineOptions {
  /**
   * Worker threads, and so chunks at a time. 0: every function answers in this thread, and stays warm for the next run
   * until `releaseFunctions` is called; for who runs many searches, one to a thread.
   */
  readonly workers: number;
  /** Names the execution. */
  readonly name: string;
  /** Called when the run is prepared, after every selection and between epochs of training. */
  readonly onState?: (state: SearchState) => void;
  /** Called for every payload that enters or leaves a state. */
  readonly onPayload?: (stateName: string, payload: unknown, enters: boolean) => void;
  /** Called while the ticket is pruned in a worker thread. */
  readonly onPruning?: (progress: PruningProgress) => void;
  /** The algorithm and the objective of a program: threads that evaluate load them, too. */
  readonly own?: readonly OwnModule[];
  /** When it fires, the run stops after the generation, or the invocation of Train, in flight. */
  readonly signal?: AbortSignal;
}

export type Outcome =
  | { readonly status: 'succeeded'; readonly result: SearchResult }
  | { readonly status: 'stopped'; readonly state: SearchState };

/** The execution ended FAILED: the error's name and message, as the machine's Fail state shows them. */
class ExecutionFailed extends Error {
  readonly error: string;

  constructor(error: string, cause: string, options?: ErrorOptions) {
    super(cause, options);
    this.name = error;
    this.error = error;
  }
}

// onnxruntime would report its use to Microsoft, and leave a log of that in the temporary folder. Threads inherit this.
process.env.ORT_DISABLE_TELEMETRY ??= '1';

const STATE_MACHINE_ARN = 'arn:aws:states:local:000000000000:stateMachine:tombola';

function executionArn(name: string): string {
  return `arn:aws:states:local:000000000000:execution:tombola:${name}`;
}

const FUNCTIONS: readonly TaskFunction[] = Object.values(SEARCH_FUNCTIONS);

const startExecutionInput = z.object({ StateMachineArn: z.string(), Name: z.string(), Input: z.json() });
const taskInput = z.object({ FunctionName: z.string(), Payload: z.unknown() });
type Definition = ConstructorParameters<typeof StateMachine>[0];

/** The definition with its substitutions filled in. */
export async function loadDefinition(): Promise<Definition> {
  const text = await readFile(new URL('../workflow/search.asl.json', import.meta.url), 'utf8');
  const filled = text.replace(
    /\$\{(\w+)FunctionArn\}/g,
    (_, name: string) => `arn:aws:lambda:local:000000000000:function:${name.toLowerCase()}`,
  );
  return z.custom<Definition>().parse(JSON.parse(filled));
}

/** The interpreter is loaded while the threads start: it brings a client of AWS along. */
const interpreter = () => import('aws-local-stepfunctions');

let loaded: Promise<StateMachine> | undefined;

/** The machine, which remembers nothing of its executions. A test validates its definition: that takes 0.1 s. */
function loadMachine(): Promise<StateMachine> {
  const validationOptions = { noValidate: true };
  loaded ??= Promise.all([interpreter(), loadDefinition()]).then(
    ([{ StateMachine }, definition]) => new StateMachine(definition, { validationOptions }),
  );
  return loaded;
}

/**
 * Runs a search to its end, over as many executions as it takes. `input` is the first execution's input, as in the
 * console: a run spec. Throws ExecutionFailed where the machine ends FAILED.
 */
export async function runSearch(input: unknown, options: EngineOptions): Promise<Outcome> {
  if (options.workers === 0) return executeAll(input, options, OWN_THREAD);
  const { workers: count, own, onPruning } = options;
  const data = own && own.length > 0 ? { own } : undefined;
  return withThreads({ file: new URL('worker.ts', import.meta.url).href, count, data }, async (pool) => {
    // They load what they need while this thread does.
    const warm = Array.from({ length: count }, () => pool.run(undefined, { name: 'piece' }));
    const tell = (message: unknown) => {
      const { data: told } = pruningProgressSchema.safeParse(message);
      if (told) onPruning?.(told.pruning);
    };
    pool.on('message', tell);
    try {
      return await executeAll(input, options, pool, threadsOf(pool, count));
    } finally {
      pool.off('message', tell);
      await Promise.allSettled(warm);
      // Sessions go first: a thread that ends with one open has been seen to take the process with it.
      const releases = Array.from({ length: count }, () => callWorker(pool, 'release', undefined));
      await Promise.allSettled(releases);
    }
  });
}

/** One execution after another, each the successor of the last. */
async function executeAll(
  input: unknown,
  options: EngineOptions,
  pool: Pool,
  threads?: Threads,
): Promise<Outcome> {
  const machine = await loadMachine();
  let next: { input: Json; name: string } | undefined = {
    input: z.json().parse(input),
    name: options.name,
  };
  while (next) {
    const ended: Ended = await THREADS.run(threads, execute, machine, next.input, pool, {
      ...options,
      name: next.name,
    });
    if (ended.status !== 'continued') return ended;
    next = ended;
  }
  throw new Error('an execution ended without a result');
}

/** Releases what functions keep open in this thread: to be called before the thread ends. */
export async function releaseFunctions(): Promise<void> {
  await OWN_THREAD.run({ file: 'release' });
}

/** Where functions are called. */
type Pool = Pick<Piscina, 'run'>;

/** One call at a time, as in any environment: an evaluator is not made for two. */
const oneAtATime = pLimit(1);

const OWN_THREAD: Pool = {
  run: (message) => oneAtATime(() => invoke(message)),
};

/** Threads that share the work of a generation: as those of Lambda's vCPUs do. */
function threadsOf(pool: Pool, width: number): Threads {
  return {
    width,
    run: async (task): Promise<PieceAnswer> => {
      try {
        return await pool.run(task, { name: 'piece' });
      } catch (cause) {
        return died(messageOf(cause));
      }
    },
  };
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

type Json = z.core.util.JSONType;

/** How one execution ends: as the search does, or by leaving the rest to a successor. */
type Ended = Outcome | { readonly status: 'continued'; readonly input: Json; readonly name: string };

async function execute(
  machine: StateMachine,
  input: Json,
  pool: Pool,
  options: EngineOptions,
): Promise<Ended> {
  let stopped: SearchState | undefined;
  let successor: Extract<Ended, { status: 'continued' }> | undefined;
  const calls = new Set<Promise<Answer>>();
  const tracked = (answered: Promise<Answer>) => {
    const call = answered.finally(() => calls.delete(call));
    calls.add(call);
    return call;
  };
  const task =
    ({ file, computes, shares, answer }: TaskFunction) =>
    async (parameters: unknown) => {
      const event = taskInput.parse(parameters).Payload;
      const inWorker = computes && (!shares || options.workers === 0);
      const answered = await tracked(inWorker ? callWorker(pool, file, event) : invoke({ file, event }));
      if ('error' in answered) throw new TaskError(answered.error);
      if (answer === searchStateSchema) onState(searchStateSchema.parse(answered.result));
      return { StatusCode: 200, Payload: answered.result };
    };
  const onState = (state: SearchState) => {
    options.onState?.(state);
    if (options.signal?.aborted && !state.done) {
      stopped = state;
      execution.abort();
    }
  };

  const execution = machine.run(input, {
    context: {
      Execution: { Name: options.name, Id: executionArn(options.name) },
      StateMachine: { Id: STATE_MACHINE_ARN },
    },
    noThrowOnAbort: true,
    overrides: {
      taskResourceLocalHandlers: {
        ...Object.fromEntries(FUNCTIONS.flatMap((row) => row.states.map((state) => [state, task(row)]))),
        'Continue as new': (parameters) => {
          const { Name, Input } = startExecutionInput.parse(parameters);
          successor = { status: 'continued', input: Input, name: Name };
          return { ExecutionArn: executionArn(Name), StartDate: Date.now() / 1000 };
        },
      },
    },
  });
  const watched = watch(execution.eventLogs, options.onPayload);
  try {
    const result = await execution.result;
    if (stopped) return { status: 'stopped', state: stopped };
    if (successor) return successor;
    return { status: 'succeeded', result: resultSchema.parse(result) };
  } catch (error) {
    const { ExecutionError } = await interpreter();
    if (!(error instanceof ExecutionError)) throw error;
    const cause = error.cause instanceof Error ? error.cause : error;
    throw new ExecutionFailed(cause.name, cause.message, { cause: error });
  } finally {
    await watched;
    // A Map fails with the first of its chunks, while others are still at work: their threads must not be ended yet.
    while (calls.size > 0) await Promise.allSettled(calls);
  }
}

async function callWorker(pool: Pool, file: string, event: unknown): Promise<Answer> {
  try {
    return await pool.run({ file, event });
  } catch (cause) {
    return { error: { errorType: SANDBOX_DIED, errorMessage: messageOf(cause), trace: [] } };
  }
}

const stateEvent = z.object({
  type: z.enum(['StateEntered', 'StateExited']),
  state: z.object({ name: z.string(), input: z.unknown(), output: z.unknown().optional() }),
});

/** Drains the event log, which would otherwise grow with the run. */
async function watch(events: AsyncIterable<object>, onPayload: EngineOptions['onPayload']): Promise<void> {
  for await (const event of events) {
    if (!onPayload) continue;
    const { data } = stateEvent.safeParse(event);
    if (!data) continue;
    const enters = data.type === 'StateEntered';
    onPayload(data.state.name, enters ? data.state.input : data.state.output, enters);
  }
}
