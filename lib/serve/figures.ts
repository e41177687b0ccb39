/** The figures of a run's page: those of its report, drawn of what it has found so far. */

import { wordingOf } from '../algorithms/registry.ts';
import { TicketSession } from '../evaluation/ticket.ts';
import { keptWeights } from '../landscape/kept-shares.ts';
import { isGraph } from '../network/network.ts';
import { type Figure, figureElement } from '../report/figures/figure.ts';
import { frontFigures } from '../report/figures/front-figure.ts';
import { historyFigures } from '../report/figures/history-figures.ts';
import { keptFigure } from '../report/figures/kept-figure.ts';
import { layersFigure } from '../report/figures/layers-figure.ts';
import { learningFigures } from '../report/figures/learning-figures.ts';
import { nestedFigure } from '../report/figures/nested-figure.ts';
import { networkFigure } from '../report/figures/network-figure.ts';
import { planeFigure } from '../report/figures/plane-figure.ts';
import { populationFigure } from '../report/figures/population-figure.ts';
import type { Html } from '../report/html.ts';
import { fairnessTables } from '../report/tables/fairness-table.ts';
import { layersTable } from '../report/tables/layers-table.ts';
import { planeOf } from '../runs/final/plane.ts';
import { drawnSurvivors } from '../runs/final/report-input.ts';
import { ticketOf } from '../runs/final/ticket.ts';
import { isDrawn } from '../runspec/network.ts';
import type { SectionView } from './messages.ts';
import type { LiveStanding, RunStanding } from './standing.ts';
import { trainingData } from './standing.ts';

/** The decision regions of a mask over the plane of two features. */
export interface Frame {
  readonly plane: NonNullable<Awaited<ReturnType<typeof planeOf>>>;
  readonly live: Pick<LiveStanding, 'run' | 'mask'>;
}

/** How the run goes: its curves, its survivors, and what they have in common. */
export async function courseSections(name: string, standing: RunStanding): Promise<SectionView[]> {
  const { history, live, summary } = standing;
  const curves =
    history.by === 'epoch'
      ? await learningFigures(history.rows)
      : await historyFigures(history.rows, live?.found.objective ?? summary?.objective ?? 'accuracy');
  const [population, kept] = live ? await survivorFigures(live, standing) : [null, null];
  const results =
    summary?.status === 'succeeded'
      ? [
          ...(await frontFigures(summary, `/files/${encodeURIComponent(name)}/`)),
          await nestedFigure(summary.nested),
        ]
      : [];
  const figures = [...curves, population, ...results, kept].filter((figure) => figure !== null);
  return sectionOf('course', history.by === 'epoch' ? 'Training' : 'Search', figures);
}

async function survivorFigures(
  { run, found, network }: LiveStanding,
  { summary }: RunStanding,
): Promise<readonly [Figure | null, Figure | null]> {
  const { population, objective } = found;
  if (population.length === 0) return [null, null];
  const ticket = summary?.status === 'succeeded' ? summary : undefined;
  return [
    await populationFigure(drawnSurvivors(run.manifest, population), objective, ticket),
    keptFigure(
      keptWeights(
        network,
        population.map(({ genome }) => genome),
      ),
      'How often each weight is kept',
      ticket ? 'masks of the final population' : 'surviving masks',
    ),
  ];
}

/** The subnetwork itself; `plane`: what it decides. */
export async function ticketSections({ live, summary }: RunStanding, over: boolean): Promise<SectionView[]> {
  if (!live) return [];
  const { run, network, genome, mask } = live;
  const trained = wordingOf(run.spec.algorithm).found === 'trained';
  const about = { ...names(live), trained, mask, given: !isDrawn(run.spec.network) };
  const drawn = isGraph(network)
    ? layersFigure(network, genome, mask)
    : networkFigure(network, genome, about);
  return sectionOf('ticket', over ? 'Ticket' : 'Best mask so far', drawn ? [drawn] : [], [
    layersTable(network, genome),
    ...(over && summary?.fairness ? [fairnessTables(summary.fairness)] : []),
  ]);
}

function names({ run: { manifest } }: Pick<LiveStanding, 'run'>) {
  return { classes: manifest.classNames, features: manifest.featureNames };
}

/** The regions of the best mask; undefined for data with more or fewer features. */
export async function frameNow({ run, network, genome, mask }: LiveStanding): Promise<Frame | undefined> {
  if (run.manifest.features !== 2) return undefined;
  const train = await trainingData(run);
  await using session = await TicketSession.open(ticketOf(run, network, genome).model);
  const plane = await planeOf(session, train);
  return plane && { plane, live: { run, mask } };
}

export async function drawPlane({ plane, live }: Frame): Promise<string> {
  return figureElement(await planeFigure(plane, names(live), live.mask)).markup;
}

function sectionOf(
  id: string,
  title: string,
  figures: readonly Figure[],
  tables: readonly Html[] = [],
): SectionView[] {
  const parts = [...figures.map(figureElement), ...tables].map(({ markup }) => markup);
  return parts.length === 0 ? [] : [{ id, title, parts }];
}
