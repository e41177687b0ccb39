/** Live progress of a run: one line that is redrawn on a terminal, plain lines now and then elsewhere. */
import { decimals, duration, percent, whole } from '../base/format.ts';
import { OBJECTIVE_NAMES } from '../report/text/objective.ts';
import type { SearchState } from '../workflow/payloads.ts';
import type { PruningProgress } from '../workflow/pruning-progress.ts';
import { StatusLine } from './status-line.ts';

/** The part of the machine's state that progress is drawn from. */
export type ProgressState = Pick<SearchState, 'generation' | 'done' | 'training' | 'progress'>;

export interface ProgressDisplay {
  update(state: ProgressState): void;
  /** Evaluations of the pruning pass, once the search is done. */
  readonly prune: (pruning: PruningProgress) => void;
  /** Leaves the last line standing. */
  end(): void;
}

/** Milliseconds between two plain lines; every line is drawn on a terminal, at most ten a second. */
const PLAIN_INTERVAL = 2_000;
const LIVE_INTERVAL = 100;
/** The same while the ticket is made, after the last generation. */
const FINISHING_INTERVAL = 5_000;
const FINISHING_LIVE_INTERVAL = 1_000;

/** Evaluations, or flips, a second over about the last ten updates. */
class Rate {
  #last: { readonly at: number; readonly done: number } | undefined;
  #rate = 0;

  update(at: number, done: number): number {
    const last = this.#last;
    this.#last = { at, done };
    if (!last || at <= last.at) return this.#rate;
    const now = ((done - last.done) * 1000) / (at - last.at);
    this.#rate = this.#rate === 0 ? now : 0.9 * this.#rate + 0.1 * now;
    return this.#rate;
  }
}

export function progressLine(state: ProgressState, rate: number, secondsPerGeneration: number): string {
  const { progress } = state;
  if (state.training) return trainingLine(state, rate);
  const { start } = progress;
  if (start) {
    return [
      `start  ${whole(start.found)} of ${whole(start.wanted)} masks, accuracy bound ${percent(start.bound, 2)}`,
      `${whole(progress.evaluations)} tried`,
      `${whole(rate)} evaluations/s`,
    ].join('  ');
  }
  const generation = state.done ? state.generation : Math.max(0, state.generation - 1);
  const loss =
    progress.bestLoss === null
      ? ''
      : `  loss ${decimals(progress.bestLoss, 4)} (mean ${decimals(progress.meanLoss, 4)})`;
  const average =
    progress.bestMacroAverage === null
      ? ''
      : `  ${OBJECTIVE_NAMES[progress.objective]} ${percent(progress.bestMacroAverage, 2)} (mean ${percent(progress.meanMacroAverage, 2)})`;
  const left = (progress.maxGenerations - generation) * secondsPerGeneration;
  const { flips } = progress;
  return [
    `generation ${whole(generation)}/${whole(progress.maxGenerations)}`,
    `best ${percent(progress.bestAccuracy, 2)}  mean ${percent(progress.meanAccuracy, 2)}${average}${loss}`,
    `sparsity ${percent(progress.bestSparsity, 1)}`,
    ...(flips
      ? [`${whole(flips.done)} of ${whole(flips.all)} flips`, `${whole(rate)} flips/s`]
      : [`${whole(rate)} evaluations/s`]),
    ...ending(state.done, left),
  ].join('  ');
}

/** `left`: seconds; not finite before anything is known of the speed. */
function ending(done: boolean, left: number): string[] {
  if (done) return ['done'];
  return Number.isFinite(left) ? [`at most ${duration(left)} left`] : [];
}

/** The same of an algorithm that trains. */
function trainingLine({ generation, done, progress }: ProgressState, rate: number): string {
  const { maxGenerations, bestAccuracy, bestLoss, bestSparsity, validationAccuracy } = progress;
  const left = (maxGenerations - generation) / rate;
  return [
    `epoch ${whole(generation)}/${whole(maxGenerations)}`,
    `train ${percent(bestAccuracy, 2)}`,
    ...(validationAccuracy === null ? [] : [`validation ${percent(validationAccuracy, 2)}`]),
    `loss ${decimals(bestLoss, 4)}`,
    `sparsity ${percent(bestSparsity, 1)}`,
    ...ending(done, left),
  ].join('  ');
}

/** Progress on standard error, so that standard output carries results only. */
export function createProgress(stream: NodeJS.WriteStream, now = () => performance.now()): ProgressDisplay {
  const line = new StatusLine(stream);
  const { live } = line;
  const rate = new Rate();
  let shownAt = Number.NEGATIVE_INFINITY;
  let first: { readonly at: number; readonly generation: number } | undefined;
  let pending: string | undefined;
  let finishing: NodeJS.Timeout | undefined;
  let pruning: PruningProgress | undefined;
  const flush = () => {
    if (pending !== undefined) line.show(pending);
    pending = undefined;
  };
  /** The pass that prunes the ticket of a large network takes minutes. */
  const tellFinishing = () => {
    flush();
    line.end();
    const began = now();
    finishing = setInterval(
      () => line.show(finishingLine((now() - began) / 1000, pruning)),
      live ? FINISHING_LIVE_INTERVAL : FINISHING_INTERVAL,
    );
    finishing.unref();
  };
  return {
    update(state) {
      const at = now();
      const { flips, evaluations } = state.progress;
      const speed = rate.update(at, flips?.done ?? evaluations);
      const { bestAccuracy, start } = state.progress;
      if (bestAccuracy === null && start === null) return;
      // The first population takes longer than a generation: workers start, and all of it is evaluated.
      if (bestAccuracy !== null) first ??= { at, generation: state.generation };
      const generations = first ? state.generation - first.generation : 0;
      const each = first && generations > 0 ? (at - first.at) / 1000 / generations : Number.NaN;
      pending = progressLine(state, speed, each);
      if (state.done && !finishing) tellFinishing();
      if (at - shownAt < (live ? LIVE_INTERVAL : PLAIN_INTERVAL)) return;
      shownAt = at;
      flush();
    },
    prune(told) {
      pruning = told;
    },
    end() {
      clearInterval(finishing);
      flush();
      line.end();
    },
  };
}

function finishingLine(seconds: number, pruning: PruningProgress | undefined): string {
  const line = `pruning and writing the ticket, for ${duration(seconds)}`;
  if (!pruning) return line;
  const { done, about } = pruning;
  return `${line}  ${whole(done)} of about ${whole(about)} evaluations`;
}

export interface Counter {
  readonly update: (done: number, total: number) => void;
  /** Leaves the last line standing. */
  readonly end: () => void;
}

/** Progress of work of a known size, which begins now: silent for two seconds, then a line now and then. */
export function createCounter(
  stream: NodeJS.WriteStream,
  what: string,
  now = () => performance.now(),
): Counter {
  const line = new StatusLine(stream);
  const interval = line.live ? LIVE_INTERVAL : PLAIN_INTERVAL;
  const startedAt = now();
  let shownAt = startedAt + PLAIN_INTERVAL - interval;
  return {
    update(done, total) {
      const at = now();
      if (done === 0 || at - shownAt < interval) return;
      shownAt = at;
      const left = ((at - startedAt) / 1000) * (total / done - 1);
      line.show(`${whole(done)} of about ${whole(total)} ${what}  about ${duration(left)} left`);
    },
    end: () => line.end(),
  };
}
