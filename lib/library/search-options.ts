/** What a search is told that is no part of its spec, and what it tells while it runs. */

/** Settings of a search that are no part of its spec. All but the two modules leave the result as it is. */
export interface SearchOptions {
  /**
   * A search of your own: the path or file: URL of a module whose default export is an `OwnAlgorithm`. The run keeps its name and
   * the SHA-256 of its file, which are part of the run's identity; files that the module imports are not checked.
   */
  readonly algorithm?: string | URL;
  /** A fitness of your own: the same with an `OwnObjective`. It goes with algorithms that evaluate whole masks. */
  readonly objective?: string | URL;
  /** The folder of the run, relative to the working folder. It must be new, empty, or hold the same run. A new folder in runs/ unless given. */
  readonly out?: string;
  /** Threads that evaluate masks, 1 or more; 0: everything runs in the calling thread. One for each core unless given. */
  readonly workers?: number;
  /** When it fires, the search stops after the generation in flight; `resume` continues it. */
  readonly signal?: AbortSignal;
  /** Called after a generation or a few. The search waits for it; what it throws ends the search. */
  readonly onProgress?: (progress: SearchProgress) => void;
}

/** Figures of the last complete generation, on training data. They are null before the first generation, and where an algorithm has none. */
export interface SearchProgress {
  /** Generation, or epoch of a training, from 0. */
  readonly generation: number;
  /** `stop.maxGenerations` of the spec, or the epochs of a training: the search ends there at the latest. */
  readonly maxGenerations: number;
  /** Masks evaluated since the run began. */
  readonly evaluations: number;
  /** Share of correct predictions of the best mask, 0 to 1. */
  readonly bestAccuracy: number | null;
  /** Mean accuracy of the survivors, 0 to 1. */
  readonly meanAccuracy: number | null;
  /** Mean cross-entropy per sample of the best mask, in nats. */
  readonly bestLoss: number | null;
  /** Share of the prunable weights that the best mask prunes, 0 to 1. */
  readonly bestSparsity: number | null;
  /** Flips of single bits; undefined for algorithms that do not flip them. */
  readonly flips: FlipProgress | undefined;
  /** Whether the search is over. Its ticket is pruned and written next. */
  readonly done: boolean;
}

/** How far a search by single flips is. */
export interface FlipProgress {
  /** Flips that were considered since the run began. */
  readonly done: number;
  /** Flips that the spec allows. */
  readonly all: number;
}
