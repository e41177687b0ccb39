/** What a run that evaluates masks will cost. */
import type { Course } from '../algorithms/algorithm.ts';
import type { RunSpec } from '../runspec/schema.ts';
import { pruningEvaluations, shapeOfTask, sizeOfNetwork, trainSamples } from '../runspec/shape.ts';
import { eventsOfGeneration, planFanOut } from '../workflow/fan-out.ts';
import type { Assumptions, Guess } from './assumptions.ts';
import type { Architecture } from './prices.ts';
import { RESUMPTION, readingRequests, requestsOf } from './requests.ts';
import {
  type FunctionName,
  NO_USAGE,
  NOTHING_SPENT,
  priceOf,
  type Spent,
  type Usage,
  withGeneration,
  withSpent,
  withStart,
} from './usage.ts';

export function guessSearch(
  spec: RunSpec,
  course: Extract<Course, { work: 'score' | 'improve' }>,
  given: Assumptions,
  memoryMb: number,
  architecture: Architecture,
): Guess {
  const { multiplyAdds, weights } = sizeOfNetwork(spec);
  const samples = trainSamples(spec.task);
  const each = (multiplyAdds * samples) / given.multiplyAddsPerSecond;
  const { first: population, each: offspring, generations, evaluations } = course;
  const start = planFanOut(population, each, spec.evaluation);
  const flipping = course.work === 'improve' ? course.flips * secondsPerFlip(spec, given) : 0;
  const later = planFanOut(offspring, each + flipping, spec.evaluation);
  const environments = Math.max(start.chunks.length, generations > 0 ? later.chunks.length : 0);

  const requests = requestsOf(
    {
      generations,
      chunks: (generation) => (generation === 0 ? start : later).chunks.length,
      keepGenerations: spec.keepGenerations,
      pruning: spec.pruning.enabled,
      reading: readingRequests(spec),
      validation: spec.task.dataset === 'files' && (spec.task.found?.validation ?? 0) > 0,
    },
    environments,
  );
  const of = (name: FunctionName, times: number, seconds: number): Spent => ({
    ...requests[name],
    requests: times,
    milliseconds: seconds * 1_000,
    gbSeconds: (seconds * memoryMb) / 1_024,
  });
  const pruning = spec.pruning.enabled
    ? Math.min(pruningEvaluations(spec, samples), weights * given.pruningPerWeight)
    : 0;
  const preparing = given.coldStart + given.prepare;
  const selecting = (generations + 1) * given.step;
  const finalizing = given.coldStart + given.finalize + pruning * each;

  const fresh = Math.floor((generations * eventsOfGeneration(later)) / spec.evaluation.maxEvents);
  let usage = withStart(NO_USAGE, of('prepare', 1, preparing), false);
  for (let execution = 0; execution < fresh; execution++) {
    const milliseconds = given.step * 1_000;
    const gbSeconds = (given.step * memoryMb) / 1_024;
    usage = withStart(usage, { ...RESUMPTION, requests: 1, milliseconds, gbSeconds }, true);
  }
  let seconds = preparing + selecting + finalizing;
  const plans = [
    { plan: start, individuals: population, times: 1, starts: true, unit: each },
    { plan: later, individuals: offspring, times: generations, starts: false, unit: each + flipping },
  ];
  for (const { plan, individuals, times, starts, unit } of plans) {
    if (times === 0) continue;
    const chunks = plan.chunks.map((chunk): Spent => {
      const size = Math.min(plan.chunkSize, individuals - chunk * plan.chunkSize);
      const milliseconds = (given.step + size * unit + (starts ? given.coldStart : 0)) * 1_000;
      const gbSeconds = (milliseconds / 1_000) * (memoryMb / 1_024);
      return { ...NOTHING_SPENT, requests: 1, milliseconds, gbSeconds };
    });
    usage = plus(usage, withGeneration(NO_USAGE, plan.fanOut, chunks), times);
    const slowest = chunks[0]?.milliseconds ?? 0;
    const states = 4 * given.transition + (plan.fanOut === 'distributed' ? given.mapRun : 0);
    seconds += times * (states + slowest / 1_000);
  }
  usage = withSpent(usage, 'select', of('select', generations + 1, given.coldStart + selecting));
  usage = withSpent(usage, 'finalize', of('finalize', 1, finalizing));
  const { puts, lists, gets } = requests.evaluate;
  usage = withSpent(usage, 'evaluate', { ...NOTHING_SPENT, puts, lists, gets });
  return {
    generations,
    evaluations,
    usage,
    dollars: priceOf(usage, architecture),
    minutes: (seconds + given.coldStart) / 60,
  };
}

/**
 * Seconds to evaluate a flip: each sample costs what its classes do, and what comes after the unit that changes, which
 * is a small part of the network.
 */
export function secondsPerFlip(spec: RunSpec, { multiplyAddsPerSecond }: Assumptions): number {
  const { multiplyAdds, units } = sizeOfNetwork(spec);
  const { classes } = shapeOfTask(spec.task);
  const perSample = 30 * classes + multiplyAdds / Math.max(1, units);
  return (perSample * trainSamples(spec.task)) / multiplyAddsPerSecond;
}

/** `usage` and `times` as much as one generation's evaluation. */
function plus(usage: Usage, { transitions, express, functions }: Usage, times: number): Usage {
  const { requests, milliseconds, gbSeconds } = functions.evaluate;
  const before = usage.functions.evaluate;
  return {
    ...usage,
    transitions: usage.transitions + times * transitions,
    express: {
      executions: usage.express.executions + times * express.executions,
      gbSeconds: usage.express.gbSeconds + times * express.gbSeconds,
    },
    functions: {
      ...usage.functions,
      evaluate: {
        requests: before.requests + times * requests,
        milliseconds: before.milliseconds + times * milliseconds,
        gbSeconds: before.gbSeconds + times * gbSeconds,
      },
    },
  };
}
