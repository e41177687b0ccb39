/** Algorithms and objectives of programs: what they are given, and what they return. Threads and later processes load them by their files. */

/**
 * A search for masks that you write: the default export of a module, which `search` takes as `algorithm`. All functions are
 * synchronous. Keep what you remember in the state that they pass on, and draw random numbers from `random`: then a run is a
 * function of its spec, and one that was stopped goes on to the same result.
 *
 * `State`: an object of JSON values and, directly in it, arrays of numbers: Float32Array, Float64Array or Uint8Array.
 */
export interface OwnAlgorithm<State extends object = Record<string, unknown>> {
  /** Up to 40 lower-case letters, digits and hyphens; the names of Tombola's algorithms are taken. */
  readonly name: string;
  /** The first state; {} if absent. */
  readonly start?: (problem: OwnProblem) => State;
  /**
   * The masks to evaluate in a generation, from 1 to 1,000,000: each with an entry for each prunable weight, 1 to keep it or
   * 0 to prune it. Equal masks are evaluated once. It may change the state.
   */
  readonly ask: (state: State, generation: OwnGeneration) => readonly OwnMask[];
  /** Learns from the scores of these masks, in their order. It changes the state, or returns another one. */
  readonly tell?: (state: State, scored: readonly ScoredMask[], place: OwnPlace) => State | undefined;
}

/** `bits` entries, one for each prunable weight: 1 keeps it, 0 prunes it. In the order of the mask in ticket.safetensors. */
export type OwnMask = Uint8Array | readonly number[];

/** The network and data that masks are searched for. */
export interface OwnProblem {
  /** Prunable weights, and so entries of a mask. */
  readonly bits: number;
  /** Samples of the training data. */
  readonly samples: number;
  /** `search.population` of the spec: so many of the best masks survive each generation. */
  readonly population: number;
  /** `seed` of the spec. */
  readonly seed: number;
  /** Random numbers of this seed and generation. */
  readonly random: OwnRandom;
}

/** What `tell` is given beside the scores. */
export interface OwnPlace extends OwnProblem {
  /** From 0, the first. */
  readonly generation: number;
}

/** What `ask` is given. */
export interface OwnGeneration extends OwnPlace {
  /** The best masks of all generations before, best first; none in generation 0. */
  readonly survivors: readonly ScoredMask[];
}

/** A mask with its scores on the training data. */
export interface ScoredMask {
  /** `bits` entries: 1 for a weight that is kept, 0 for one that is pruned. */
  readonly mask: Uint8Array;
  /**
   * What selection compares, larger is better: accuracy, a mean over the classes, or what your objective returned, from 0 to 1;
   * less the mean cross-entropy per sample, in nats. −Infinity where it is not finite.
   */
  readonly fitness: number;
  /** Share of correct predictions, 0 to 1. */
  readonly accuracy: number;
  /** Share of the prunable weights that are pruned, 0 to 1. */
  readonly sparsity: number;
  /** The generation that it was asked for in. */
  readonly generation: number;
}

/** A stream of random numbers that depends on the seed and the generation alone. */
export interface OwnRandom {
  /** From 0 up to, but without, 1; 53 random bits. */
  uniform(): number;
  /** A whole number from 0 to `limit` − 1; `limit` from 1 to 2³². */
  below(limit: number): number;
  /** A deviate of the standard normal distribution. */
  normal(): number;
}

/**
 * An objective that you write: the default export of a module, which `search` takes as `objective`. It decides which masks
 * survive, which one becomes the ticket, and what the pruning pass must not make worse.
 */
export interface OwnObjective {
  /** Up to 40 lower-case letters, digits and hyphens; the names of Tombola's objectives are taken. */
  readonly name: string;
  /** The fitness of one mask, from 0 to 1, where larger is better. Synchronous; the same answers must give the same fitness. */
  readonly fitness: (answers: OwnAnswers) => number;
}

/** What the network answers under one mask, on all of the data. Copy what you keep: the arrays are used again. */
export interface OwnAnswers {
  /** Classes of the task, 2 or more. */
  readonly classes: number;
  /** Samples of the data: training data in the search, all parts of the data for the ticket. */
  readonly samples: number;
  /** Samples × classes, row by row, in single precision. */
  readonly logits: Float32Array;
  /** For each sample the class that is predicted, 0 to classes − 1, as exact as everywhere in Tombola. */
  readonly predictions: Uint16Array;
  /** For each sample the right class, 0 to classes − 1. */
  readonly labels: Uint16Array;
}
