/** The machine's small state, from what a step knows. */
import type { HistoryRow } from '../report/history.ts';
import type { StopReason } from '../search/stopping.ts';
import { planFanOut } from '../workflow/fan-out.ts';
import type { SearchState } from '../workflow/payloads.ts';
import type { GenerationState } from './artifacts.ts';
import type { Run } from './run.ts';

/** The state in which `state.generation` is about to be evaluated; `last` is the generation before it. */
export function searchState(run: Run, state: GenerationState, last: HistoryRow | undefined): SearchState {
  return {
    run: run.store.uri,
    generation: state.generation,
    ...planFanOut(state.evaluate, state.secondsPerIndividual, run.spec.evaluation),
    done: false,
    stopReason: null,
    progress: progressOf(run, state.evaluations, last),
  };
}

/** The state in which the search is over after generation `last`. */
export function finishedState(
  run: Run,
  evaluations: number,
  last: HistoryRow,
  stopReason: StopReason | null,
): SearchState {
  return {
    run: run.store.uri,
    generation: last.generation,
    ...planFanOut(0, 0, run.spec.evaluation),
    done: true,
    stopReason,
    progress: progressOf(run, evaluations, last),
  };
}

function progressOf(run: Run, evaluations: number, last: HistoryRow | undefined): SearchState['progress'] {
  return {
    evaluations,
    maxGenerations: run.spec.stop.maxGenerations,
    bestAccuracy: last?.bestAccuracy ?? null,
    meanAccuracy: last?.meanAccuracy ?? null,
    bestLoss: last?.bestLoss ?? null,
    meanLoss: last?.meanLoss ?? null,
    bestSparsity: last?.bestSparsity ?? null,
  };
}
