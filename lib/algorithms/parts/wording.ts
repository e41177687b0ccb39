/** The words for runs of an algorithm. */

export interface Wording {
  /** The noun for the run: "The … was stopped". */
  readonly process: 'search' | 'training';
  /** Units of `generations`, `evaluations` and their rate, in lower case. */
  readonly generations: string;
  readonly evaluations: string;
  readonly evaluationsPerSecond: string;
  /** A row of history.csv. */
  readonly row: string;
  /** Ends "A subnetwork of a random network, " or stands for all of it. */
  readonly found: 'without training' | 'by training scores' | 'trained';
}

export const SEARCH: Wording = {
  process: 'search',
  generations: 'generations',
  evaluations: 'evaluations',
  evaluationsPerSecond: 'evaluations per second',
  row: 'generation',
  found: 'without training',
};

export const TRAINING: Wording = {
  process: 'training',
  generations: 'epochs',
  evaluations: 'passes over the data',
  evaluationsPerSecond: 'passes per second',
  row: 'epoch',
  found: 'trained',
};
