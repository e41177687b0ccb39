/** finalize: prunes the best mask, scores the ticket on the test set, once, and exports it with its report. */
import { defined } from '../base/defined.ts';
import { sealedJson } from '../base/seal.ts';
import { AS_IF, type Platform } from '../cost/cost.ts';
import type { Evaluator } from '../evaluation/evaluator.ts';
import { TicketSession } from '../evaluation/ticket.ts';
import { historyCsv } from '../report/history.ts';
import { renderReport } from '../report/report.ts';
import { chooseCandidate } from '../runs/final/candidates.ts';
import { classPaths } from '../runs/final/class-paths.ts';
import { contenderOf, pickContender } from '../runs/final/contender.ts';
import { readFound } from '../runs/final/found.ts';
import { frontOf, frontTable } from '../runs/final/front.ts';
import { minimisedTicket } from '../runs/final/minimised-ticket.ts';
import { nestedTicket } from '../runs/final/nested-ticket.ts';
import { plantedFigures } from '../runs/final/planted.ts';
import { pruneCandidate } from '../runs/final/pruning.ts';
import { reportInput } from '../runs/final/report-input.ts';
import { costing, earlierSummary, summaryOf } from '../runs/final/summary.ts';
import { scoreTest } from '../runs/final/ticket.ts';
import { unprunedOf } from '../runs/final/unpruned.ts';
import { readInputs } from '../runs/inputs.ts';
import { readLandscape } from '../runs/landscape-artifacts.ts';
import { encodeTicket } from '../runs/networks.ts';
import { ownObjectiveOf, type Run, type RunName, type Spending, UNMETERED } from '../runs/run.ts';
import { type ContentsOf, putsOf, type RUN_ARTIFACTS } from '../store/artifacts.ts';
import * as keys from '../store/keys.ts';
import { checksum } from '../store/store.ts';
import type { SearchResult, SearchState } from '../workflow/payloads.ts';

export interface FinalizeContext {
  readonly run: (name: RunName) => Promise<Run>;
  readonly evaluator: (run: Run) => Promise<Evaluator>;
  /** The present, Unix time in milliseconds. */
  readonly now: () => number;
  readonly spent?: Spending;
  /** Where the run is, for its price. */
  readonly platform?: Platform;
  /** Makes a link to an object that a browser can open. */
  readonly linkTo?: (uri: string) => Promise<string | undefined>;
}

/** Files that every run ends with, except its summary. */
type OwnContents = Omit<
  ContentsOf<'Finalize', typeof RUN_ARTIFACTS>,
  typeof keys.SUMMARY | `front${string}` | typeof keys.TICKET_NESTED | typeof keys.NESTED
>;

/** Writes ticket, mask, history, summary and report. Safe to repeat. */
export async function finalize(event: SearchState, context: FinalizeContext): Promise<SearchResult> {
  const run = await context.run(event);
  const { store, manifest } = run;
  const inputs = await readInputs(run);
  const began = context.now();
  const found = await readFound(run, event, inputs.network, began);
  const chosen = await chooseCandidate(run, found, inputs.validation);
  const pruned = await pruneCandidate(run, chosen, inputs.train, context.evaluator);
  const best = await contenderOf(run, chosen, pruned, inputs);
  const { frontAxes = ['fitness', 'sparsity'] } = found;
  const others = found.front?.filter((candidate) => candidate !== chosen);
  const front = others && (await frontOf(run, best, others, frontAxes, inputs, context.evaluator));
  const { own, picked } = front ? pickContender(run, front, best) : { own: best };
  const { ticket } = own;
  await using session = await TicketSession.open(ticket.model);
  const scores = { ...own.scores, test: await scoreTest(session, inputs, ownObjectiveOf(run)) };
  const earlier = event.done ? await earlierSummary(run, found) : undefined;
  const minimised = await minimisedTicket(ticket, session, manifest.scaling, inputs, earlier);
  const { spent = UNMETERED, platform = AS_IF, now } = context;
  const table = front && (await frontTable(run, front, own, scores.test, inputs));
  const nested =
    found.order && (await nestedTicket(run, ticket.network, found.order, ticket.metadata, inputs));
  const unpruned = earlier?.unpruned ?? (await unprunedOf(run, inputs));
  const planted = await plantedFigures(run, inputs, ticket.genome);
  const paths = classPaths(ticket, scores.test.confusion, run.spec.search.codes);
  const cost = costing(event, found, began, { now, spent, platform }, earlier);
  const figures = {
    ...summaryOf(run, { event, found, own, scores, earlier }),
    minimised: minimised.sizes,
    ...defined({
      unpruned,
      planted,
      paths,
      picked,
      front: table?.rows,
      frontAxes: found.frontAxes,
      nested: nested?.rows,
    }),
  };
  const summary = { ...figures, ...cost(putsOf('Finalize', [])) };
  // Nobody looks around a ticket before there is one: a first finalize does not ask for a landscape.
  const landscape = earlier && (await readLandscape(store, manifest.specHash, ticket.genome));
  const report = await renderReport(
    await reportInput(run, summary, found, ticket, scores, inputs, session, landscape),
  );
  const contents: OwnContents = {
    [keys.TICKET]: ticket.model,
    [keys.TICKET_MINIMISED]: minimised.model,
    [keys.TICKET_MASK]: encodeTicket(ticket.network, ticket.genome, manifest.bits, ticket.metadata),
    [keys.HISTORY]: historyCsv(found.history),
    [keys.REPORT]: report,
  };
  const files = { ...contents, ...table?.files, ...nested?.files };
  await Promise.all(Object.entries(files).map(([key, content]) => store.put(key, content)));
  const { [keys.REPORT]: _, ...kept } = files;
  const checksums = Object.fromEntries(
    Object.entries(kept).map(([key, content]) => [key, checksum(content)]),
  );
  const written = { ...figures, ...cost(1), checksums };
  await store.put(keys.SUMMARY, sealedJson(written, 2));
  const link = await context.linkTo?.(`${store.uri}${keys.REPORT}`);
  return {
    status: 'succeeded',
    run: store.uri,
    stopReason: written.stopReason,
    trainAccuracy: written.trainAccuracy,
    testAccuracy: written.testAccuracy,
    sparsity: written.sparsity,
    generations: written.generations,
    evaluations: written.evaluations,
    costDollars: written.cost.dollars.total,
    ticket: `${store.uri}${keys.TICKET}`,
    report: `${store.uri}${keys.REPORT}`,
    ...(link === undefined ? {} : { link }),
  };
}
