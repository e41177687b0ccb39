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
  /** Returns the first state; without it, the state is {}. Called once, before generation 0. */
  readonly start?: (problem: OwnProblem) => State;
  /**
   * Returns the masks to evaluate in a generation, 1 to 1,000,000 of them. Equal masks are evaluated once. It may change the
   * state.
   */
  readonly ask: (state: State, generation: OwnGeneration) => readonly OwnMask[];
  /**
   * Learns from the scores of the masks that `ask` returned, in the same order. It changes the state, or returns another one.
   * Without it, the state stays as `ask` left it.
   */
  readonly tell?: (state: State, scored: readonly ScoredMask[], place: OwnPlace) => State | undefined;
}

/** `bits` entries, one for each prunable weight: 1 keeps it, 0 prunes it. In the order of the mask in ticket.safetensors. */
export type OwnMask = Uint8Array | readonly number[];

/** The network and the data of a search, as `start` gets them. */
export interface OwnProblem {
  /** Number of prunable weights, which is the length of a mask. */
  readonly bits: number;
  /** Number of training samples. */
  readonly samples: number;
  /** `search.population` of the spec: the number of masks that survive a generation. */
  readonly population: number;
  /** `seed` of the spec. */
  readonly seed: number;
  /** The random numbers of this seed and generation. */
  readonly random: OwnRandom;
}

/** The generation of a search, as `tell` gets it. */
export interface OwnPlace extends OwnProblem {
  /** The number of the generation; the first is 0. */
  readonly generation: number;
}

/** The generation of a search with its survivors, as `ask` gets it. */
export interface OwnGeneration extends OwnPlace {
  /** The best `population` masks of all earlier generations, best first; none in generation 0. */
  readonly survivors: readonly ScoredMask[];
}

/** A mask with its scores on the training data. */
export interface ScoredMask {
  /** `bits` entries: 1 for a weight that is kept, 0 for one that is pruned. */
  readonly mask: Uint8Array;
  /**
   * What selection compares; larger is better. By `search.objective` it is an accuracy from 0 to 1 (of all samples, or a mean
   * over the classes; by `accuracy-then-cross-entropy` up to half a sample more), the value of your own objective from 0 to 1,
   * or the mean cross-entropy per sample in nats with a minus sign. −Infinity if it is not finite.
   */
  readonly fitness: number;
  /** Share of correct predictions, 0 to 1. */
  readonly accuracy: number;
  /** Share of the prunable weights that are pruned, 0 to 1. */
  readonly sparsity: number;
  /** The generation in which `ask` returned it. */
  readonly generation: number;
}

/** A stream of random numbers that depends on the seed and the generation alone. */
export interface OwnRandom {
  /**
   * Draws from the uniform distribution over [0, 1).
   *
   * @returns A multiple of 2⁻⁵³, from 0 to 1 − 2⁻⁵³.
   */
  uniform(): number;
  /**
   * Draws a whole number below a limit; all are equally likely.
   *
   * @param limit - A whole number from 1 to 2³².
   * @returns A whole number from 0 to `limit` − 1.
   */
  below(limit: number): number;
  /**
   * Draws from the standard normal distribution.
   *
   * @returns A deviate of mean 0 and standard deviation 1.
   */
  normal(): number;
}

/**
 * An objective that you write: the default export of a module, which `search` takes as `objective`. It decides which masks
 * survive, which one becomes the ticket, and what the pruning pass must not make worse.
 */
export interface OwnObjective {
  /** Up to 40 lower-case letters, digits and hyphens; the names of Tombola's objectives are taken. */
  readonly name: string;
  /** Returns the fitness of one mask, from 0 to 1; larger is better. Synchronous; the same answers must give the same fitness. */
  readonly fitness: (answers: OwnAnswers) => number;
}

/** The answers of the network under one mask, on all of the data. Copy the arrays that you keep: they are used again. */
export interface OwnAnswers {
  /** Number of classes, 2 or more. */
  readonly classes: number;
  /** Number of samples: of the training data in the search, of each part of the data for the ticket. */
  readonly samples: number;
  /** The outputs of the network, samples × classes, row by row, in single precision. */
  readonly logits: Float32Array;
  /** The predicted class of each sample, 0 to classes − 1, exact as in double precision. */
  readonly predictions: Uint16Array;
  /** The true class of each sample, 0 to classes − 1. */
  readonly labels: Uint16Array;
}
