/** sltn-ga (arXiv 2508.08877): a genetic algorithm over masks, with an accuracy bound for random ones (arXiv 2411.04658). */
import { defined } from '../../base/defined.ts';
import { boundRulesOf } from '../parts/accuracy-bound.ts';
import {
  breedDescendants,
  breedOffspring,
  breedStart,
  expectedOffspring,
  maskDrawOf,
  migrantsOf,
} from '../parts/breeding.ts';
import { byGenerations } from '../parts/generations.ts';
import { untilEvaluations } from '../parts/match.ts';
import type { SearchSpec } from '../parts/sections.ts';
import { lineUp, NO_QUEUE, type Queue, queueCodec, startQueue, tryQueue } from './queue.ts';

/** Evaluations that a random mask takes until it is in the population. */
function triesPerMask(spec: SearchSpec, share: number): number {
  const rules = boundRulesOf(spec);
  if (!rules) return 1;
  const most = rules.strategy === 'adaptive-bound' ? rules.tries.reasonable : 1_000;
  return Math.max(1, most * share);
}

export const sltnGa = byGenerations<SearchSpec, Queue>({
  summary: 'a genetic algorithm over masks',
  starts: true,
  // It ends with the generation that reaches the number.
  match: untilEvaluations(false),
  evaluations({ search, ...rest }, { triesShare }) {
    const tries = triesPerMask({ search, ...rest }, triesShare);
    const offspring = expectedOffspring(search) + migrantsOf(search) * (tries - 1);
    return { first: Math.round(search.population * tries), each: Math.max(1, Math.round(offspring)) };
  },
  rules: ({ stop }) => stop,
  // With an accuracy bound, masks without a path of kept weights from an input to an output are rejected.
  needsNetwork: (spec) => boundRulesOf(spec) !== undefined,
  start(spec, problem) {
    const rules = boundRulesOf(spec);
    if (rules) return lineUp(spec, problem, 0, startQueue(rules, spec.search.population), []);
    return {
      offspring: breedStart(spec.seed, spec.search, problem.bits, maskDrawOf(spec, problem)),
      own: NO_QUEUE,
    };
  },
  breed(spec, problem, { generation, survivors, nextId, own }) {
    const { seed, search } = spec;
    const { bits, viable, allowed } = problem;
    if (!own.admission) {
      const draw = maskDrawOf(spec, problem);
      const offspring = breedOffspring(seed, search, bits, generation, survivors, nextId, draw, allowed);
      return { offspring, own: NO_QUEUE };
    }
    const descendants = breedDescendants(seed, search, bits, generation, survivors, nextId, {
      viable,
      ...defined({ allowed }),
    });
    // Random masks that wait are tried before others are drawn.
    const admission = { ...own.admission, wanted: migrantsOf(search) };
    const tried = tryQueue(spec, problem, generation, admission, own.waiting);
    return lineUp(spec, problem, generation, tried, descendants);
  },
  settle(spec, problem, generation, { queued, admission, born, waiting }, scored) {
    const descendants = scored.slice(0, scored.length - queued);
    if (!admission) return { newborns: descendants, own: NO_QUEUE };
    const queue = [...waiting, ...scored.slice(descendants.length)];
    const tried = tryQueue(spec, problem, generation, admission, queue);
    const all = [...descendants, ...born, ...tried.born];
    if (tried.admission.wanted === 0) return { newborns: all, own: { ...tried, queued: 0 } };
    return lineUp(spec, problem, generation, { ...tried, born: all }, []);
  },
  waiting({ search: { population: wanted } }, { admission }) {
    return admission && { found: wanted - admission.wanted, wanted, bound: admission.bound };
  },
  codec: queueCodec,
});
