/** Input of a run's report. */
import { defined } from '../../base/defined.ts';
import type { TicketSession } from '../../evaluation/ticket.ts';
import { keptWeights } from '../../landscape/kept-shares.ts';
import type { Landscape } from '../../landscape/schema.ts';
import type { Survivor } from '../../report/figures/population-figure.ts';
import type { ReportInput } from '../../report/report.ts';
import type { RunSummary } from '../../report/summary.ts';
import { isDrawn } from '../../runspec/network.ts';
import { sparsityOf } from '../../search/genome.ts';
import type { Individual } from '../../search/individual.ts';
import type { Inputs } from '../inputs.ts';
import type { Run } from '../run.ts';
import type { Found } from './found.ts';
import { planeOf } from './plane.ts';
import type { Ticket, TicketScores } from './ticket.ts';

export async function reportInput(
  { spec, manifest }: Run,
  summary: RunSummary,
  { history, population, objective }: Found,
  { network, genome }: Ticket,
  { test }: TicketScores,
  { train }: Inputs,
  session: TicketSession,
  landscape: Landscape | undefined,
): Promise<ReportInput> {
  const { classNames, featureNames } = manifest;
  const plane = await planeOf(session, train);
  const genomes = population.map((individual) => individual.genome);
  return {
    summary,
    spec,
    history,
    population: drawnSurvivors(manifest, population),
    objective,
    network,
    given: !isDrawn(spec.network),
    names: { classes: classNames, features: featureNames },
    ticket: genome,
    confusion: test.confusion,
    ...defined({ kept: genomes.length > 0 ? keptWeights(network, genomes) : undefined, plane, landscape }),
  };
}

/** A population as its figure shows it. */
export function drawnSurvivors(
  { bits, trainSamples }: Pick<Run['manifest'], 'bits' | 'trainSamples'>,
  population: readonly Individual[],
): Survivor[] {
  return population.map(({ score, genome, origin, born }) => ({
    accuracy: score.correct / trainSamples,
    loss: Number.isFinite(score.loss) ? score.loss / trainSamples : null,
    macroAverage: Number.isFinite(score.macroAverage) ? score.macroAverage : null,
    sparsity: sparsityOf(genome, bits),
    origin,
    born,
  }));
}
