/**
 * What a search will cost, before it runs: the same counters as a metered run, filled in from the spec, once with
 * every doubt taken well and once with every doubt taken badly.
 */

import { boundRulesOf } from '../runspec/bound.ts';
import type { RunSpec } from '../runspec/schema.ts';
import { pruningEvaluations, sizeOfNetwork, trainSamples } from '../runspec/shape.ts';
import { rulesOfStopping } from '../runspec/stopping.ts';
import { isTraining } from '../runspec/training.ts';
import { type BreedingRates, migrantsOf } from '../search/breeding.ts';
import type { StoppingRules } from '../search/stopping.ts';
import { eventsOfGeneration, planFanOut } from '../workflow/fan-out.ts';
import { guessTraining } from './estimate-training.ts';
import { type Architecture, DEFAULT_MEMORY_MB, PRICE_DATE, PRICE_REGION } from './prices.ts';
import { RESUMPTION, readingRequests, requestsOf } from './requests.ts';
import {
  type Dollars,
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

/** What a spec does not tell. Seconds, unless another unit is named. */
export interface Assumptions {
  /** The shortest search that the stopping rule allows, or the longest. */
  readonly search: 'shortest' | 'longest';
  /** Multiply-adds a second on one vCPU: 6e9 to 1.6e10 measured with the presets' networks. */
  readonly multiplyAddsPerSecond: number;
  /** Evaluations of the pruning pass per prunable weight: half of them are kept, each is tried once or often. */
  readonly pruningPerWeight: number;
  /** Tries for a random mask that must reach an accuracy bound, as a share of those after which the bound falls. */
  readonly triesShare: number;
  /** Start of a Lambda environment. */
  readonly coldStart: number;
  /** One invocation of a step beside its arithmetic: mostly requests to S3. */
  readonly step: number;
  /** Data, weights and first population; ticket and report. */
  readonly prepare: number;
  readonly finalize: number;
  /** A step of training beside its arithmetic: 70 µs measured with the smallest networks. */
  readonly trainingStep: number;
  /** Between two states, and to start a distributed map (7 s reported with 100 children). */
  readonly transition: number;
  readonly mapRun: number;
}

export const LOW: Assumptions = {
  search: 'shortest',
  multiplyAddsPerSecond: 2e10,
  pruningPerWeight: 0.5,
  triesShare: 0.02,
  coldStart: 0.5,
  step: 0.06,
  prepare: 1,
  finalize: 2,
  trainingStep: 4e-5,
  transition: 0.02,
  mapRun: 3,
};

export const HIGH: Assumptions = {
  search: 'longest',
  multiplyAddsPerSecond: 3e9,
  pruningPerWeight: 8,
  triesShare: 0.5,
  coldStart: 1.5,
  step: 0.25,
  prepare: 4,
  finalize: 8,
  trainingStep: 2e-4,
  transition: 0.08,
  mapRun: 10,
};

export interface Guess {
  readonly generations: number;
  readonly evaluations: number;
  readonly usage: Usage;
  readonly dollars: Dollars;
  /** From start to end of the execution. */
  readonly minutes: number;
}

export interface Estimate {
  readonly low: Guess;
  readonly high: Guess;
  readonly memoryMb: number;
  readonly architecture: Architecture;
  readonly priceDate: string;
  readonly priceRegion: string;
}

export function estimateCost(
  spec: RunSpec,
  memoryMb = DEFAULT_MEMORY_MB,
  architecture: Architecture = 'x86_64',
): Estimate {
  return {
    low: guess(spec, LOW, memoryMb, architecture),
    high: guess(spec, HIGH, memoryMb, architecture),
    memoryMb,
    architecture,
    priceDate: PRICE_DATE,
    priceRegion: PRICE_REGION,
  };
}

/** Generations that the stopping rule allows: at least, at most. The first population is generation 0. */
export function generationsOf(rules: StoppingRules): Record<Assumptions['search'], number> {
  const { minGenerations, maxGenerations, stagnation, targetAccuracy } = rules;
  const earliest =
    targetAccuracy !== null
      ? minGenerations
      : stagnation !== null
        ? Math.max(minGenerations, stagnation)
        : maxGenerations;
  return { shortest: Math.min(earliest, maxGenerations), longest: maxGenerations };
}

/** Offspring that a generation is expected to breed, 53 with the paper's rates. */
export function expectedOffspring({ population, recombination, mutation, migration }: BreedingRates): number {
  const children = population * recombination.rate;
  return children + (population + children) * mutation.rate + Math.round(population * migration.rate);
}

/** Evaluations that a random mask takes until it is in the population. */
function triesPerMask(spec: RunSpec, share: number): number {
  const rules = boundRulesOf(spec);
  if (!rules) return 1;
  const most = rules.strategy === 'adaptive-bound' ? rules.tries.reasonable : 1_000;
  return Math.max(1, most * share);
}

/** Evaluations of the first population, and of a generation. */
function evaluationsOf(spec: RunSpec, share: number): { start: number; each: number } {
  const { population } = spec.search;
  if (spec.algorithm === 'random-search') return { start: population, each: population };
  const tries = triesPerMask(spec, share);
  const offspring = expectedOffspring(spec.search) + migrantsOf(spec.search) * (tries - 1);
  return { start: Math.round(population * tries), each: Math.max(1, Math.round(offspring)) };
}

function guess(spec: RunSpec, given: Assumptions, memoryMb: number, architecture: Architecture): Guess {
  const { algorithm } = spec;
  if (isTraining(algorithm)) return guessTraining({ ...spec, algorithm }, given, memoryMb, architecture);
  const { multiplyAdds, weights } = sizeOfNetwork(spec);
  const samples = trainSamples(spec.task);
  const each = (multiplyAdds * samples) / given.multiplyAddsPerSecond;
  const { start: population, each: offspring } = evaluationsOf(spec, given.triesShare);
  const { maxEvaluations } = spec.stop;
  const affordable =
    maxEvaluations === null
      ? Number.POSITIVE_INFINITY
      : Math.max(0, Math.ceil((maxEvaluations - population) / offspring));
  const generations = Math.min(affordable, generationsOf(rulesOfStopping(spec))[given.search]);
  const bred = population + generations * offspring;
  const exact = spec.algorithm === 'random-search' && maxEvaluations !== null;
  const evaluations = exact ? Math.min(bred, maxEvaluations) : bred;
  const start = planFanOut(population, each, spec.evaluation);
  const later = planFanOut(offspring, each, spec.evaluation);
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
    { plan: start, individuals: population, times: 1, starts: true },
    { plan: later, individuals: offspring, times: generations, starts: false },
  ];
  for (const { plan, individuals, times, starts } of plans) {
    if (times === 0) continue;
    const chunks = plan.chunks.map((chunk): Spent => {
      const size = Math.min(plan.chunkSize, individuals - chunk * plan.chunkSize);
      const milliseconds = (given.step + size * each + (starts ? given.coldStart : 0)) * 1_000;
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
