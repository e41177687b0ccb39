/** Estimates the cost of a run that evaluates masks. */
import { sum } from 'd3-array';
import type { Course } from '../algorithms/algorithm.ts';
import { figuresOf } from '../runspec/figures.ts';
import type { RunSpec } from '../runspec/schema.ts';
import {
  pruningEvaluations,
  shapeOfTask,
  sizeOfNetwork,
  trainSamples,
  workOfFlip,
} from '../runspec/shape.ts';
import {
  eventsOfGeneration,
  type FanOutPlan,
  FIRST_LEAP,
  INLINE_WIDTH,
  isLeapt,
  lengthOfLeap,
  planFanOut,
} from '../workflow/fan-out.ts';
import type { Assumptions, Guess } from './assumptions.ts';
import { type Architecture, speedOf, vcpusOf } from './prices.ts';
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
  withTask,
} from './usage.ts';

/** Generations that are alike. */
interface Phase {
  readonly first: number;
  readonly last: number;
  readonly individuals: number;
  /** Seconds for each of them, with all threads of a function at work. */
  readonly unit: number;
}

function lengthOf({ first, last }: Phase): number {
  return last - first + 1;
}

export function guessSearch(
  spec: RunSpec,
  course: Extract<Course, { work: 'score' | 'improve' }>,
  given: Assumptions,
  memoryMb: number,
  architecture: Architecture,
): Guess {
  const { weights } = sizeOfNetwork(spec);
  const samples = trainSamples(spec.task);
  const each = samples * secondsPerSample(spec, given);
  const { generations, evaluations } = course;
  const flipping = course.work === 'improve' ? course.flips * secondsPerFlip(spec, course, given) : 0;
  const threads = threadsOf(memoryMb, given);
  const start: Phase = { first: 0, last: 0, individuals: course.first, unit: each / threads.speed };
  const unit = (each + flipping) / threads.speed;
  const later: Phase = { first: 1, last: generations, individuals: course.each, unit };
  const isLeap = ({ individuals, unit }: Phase, work: Course['work']) =>
    isLeapt(work, individuals, unit, spec);
  const leaping = [
    ...(isLeap(start, 'score') ? [start] : []),
    ...(isLeap(later, course.work) ? [later] : []),
  ];
  const stepping = [start, later].filter((phase) => !leaping.includes(phase) && phase.first <= phase.last);
  const leaps = leapsOf(leaping, threads, given, spec.evaluation.leapSeconds);
  const chunksOf = ({ individuals, unit }: Phase) => planFanOut(individuals, unit, spec.evaluation);
  const widest = Math.max(0, ...stepping.map((phase) => widthOf(chunksOf(phase))));

  const requests = requestsOf(
    {
      generations,
      chunks: sum(stepping, (phase) => lengthOf(phase) * chunksOf(phase).chunks.length),
      leaps,
      keepGenerations: spec.keepGenerations,
      pruning: spec.pruning.enabled,
      reading: readingRequests(spec),
      validation: spec.task.dataset === 'files' && (spec.task.found?.validation ?? 0) > 0,
    },
    widest,
  );
  const spentBy = (times: number, seconds: number): Spent => ({
    ...NOTHING_SPENT,
    requests: times,
    milliseconds: seconds * 1_000,
    gbSeconds: (seconds * memoryMb) / 1_024,
  });
  const of = (name: FunctionName, times: number, seconds: number): Spent => ({
    ...spentBy(times, seconds),
    ...requests[name],
  });
  const pruning = spec.pruning.enabled
    ? Math.min(pruningEvaluations(spec, samples), weights * given.pruningPerWeight)
    : 0;
  const preparing = given.coldStart + given.prepare;
  const finalizing = given.coldStart + given.finalize + pruning * each;

  let usage = withStart(NO_USAGE, of('prepare', 1, preparing), false);
  let seconds = given.coldStart + preparing + finalizing + 2 * given.transition;
  const events = stepping.includes(later) ? generations * eventsOfGeneration(chunksOf(later)) : 0;
  for (let fresh = Math.floor(events / spec.evaluation.maxEvents); fresh > 0; fresh--) {
    usage = withStart(usage, { ...RESUMPTION, ...spentBy(1, given.step) }, true);
  }
  if (leaps.length > 0) {
    const leapt = sum(leaping, (phase) => lengthOf(phase) * secondsOf(phase, threads, given));
    const billed = given.coldStart + leaps.length * given.step + leapt;
    usage = withTask(usage, 'leap', of('leap', leaps.length, billed), leaps.length);
    seconds += billed + leaps.length * 2 * given.transition;
  }
  for (const phase of stepping) {
    const { individuals, unit, first } = phase;
    const plan = chunksOf(phase);
    const times = lengthOf(phase);
    const chunks = plan.chunks.map((chunk): Spent => {
      const size = Math.min(plan.chunkSize, individuals - chunk * plan.chunkSize);
      return spentBy(1, given.step + threads.seconds(size, unit) + (first === 0 ? given.coldStart : 0));
    });
    usage = plus(usage, withGeneration(NO_USAGE, plan.fanOut, chunks), times);
    usage = withSpent(usage, 'select', spentBy(times, times * given.step));
    const slowest = (chunks[0]?.milliseconds ?? 0) / 1_000;
    const states = 4 * given.transition + (plan.fanOut === 'distributed' ? given.mapRun : 0);
    const waves = Math.ceil(plan.chunks.length / Math.max(1, widthOf(plan)));
    seconds += times * (states + waves * slowest + given.step);
  }
  if (stepping.length > 0) {
    usage = withSpent(usage, 'select', of('select', 0, given.coldStart));
    usage = withSpent(usage, 'evaluate', of('evaluate', 0, 0));
  }
  usage = withSpent(usage, 'finalize', of('finalize', 1, finalizing));
  return {
    generations,
    evaluations,
    usage,
    dollars: priceOf(usage, architecture),
    minutes: seconds / 60,
  };
}

