/** Measurements of `tombola landscape`: around one ticket, or between the tickets of several runs. */

import { group } from 'd3-array';
import { randomGenome } from '../algorithms/parts/operators.ts';
import { UserError } from '../base/errors.ts';
import { memo } from '../base/memo.ts';
import { random } from '../base/random.ts';
import type { OpenSource } from '../base/source.ts';
import { estimateTime } from '../evaluation/evaluator-choice.ts';
import { estimatePosition } from '../evaluation/flips/layout.ts';
import { keptWeights } from '../landscape/kept-shares.ts';
import { differingBits, measurePath, mostDistant, type PathEnds } from '../landscape/path.ts';
import { pathEvaluations, planPath, planResolution } from '../landscape/plan.ts';
import type { KeptGroup, Landscape } from '../landscape/schema.ts';
import type { Evaluate } from '../landscape/scoring.ts';
import { measureSlice, planSlice } from '../landscape/slice.ts';
import { summarisePath, summariseSlice } from '../landscape/statistics.ts';
import { layersOf } from '../network/layers-graph.ts';
import { type AnyNetwork, isGraph } from '../network/network.ts';
import { withoutPaths } from '../runspec/identity.ts';
import { isDrawn, nameOfNetwork } from '../runspec/network.ts';
import { sizeOfNetwork } from '../runspec/shape.ts';
import { checksum } from '../store/store.ts';
import { VERSION } from '../version.ts';
import type { FinishedRun } from './finished-run.ts';
import { openScorer } from './landscape-scorer.ts';
import { measureStatistics } from './landscape-statistics.ts';
import { networkArtifact } from './networks.ts';

