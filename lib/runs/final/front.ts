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
import { pruneCandidate } from './pruning.ts';
import { scoreTicket, type Ticket, type TicketScores, ticketOf } from './ticket.ts';

/** A ticket with its scores. */
interface Scored {
  readonly ticket: Ticket;
  readonly scores: TicketScores;
}

interface Front {
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

/** Nothing here has a say in which ticket the run ends with. */
export async function frontOf(
  run: Run,
  candidates: readonly Candidate[],
  own: Scored,
  inputs: Inputs,
  evaluatorOf: (run: Run) => Promise<Evaluator>,
): Promise<Front> {
  const { spec, manifest } = run;
  const { objective } = spec.search;
  const promising = unbeaten(candidates, ({ genome, score }) => ({
    kept: countOnes(genome),
    fitness: score ? fitnessOf(score, objective) : Number.NEGATIVE_INFINITY,
  }));
  const all = [own];
  for (const candidate of spread(promising)) {
    const { genome } = await pruneCandidate(run, candidate, inputs.train, evaluatorOf);
    if (all.some(({ ticket }) => Buffer.compare(ticket.genome, genome) === 0)) continue;
    const ticket = ticketOf(run, candidate.network, genome);
    await using session = await TicketSession.open(ticket.model);
    all.push({ ticket, scores: await scoreTicket(session, inputs) });
  }
  const fitnessIn = ({ train }: TicketScores) => {
    const correct = Math.round(train.accuracy * manifest.trainSamples);
    const macroAverage = objective === 'macro-f1' ? train.macroF1 : train.balancedAccuracy;
    return fitnessOf({ correct, loss: train.loss ?? Number.NaN, macroAverage }, objective);
  };
  const kept = ({ ticket }: Scored) => countOnes(ticket.genome);
  const front = unbeaten(all, (one) => ({ kept: kept(one), fitness: fitnessIn(one.scores) }));
  const best = all.filter((one) => one === own || front.includes(one)).toSorted((a, b) => kept(b) - kept(a));
  const files: Record<string, Uint8Array | string> = {};
  const rows = best.map((one, index): FrontRow => {
    const { network, genome, metadata, model } = one.ticket;
    const file = one === own ? keys.TICKET : keys.frontTicketOf(index + 1);
    if (one !== own) {
      files[file] = model;
      files[keys.frontMaskOf(index + 1)] = encodeTicket(network, genome, manifest.bits, metadata);
    }
    const { train, test } = one.scores;
    return {
      file,
      sparsity: sparsityOf(genome, manifest.bits),
      keptWeights: kept(one),
      trainAccuracy: train.accuracy,
      testAccuracy: test.accuracy,
      trainLoss: train.loss,
      testLoss: test.loss,
    };
  });
  return { rows, files: { ...files, [keys.FRONT]: csvText(COLUMNS, rows.map(cellsOf)) } };
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
