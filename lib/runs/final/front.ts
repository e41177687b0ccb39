/** Other tickets of a run: of all that it has found at the end, those that nothing beats in both fitness and sparsity, or other figures. */
import type { Candidate, FrontAxis } from '../../algorithms/algorithm.ts';
import { at } from '../../base/at.ts';
import { csvText } from '../../base/csv.ts';
import type { Evaluator } from '../../evaluation/evaluator.ts';
import { TicketSession } from '../../evaluation/ticket.ts';
import { minimisedSize } from '../../network/minimising/minimised-size.ts';
import type { AnyNetwork } from '../../network/network.ts';
import { GAP_COLUMNS } from '../../report/fairness.ts';
import type { FrontRow } from '../../report/summary.ts';
import { undominated } from '../../search/dominance.ts';
import type { Fairness } from '../../search/fairness.ts';
import { countOnes, sparsityOf } from '../../search/genome.ts';
import { fitnessOf } from '../../search/individual.ts';
import * as keys from '../../store/keys.ts';
import { fairnessIn } from '../groups.ts';
import type { Inputs } from '../inputs.ts';
import { encodeTicket } from '../networks.ts';
import type { Run } from '../run.ts';
import { type Contender, contenderOf } from './contender.ts';
import { pruneCandidate } from './pruning.ts';
import { type Scored, scoreTest } from './ticket.ts';

interface FrontTable {
  /** Densest first; the run's own ticket is one of them. */
  readonly rows: FrontRow[];
  /** By key: models and masks of the others, and the table. */
  readonly files: Readonly<Record<string, Uint8Array | string>>;
}

const MOST_TICKETS = 20;

/** A figure of a mask on the training data; larger is better. */
type Measure<One> = (one: One, axis: FrontAxis | 'excess') => number;

/** The masks that none of the others beats. */
function unbeaten<One>(
  all: readonly One[],
  axes: readonly (FrontAxis | 'excess')[],
  measure: Measure<One>,
): One[] {
  return undominated(all.map((one) => axes.map((axis) => measure(one, axis)))).map((position) =>
    at(all, position),
  );
}

/** Each is pruned and scored by itself: of many, those that are evenly spread by weights, or another figure, from end to end. */
function spread(candidates: readonly Candidate[], sizeOf: (one: Candidate) => number): Candidate[] {
  const order = candidates.toSorted((a, b) => sizeOf(a) - sizeOf(b));
  if (order.length <= MOST_TICKETS) return [...candidates];
  const step = (order.length - 1) / (MOST_TICKETS - 1);
  return Array.from({ length: MOST_TICKETS }, (_, place) => at(order, Math.round(place * step)));
}

/** `best` is one of them, whatever beats it. Densest first. */
export async function frontOf(
  run: Run,
  best: Contender,
  candidates: readonly Candidate[],
  figures: readonly FrontAxis[],
  inputs: Inputs,
  evaluatorOf: (run: Run) => Promise<Evaluator>,
): Promise<Contender[]> {
  const { constraints } = run.spec.search;
  const axes = [...figures, ...(constraints ? (['excess'] as const) : [])];
  const measure = measureOfCandidate(run);
  const own = figures.find((axis) => axis !== 'fitness') ?? 'sparsity';
  const along = figures.includes('sparsity') ? 'sparsity' : own;
  const all = [best];
  for (const candidate of spread(unbeaten(candidates, axes, measure), (one) => -measure(one, along))) {
    const pruned = await pruneCandidate(run, candidate, inputs.train, evaluatorOf);
    const isKnown = all.some(({ ticket }) => Buffer.compare(ticket.genome, pruned.genome) === 0);
    if (!isKnown) all.push(await contenderOf(run, candidate, pruned, inputs));
  }
  const front = unbeaten(all, axes, measureOfContender(run));
  return all.filter((one) => one === best || front.includes(one)).toSorted((a, b) => keptBy(b) - keptBy(a));
}

