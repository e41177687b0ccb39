/** Estimates the cost of a run that trains. */
import type { Course } from '../algorithms/algorithm.ts';
import type { RunSpec } from '../runspec/schema.ts';
import { sizeOfNetwork, trainSamples } from '../runspec/shape.ts';
import { putsOf } from '../store/artifacts.ts';
import type { Assumptions, Guess } from './assumptions.ts';
import type { Architecture } from './prices.ts';
import {
  type FunctionName,
  NO_USAGE,
  NOTHING_SPENT,
  priceOf,
  type Spent,
  withSpent,
  withStart,
  withTask,
} from './usage.ts';

/** Forward, and backward to the activations and to the weights. */
const PASSES = 3;
/** Seconds that an invocation of Train in Lambda is given. */
const INVOCATION = 60;

/** S3 requests of the steps of a run that trains in so many invocations, as the steps make them. */
export function trainingRequestsOf(
  invocations: number,
  keepGenerations: boolean,
): Record<'prepare' | 'train' | 'finalize', Pick<Spent, 'puts' | 'lists' | 'gets'>> {
  const openRun = 2;
  const parts = ['training'] as const;
  return {
    // Spec and manifest, not there yet.
    prepare: { gets: 2, lists: 1, puts: putsOf('Prepare', parts) },
    train: {
      // Weights and data once; each time the state, from the second on with the checkpoint before.
      gets: openRun + 2 + invocations + (invocations - 1),
      // Existing keys are listed; from the second deletion on, again.
      lists: keepGenerations ? 0 : invocations + Math.max(0, invocations - 1),
      puts: putsOf('Train', parts) * invocations,
    },
    // Run, weights, data, state, checkpoint, and an earlier summary.
    finalize: { gets: openRun + 3 + 2 + 1, lists: 0, puts: putsOf('Finalize', parts) },
  };
}

export function guessTraining(
  spec: RunSpec,
  { epochs, passes, draws, batchSize, validationShare }: Extract<Course, { work: 'train' }>,
  given: Assumptions,
  memoryMb: number,
  architecture: Architecture,
): Guess {
  const samples = trainSamples(spec.task) * (1 - validationShare);
  const { weights, multiplyAdds } = sizeOfNetwork(spec);
  const work = (PASSES * multiplyAdds * samples) / given.multiplyAddsPerSecond;
  const step = given.trainingStep + (draws ? weights * given.draw : 0);
  const training = epochs * passes * (work + Math.ceil(samples / batchSize) * step);
  const invocations = Math.max(1, Math.min(epochs, Math.ceil(training / INVOCATION)));
  const requests = trainingRequestsOf(invocations, spec.keepGenerations);
  const of = (name: FunctionName & keyof typeof requests, times: number, seconds: number): Spent => ({
    ...NOTHING_SPENT,
    ...requests[name],
    requests: times,
    milliseconds: seconds * 1_000,
    gbSeconds: (seconds * memoryMb) / 1_024,
  });
  const preparing = given.coldStart + given.prepare;
  const trained = given.coldStart + training + invocations * given.step;
  const finalizing = given.coldStart + given.finalize;
  let usage = withStart(NO_USAGE, of('prepare', 1, preparing), false);
  usage = withTask(usage, 'train', of('train', invocations, trained), invocations);
  usage = withSpent(usage, 'finalize', of('finalize', 1, finalizing));
  const states = 2 * (invocations + 1) * given.transition;
  return {
    generations: epochs,
    evaluations: epochs,
    usage,
    dollars: priceOf(usage, architecture),
    minutes: (preparing + trained + finalizing + states) / 60,
  };
}