export interface LandscapeRequest {
  readonly seed: number;
  /** Places along each side of the slice; as many as time allows, up to 25, if absent. */
  readonly resolution?: number;
  /** Several runs: whether to walk between their tickets, for which they need the same weights. */
  readonly paths: boolean;
  /** Climbs to local optima of each run, by each figure; with 0 ruggedness and neutrality are not measured either. */
  readonly optima: number;
  /** Told how many of how many climbs are done. */
  readonly onClimb?: (done: number, total: number) => void;
  /** Opens the files of a run whose data are gone. */
  readonly open: OpenSource;
  /** Told how many of about how many masks are evaluated. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** With several runs, paths lead between the first so many: six pairs. */
const MOST_WALKED = 4;
/** With several runs, kept weights are counted in the first so many groups; the papers' studies have 48. */
const MOST_GROUPS = 50;
/** A final population whose better half lies within this share of the bits around its best has converged. */
const CONVERGED = 0.05;

interface NamedPath extends PathEnds {
  readonly names: { readonly from: string; readonly to: string };
}

function distanceOf({ from, to, bits }: PathEnds): number {
  return differingBits(from, to, bits).length;
}

/** Throws UserError where the runs cannot be compared. */
export async function measureLandscape(
  runs: readonly [FinishedRun, ...FinishedRun[]],
  { seed, resolution: asked, paths: walked, optima, open, onProgress, onClimb }: LandscapeRequest,
): Promise<Landscape> {
  const [run] = runs;
  const single = runs.length === 1;
  if (walked) for (const other of runs.slice(1)) requireComparable(run, other);
  const paths = single ? pathsAround(run, seed) : walked ? pathsBetween(runs.slice(0, MOST_WALKED)) : [];
  const samples = run.summary.trainSamples;
  const secondsPerMask = secondsPerEvaluation(run);
  const resolution = planResolution(secondsPerMask, asked);
  const planned = paths.map((path) => {
    const distance = distanceOf(path);
    const plan = planPath(distance, secondsPerMask, resolution, flipsAlone(run));
    return { path, plan, evaluations: pathEvaluations(distance, plan) };
  });
  const slicePlan = single ? planSlice(run.bits, resolution) : undefined;
  const sliceSize = slicePlan ? (2 * slicePlan.reach + 1) ** 2 : 0;
  const total = planned.reduce((sum, one) => sum + one.evaluations, sliceSize);

  let evaluations = 0;
  await using scorer = await openScorer(run, total > 0, open);
  const evaluate: Evaluate = async (masks) => {
    const scores = await scorer.evaluate(masks);
    evaluations += masks.count;
    onProgress?.(evaluations, Math.max(total, evaluations));
    return scores;
  };
  const slice = slicePlan
    ? summariseSlice(await measureSlice(run.ticket, run.bits, seed, slicePlan, evaluate), slicePlan, samples)
    : null;
  const measured = [];
  for (const [index, { path, plan }] of planned.entries()) {
    const found = await measurePath(path, { seed, path: index }, plan, evaluate, scorer.openWalk);
    measured.push(summarisePath(found, plan, samples, path.names));
  }
  const statistics =
    optima === 0 ? [] : await measureStatistics(runs, { seed, optima, open, onProgress: onClimb });
  const groups = group(runs, groupOf);
  return {
    version: VERSION,
    seed,
    resolution,
    evaluations,
    samples,
    bits: run.bits,
    runs: runs.map((one) => ({
      name: one.name,
      specHash: one.summary.specHash,
      ticket: checksum(one.ticket),
      group: groupOf(one),
      sameWeights: haveSameWeights(groups.get(groupOf(one))?.[0] ?? run, one),
    })),
    paths: measured,
    slice,
    kept: single && run.population.length > 0 ? keptWeights(run.network, run.population) : null,
    groups: single ? [] : [...groups].slice(0, MOST_GROUPS).map(keptInGroup),
    statistics,
  };
}

/** Key of runs that may be counted together: the same network and, in a sweep, the same grid point and algorithm. */
function groupOf({ group, spec }: FinishedRun): string {
  const network = nameOfNetwork(spec.network);
  return group === undefined ? network : `${group} ${network}`;
}

function keptInGroup([name, runs]: readonly [string, readonly FinishedRun[]]): KeptGroup {
  const tickets = runs.map(({ ticket }) => ticket);
  const [first] = runs;
  if (!first) throw new Error('a group without runs');
  return { name, ...keptWeights(first.network, tickets) };
}

/**
 * From a ticket to a fair random mask, always: how much better the ticket is than chance, and the accuracies between. To the
 * individual of the final population's better half that is most distant from its best only if that is far: a population
 * that has converged holds near copies of one mask. The best itself is the measure, since the ticket has been pruned.
 */
function pathsAround({ ticket: from, population, bits }: FinishedRun, seed: number): NamedPath[] {
  const paths: NamedPath[] = [];
  const [best = from] = population;
  const better = population.slice(0, Math.ceil(population.length / 2));
  const far = mostDistant(best, better, bits);
  if (far && far.distance > CONVERGED * bits) {
    const to = better[far.index] ?? from;
    paths.push({ from, to, bits, names: { from: 'the ticket', to: 'the most distant survivor' } });
  }
  const to = randomGenome(random(seed, 'landscape-target'), bits);
  paths.push({ from, to, bits, names: { from: 'the ticket', to: 'a random mask' } });
  return paths.filter((path) => distanceOf(path) > 0);
}

function pathsBetween(runs: readonly FinishedRun[]): NamedPath[] {
  const paths = runs.flatMap((one, index) =>
    runs.slice(index + 1).map((other) => ({
      from: one.ticket,
      to: other.ticket,
      bits: one.bits,
      names: { from: one.name, to: other.name },
    })),
  );
  const apart = paths.filter((path) => distanceOf(path) > 0);
  if (apart.length > 0) return apart;
  throw new UserError(
    `${runs.map(({ name }) => name).join(', ')}: their tickets are the same mask, so there is no path between them; give runs with other tickets, or add --no-paths to see how often weights are kept`,
  );
}

function haveSameWeights(one: FinishedRun, other: FinishedRun): boolean {
  return digestOf(one.network) === digestOf(other.network);
}

const digests = new WeakMap<AnyNetwork, string>();

/** Bytes of the network as an artifact: structure, weights, biases. */
function digestOf(network: AnyNetwork): string {
  return memo(digests, network, () => checksum(networkArtifact(network).bytes));
}

/** Bytes of a walk by single flips, at most: a fixed number, so that a landscape depends on no machine. */
const MOST_BYTES = 2 ** 29;

/** Whether single flips can be evaluated alone. */
function flipsAlone({ network, summary: { trainSamples } }: FinishedRun): boolean {
  const layers = layersOf(network);
  return !!layers && estimatePosition(layers.widths, trainSamples, 'cross-entropy') <= MOST_BYTES;
}

/** Estimated time for one mask on the training data. */
function secondsPerEvaluation({ network, spec, summary: { trainSamples: samples } }: FinishedRun): number {
  const task = { samples, objective: 'cross-entropy' } as const;
  if (!isGraph(network)) {
    return 1e-9 * samples * estimateTime('general', { ...task, widths: network.widths });
  }
  return SECONDS_PER_PASS + 1e-9 * samples * estimateTime('graph', { ...task, size: sizeOfNetwork(spec) });
}

/** Time of a pass through a graph beside its arithmetic: graphs are evaluated a mask at a time. */
const SECONDS_PER_PASS = 2e-3;

/** Throws UserError that says in what `other` differs, so that no path could lead there. */
function requireComparable(run: FinishedRun, other: FinishedRun): void {
  const show = ({ spec }: FinishedRun) => nameOfNetwork(spec.network);
  if (show(run) !== show(other)) {
    throw new UserError(
      `${other.name}: its network is ${show(other)}, the network of ${run.name} is ${show(run)}; there is no path between masks of different networks; give runs of one network, or add --no-paths to see how often each network's weights are kept`,
    );
  }
  if (!haveSameWeights(run, other)) {
    const draw = ({ spec: { network, seed } }: FinishedRun) =>
      isDrawn(network)
        ? `${network.initializer}, seed ${network.seed ?? seed}`
        : `those of ${network.model}, SHA-256 ${network.found.sha256.slice(0, 12)}…`;
    throw new UserError(
      `${other.name}: has other weights (${draw(other)}) than ${run.name} (${draw(run)}), so there is no path between their tickets; give both specs the same network.seed, or add --no-paths to see how often weights are kept`,
    );
  }
  const [task, otherTask] = [run, other].map(({ spec }) => JSON.stringify(withoutPaths(spec.task)));
  if (task !== otherTask) {
    throw new UserError(
      `${other.name}: has another task than ${run.name}; compare their specs (task), or add --no-paths to see how often weights are kept`,
    );
  }
}