function measureOfCandidate({ spec }: Run): Measure<Candidate> {
  return ({ network, genome, score }, axis) => {
    if (axis === 'sparsity') return -countOnes(genome);
    if (axis === 'units' || axis === 'multiply-adds') return -sizeOf(network, genome, axis);
    if (!score) return Number.NEGATIVE_INFINITY;
    if (axis === 'fitness') return fitnessOf(score, spec.search.objective);
    if (axis === 'loss') return fitnessOf(score, 'cross-entropy');
    return -(score.fairness?.[axis] ?? 0);
  };
}

function measureOfContender(run: Run): Measure<Contender> {
  const { spec, manifest } = run;
  const { objective } = spec.search;
  return ({ ticket, scores: { train } }, axis) => {
    if (axis === 'sparsity') return -countOnes(ticket.genome);
    if (axis === 'units' || axis === 'multiply-adds') return -sizeOf(ticket.network, ticket.genome, axis);
    const correct = Math.round(train.accuracy * manifest.trainSamples);
    const macroAverage = train.own ?? (objective === 'macro-f1' ? train.macroF1 : train.balancedAccuracy);
    const score = { correct, loss: train.loss ?? Number.NaN, macroAverage };
    if (axis === 'fitness') return fitnessOf(score, objective);
    if (axis === 'loss') return fitnessOf(score, 'cross-entropy');
    return -(fairnessIn(run, train)?.[axis] ?? 0);
  };
}

/** Of the network that the mask leaves. */
function sizeOf(network: AnyNetwork, genome: Uint8Array, axis: 'units' | 'multiply-adds'): number {
  const { units, multiplyAdds } = minimisedSize(network, genome);
  return axis === 'units' ? units : multiplyAdds;
}

function keptBy({ ticket }: Contender): number {
  return countOnes(ticket.genome);
}

/** The test data are scored now that `own`, with the scores `tested`, is picked. */
export async function frontTable(
  run: Run,
  front: readonly Contender[],
  own: Contender,
  tested: Scored,
  inputs: Inputs,
): Promise<FrontTable> {
  const { bits } = run.manifest;
  const files: Record<string, Uint8Array | string> = {};
  const rows: FrontRow[] = [];
  for (const [index, one] of front.entries()) {
    const { network, genome, metadata, model } = one.ticket;
    const file = one === own ? keys.TICKET : keys.frontTicketOf(index + 1);
    if (one !== own) {
      files[file] = model;
      files[keys.frontMaskOf(index + 1)] = encodeTicket(network, genome, bits, metadata);
    }
    const { train } = one.scores;
    const test = one === own ? tested : await testedOf(one, inputs);
    rows.push({
      file,
      sparsity: sparsityOf(genome, bits),
      keptWeights: keptBy(one),
      ...minimisedSize(network, genome),
      trainAccuracy: train.accuracy,
      testAccuracy: test.accuracy,
      trainLoss: train.loss,
      testLoss: test.loss,
      ...gapCells(fairnessIn(run, train), fairnessIn(run, test)),
    });
  }
  const columns = COLUMNS.filter((column) => rows[0] && column in rows[0]);
  const cells = rows.map((row) => columns.map((column) => row[column] ?? undefined));
  return { rows, files: { ...files, [keys.FRONT]: csvText(columns, cells) } };
}

async function testedOf({ ticket }: Contender, inputs: Inputs): Promise<Scored> {
  await using session = await TicketSession.open(ticket.model);
  return await scoreTest(session, inputs);
}

const COLUMNS = [
  'file',
  'sparsity',
  'keptWeights',
  'units',
  'multiplyAdds',
  'trainAccuracy',
  'testAccuracy',
  'trainLoss',
  'testLoss',
  ...GAP_COLUMNS,
] as const satisfies readonly (keyof FrontRow)[];

function gapCells(train: Fairness | undefined, test: Fairness | undefined): Partial<FrontRow> {
  if (!train || !test) return {};
  const known = (gap: number) => (Number.isFinite(gap) ? gap : null);
  return {
    trainDemographicParity: known(train.demographicParity),
    testDemographicParity: known(test.demographicParity),
    trainEqualOpportunity: known(train.equalOpportunity),
    testEqualOpportunity: known(test.equalOpportunity),
    trainEqualisedOdds: known(train.equalisedOdds),
    testEqualisedOdds: known(test.equalisedOdds),
  };
}