/** Chunks of a generation that run at a time. */
function widthOf({ chunks, fanOut, maxConcurrency }: FanOutPlan): number {
  const most = fanOut === 'inline' ? Math.min(INLINE_WIDTH, maxConcurrency) : maxConcurrency;
  return Math.min(chunks.length, most);
}

/** The threads of a function: how much faster they are together, and how long they take for so many individuals. */
interface FunctionThreads {
  readonly speed: number;
  readonly seconds: (individuals: number, unit: number) => number;
}

function threadsOf(memoryMb: number, { sharing, scaling }: Assumptions): FunctionThreads {
  const count = vcpusOf(memoryMb);
  if (count === 1) return { speed: 1, seconds: (individuals, unit) => individuals * unit };
  const speed = speedOf(memoryMb) * scaling;
  // The last round of individuals may leave threads without any.
  const seconds = (individuals: number, unit: number) =>
    Math.ceil(individuals / count) * count * unit + sharing;
  return { speed, seconds };
}

/** A generation within a leap. */
function secondsOf({ individuals, unit }: Phase, threads: FunctionThreads, { telling }: Assumptions): number {
  return threads.seconds(individuals, unit) + telling;
}

/** The first and the last generation of each leap. */
function leapsOf(
  phases: readonly Phase[],
  threads: FunctionThreads,
  given: Assumptions,
  longest: number,
): (readonly [first: number, last: number])[] {
  const [begin] = phases;
  const end = phases.at(-1);
  if (!begin || !end) return [];
  const leaps: (readonly [number, number])[] = [];
  const each = secondsOf(end, threads, given);
  for (let first = begin.first, before = 0; first <= end.last; ) {
    const length = lengthOfLeap(before, FIRST_LEAP, longest);
    const last = Math.min(end.last, first + Math.max(1, Math.floor(length / each)) - 1);
    leaps.push([first, last]);
    before += (last - first + 1) * each;
    first = last + 1;
  }
  return leaps;
}

/** Seconds to evaluate one mask on one sample, by the path that evaluates such networks. */
export function secondsPerSample(spec: RunSpec, { multiplyAddsPerSecond, activation }: Assumptions): number {
  const { multiplyAdds } = sizeOfNetwork(spec);
  // Gaps between groups are counted over all samples once more.
  const times = figuresOf(spec).gaps.length > 0 ? 2 : 1;
  return times * (multiplyAdds / multiplyAddsPerSecond + activationsOf(spec) * activation);
}

/** The cost of a softmax for each class, as activations of a layer. */
const SOFTMAX = 3;
/** The same of a value of a graph network, which is computed in more and smaller operations. */
const GRAPH_VALUE = 2.5;
/** Inputs whose masked versions of a unit are all computed beforehand, at most. */
const FEW_INPUTS = 8;

/** Values that are computed for a mask and a sample. */
function activationsOf(spec: RunSpec): number {
  const { units } = sizeOfNetwork(spec);
  if (!('layers' in spec.network)) return GRAPH_VALUE * units;
  const [inputs = 0, _hidden, outputs, ...more] = spec.network.layers;
  const few = inputs <= FEW_INPUTS && outputs === 2 && more.length === 0;
  // What is left of a hidden layer then is a row of one product.
  if (few && spec.search.objective === 'accuracy') return 1;
  return units + SOFTMAX * shapeOfTask(spec.task).classes;
}

/**
 * Seconds to evaluate a flip: each sample costs what its classes do, and what comes after the unit or channel that changes,
 * which is a small part of the network.
 */
export function secondsPerFlip(
  spec: RunSpec,
  course: Extract<Course, { work: 'improve' }>,
  { multiplyAddsPerSecond }: Assumptions,
): number {
  return (workOfFlip(spec, course) * trainSamples(spec.task)) / multiplyAddsPerSecond;
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
