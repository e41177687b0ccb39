/** Calls the handlers as Lambda does for the state machine: JSON in, JSON out, a context beside it. */
import { handler as evaluateHandler } from '../../lambdas/evaluate.ts';
import { handler as finalizeHandler } from '../../lambdas/finalize.ts';
import { handler as leapHandler } from '../../lambdas/leap.ts';
import { handler as prepareHandler } from '../../lambdas/prepare.ts';
import { handler as selectHandler } from '../../lambdas/select.ts';
import { handler as trainHandler } from '../../lambdas/train.ts';
import type { Handler } from '../../lib/aws/lambda/handler.ts';
import { answer } from '../../lib/engine/invocation.ts';
import {
  resultSchema,
  type SearchResult,
  type SearchState,
  searchStateSchema,
} from '../../lib/workflow/payloads.ts';

const HANDLERS: Readonly<Record<string, Handler>> = {
  prepare: prepareHandler,
  evaluate: evaluateHandler,
  select: selectHandler,
  leap: leapHandler,
  train: trainHandler,
  finalize: finalizeHandler,
};

/** The handler's error as Lambda reports it. */
class HandlerFailed extends Error {
  constructor(errorType: string, message: string) {
    super(message);
    this.name = errorType;
  }
}

export async function invoke(name: string, event: unknown): Promise<unknown> {
  const handler = HANDLERS[name];
  if (!handler) throw new Error(`there is no function ${name}`);
  const answered = await answer(handler, name, JSON.parse(JSON.stringify(event)));
  if ('error' in answered) throw new HandlerFailed(answered.error.errorType, answered.error.errorMessage);
  return answered.result;
}

export const prepare = async (input: unknown): Promise<SearchState> =>
  searchStateSchema.parse(await invoke('prepare', { input, execution: 'a-test' }));

export async function evaluateChunk(state: SearchState, chunk: number): Promise<void> {
  const { run, manifest, generation, round, chunkSize } = state;
  await invoke('evaluate', { run, manifest, generation, round, chunk, chunkSize });
}

export async function evaluate(state: SearchState): Promise<void> {
  for (const chunk of state.chunks) await evaluateChunk(state, chunk);
}

export const select = async (state: SearchState): Promise<SearchState> =>
  searchStateSchema.parse(await invoke('select', state));

export const finalize = async (state: SearchState): Promise<SearchResult> =>
  resultSchema.parse(await invoke('finalize', state));

/** From `state` to the end of the search, or to generation `until`; calls `between` before every generation. */
export async function search(
  state: SearchState,
  { until = Number.POSITIVE_INFINITY, between = async (_: SearchState): Promise<void> => undefined } = {},
): Promise<SearchState> {
  let next = state;
  while (!next.done && next.generation < until) {
    await between(next);
    await evaluate(next);
    next = await select(next);
  }
  return next;
}
