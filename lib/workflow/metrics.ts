/** The metrics that the functions publish and the dashboard shows: their CloudWatch units. */
export const METRICS = {
  /** Masks evaluated. */
  Evaluations: 'Count',
  /** Masks evaluated per second of evaluation, in one environment. */
  EvaluationsPerSecond: 'Count/Second',
  /** 1 where a chunk found its evaluator warm, 0 where it had to be made: the average is the rate. */
  CacheHits: 'Count',
  /** Generations selected. */
  Generations: 'Count',
  /** Epochs trained. */
  Epochs: 'Count',
  /** Runs started from the inbox, and specs that it refused. */
  InboxStarted: 'Count',
  InboxRefused: 'Count',
} as const;

export type MetricName = keyof typeof METRICS;
