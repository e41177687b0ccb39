/** Other tickets of a run: of all that it has found at the end, those that nothing beats in both fitness and sparsity. */
import type { Candidate } from '../../algorithms/algorithm.ts';
import { at } from '../../base/at.ts';
import { csvText } from '../../base/csv.ts';
import type { Evaluator } from '../../evaluation/evaluator.ts';
import { TicketSession } from '../../evaluation/ticket.ts';
import type { FrontRow } from '../../report/summary.ts';
import { countOnes, sparsityOf } from '../../search/genome.ts';
import { fitnessOf } from '../../search/individual.ts';
import * as keys from '../../store/keys.ts';
import type { Inputs } from '../inputs.ts';
import { encodeTicket } from '../networks.ts';
import type { Run } from '../run.ts';
import { type Contender, contenderOf } from './contender.ts';
import { pruneCandidate } from './pruning.ts';
import { type KnownScores, type Scored, scoreTest } from './ticket.ts';

interface FrontTable {
  /** Densest first; the run's own ticket is one of them. */
  readonly rows: FrontRow[];
  /** By key: models and masks of the others, and the table. */
  readonly files: Readonly<Record<string, Uint8Array | string>>;
}

const MOST_TICKETS = 20;

interface Place {
  readonly kept: number;
  readonly fitness: number;
}

function beats(a: Place, b: Place): boolean {
  return a.kept <= b.kept && a.fitness >= b.fitness && (a.kept < b.kept || a.fitness > b.fitness);
}

/** The masks that none of the others beats. */
function unbeaten<One>(all: readonly One[], placeOf: (one: One) => Place): One[] {
  const placed = all.map((one) => ({ one, place: placeOf(one) }));
  return placed
    .filter(({ place }) => !placed.some((other) => beats(other.place, place)))
    .map(({ one }) => one);
}

/** Each is pruned and scored by itself: of many, those that are evenly spread by weights, from end to end. */
function spread(candidates: readonly Candidate[]): Candidate[] {
  const order = candidates.toSorted((a, b) => countOnes(a.genome) - countOnes(b.genome));
  if (order.length <= MOST_TICKETS) return [...candidates];
  const step = (order.length - 1) / (MOST_TICKETS - 1);
  return Array.from({ length: MOST_TICKETS }, (_, place) => at(order, Math.round(place * step)));
}

/** `best` is one of them, whatever beats it. Densest first. */
export async function frontOf(
  run: Run,
  best: Contender,
  candidates: readonly Candidate[],
  inputs: Inputs,
  evaluatorOf: (run: Run) => Promise<Evaluator>,
): Promise<Contender[]> {
  const { spec, manifest } = run;
  const { objective } = spec.search;
  const promising = unbeaten(candidates, ({ genome, score }) => ({
    kept: countOnes(genome),
    fitness: score ? fitnessOf(score, objective) : Number.NEGATIVE_INFINITY,
  }));
  const all = [best];
  for (const candidate of spread(promising)) {
    const pruned = await pruneCandidate(run, candidate, inputs.train, evaluatorOf);
    const isKnown = all.some(({ ticket }) => Buffer.compare(ticket.genome, pruned.genome) === 0);
    if (!isKnown) all.push(await contenderOf(run, candidate, pruned, inputs));
  }
  const fitnessIn = ({ train }: KnownScores) => {
    const correct = Math.round(train.accuracy * manifest.trainSamples);
    const macroAverage = objective === 'macro-f1' ? train.macroF1 : train.balancedAccuracy;
    return fitnessOf({ correct, loss: train.loss ?? Number.NaN, macroAverage }, objective);
  };
  const front = unbeaten(all, (one) => ({ kept: keptBy(one), fitness: fitnessIn(one.scores) }));
  return all.filter((one) => one === best || front.includes(one)).toSorted((a, b) => keptBy(b) - keptBy(a));
}

function keptBy({ ticket }: Contender): number {
  return countOnes(ticket.genome);
}

/** The test data are scored now that `own`, with the scores `tested`, is picked. */
export async function frontTable(
  { manifest: { bits } }: Run,
  front: readonly Contender[],
  own: Contender,
  tested: Scored,
  inputs: Inputs,
): Promise<FrontTable> {
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
      trainAccuracy: train.accuracy,
      testAccuracy: test.accuracy,
      trainLoss: train.loss,
      testLoss: test.loss,
    });
  }
  return { rows, files: { ...files, [keys.FRONT]: csvText(COLUMNS, rows.map(cellsOf)) } };
}

async function testedOf({ ticket }: Contender, inputs: Inputs): Promise<Scored> {
  await using session = await TicketSession.open(ticket.model);
  return await scoreTest(session, inputs);
}

const COLUMNS = [
  'file',
  'sparsity',
  'keptWeights',
  'trainAccuracy',
  'testAccuracy',
  'trainLoss',
  'testLoss',
] as const;

function cellsOf(row: FrontRow) {
  return COLUMNS.map((column) => row[column] ?? undefined);
}
