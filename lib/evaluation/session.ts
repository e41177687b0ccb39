import type { InferenceSession } from 'onnxruntime-node';

/**
 * One thread a session: parallelism comes from chunks, one worker each, which is faster than threads inside a run and
 * keeps every sum in the same order wherever it is computed.
 */
export const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
};
