/** The machine's small state, from what a step knows. */
import type { HistoryRow } from '../report/history.ts';
import type { StopReason } from '../search/stopping.ts';
import { checksum } from '../store/store.ts';
import { EVENTS_BEFORE, historyRunsOut, planFanOut } from '../workflow/fan-out.ts';
import type { SearchState } from '../workflow/payloads.ts';
import type { GenerationState } from './artifacts.ts';
import type { Run } from './run.ts';

/**
 * The state in which a round is about to be evaluated; `last` is the row of the generation before it, if that is new.
 * `events`: history events of the execution so far.
 */
export function searchState(
  run: Run,
  state: GenerationState,
  last: HistoryRow | undefined,
  events = EVENTS_BEFORE,
): SearchState {
  const { evaluation } = run.spec;
  const plan = planFanOut(state.evaluate, state.secondsPerIndividual, evaluation);
  return {
    run: run.store.uri,
    manifest: run.checksum,
    generation: state.generation,
    round: state.round,
    ...plan,
    events,
    renew: events > EVENTS_BEFORE && historyRunsOut(events, plan, evaluation.maxEvents),
    successor: successorName(run, state),
    training: false,
    done: false,
    stopReason: null,
    progress: { ...progressOf(run, state.evaluations, last), start: startOf(run, state) },
  };
}

/** While the first masks are looked for. */
function startOf(
  { spec }: Run,
  { generation, admission }: GenerationState,
): SearchState['progress']['start'] {
  if (generation > 0 || !admission) return null;
  const { population: wanted } = spec.search;
  return { found: wanted - admission.wanted, wanted, bound: admission.bound };
}

/** Unique to run and round, so that a repeated start is the same start; at most 80 characters. */
export function successorName(
  { store, manifest }: Run,
  { generation, round }: Pick<GenerationState, 'generation' | 'round'>,
): string {
  const name = `${successorPrefix(manifest.runId, store.uri)}${generation}`;
  return round === 0 ? name : `${name}-${round}`;
}

/** What the names of all successors of a run begin with; a generation follows, and a round unless it is the first. */
export function successorPrefix(runId: string, uri: string): string {
  return `${runId.replace(/[^\w-]/g, '-').slice(0, 55)}-${checksum(uri).slice(0, 8)}-`;
}

/** The state in which the search is over after generation `last`. */
export function finishedState(
  run: Run,
  evaluations: number,
  last: HistoryRow,
  stopReason: StopReason | null,
  round: number,
): SearchState {
  return {
    run: run.store.uri,
    manifest: run.checksum,
    generation: last.generation,
    round,
    ...planFanOut(0, 0, run.spec.evaluation),
    events: 0,
    renew: false,
    successor: '',
    training: false,
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
    objective: run.spec.search.objective,
    bestMacroAverage: last?.bestMacroAverage ?? null,
    meanMacroAverage: last?.meanMacroAverage ?? null,
    bestSparsity: last?.bestSparsity ?? null,
    validationAccuracy: null,
    start: null,
  };
}
