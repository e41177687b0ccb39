/** ticket.min.onnx: the ticket without what no answer of it depends on, and what that saves. */
import type { AffineScaling, Samples } from '../../data/dataset.ts';
import { countSamples } from '../../data/dataset.ts';
import { TicketSession } from '../../evaluation/ticket.ts';
import { answerAlike, latencies } from '../../evaluation/ticket-compare.ts';
import type { Graph } from '../../network/graph.ts';
import { graphOfLayers } from '../../network/layers-graph.ts';
import { countParameters, maskedGraph, minimise } from '../../network/minimising/minimisation.ts';
import { buildMinimisedModel } from '../../network/models/ticket-model.ts';
import { isGraph, sizeOfGraph } from '../../network/network.ts';
import type { ModelSize, RunSummary } from '../../report/summary.ts';
import type { Inputs } from '../inputs.ts';
import type { Ticket } from './ticket.ts';

/** Milliseconds for which latencies are measured. */
const MEASURING = 200;
/** Multiply-adds of the comparison on the data, at most: a second or two. */
const COMPARING = 5e10;

export interface MinimisedTicket {
  /** ticket.min.onnx. */
  readonly model: Uint8Array;
  readonly sizes: NonNullable<RunSummary['minimised']>;
}

/**
 * The minimised ticket: the ticket itself where nothing can go, or where the smaller one would answer any of the samples
 * otherwise, as rounding can make it do where two classes are tied. `session`: the ticket's. `earlier`: its summary, if any.
 */
export async function minimisedTicket(
  { network, genome, metadata, model: ticket }: Ticket,
  session: TicketSession,
  scaling: AffineScaling,
  { train, test, validation }: Inputs,
  earlier: RunSummary | undefined,
): Promise<MinimisedTicket> {
  const samples = [test, ...(validation ? [validation] : []), train];
  const whole = maskedGraph(isGraph(network) ? network : graphOfLayers(network), genome);
  const smaller = minimise(network, genome);
  const { features } = test;
  const model = buildMinimisedModel(smaller, features, scaling, metadata);
  await using other = await TicketSession.open(model);
  const smallerFile = model.length < ticket.length;
  const alike = smallerFile && (await answersAlike(session, other, samples, sizeOfGraph(whole).multiplyAdds));
  // Sizes of this ticket may have been measured before: latencies are not measured again.
  const [before = 0, after = 0] = earlier?.minimised
    ? [earlier.minimised.before.latencyMs, earlier.minimised.after.latencyMs]
    : await latencies([session, alike ? other : session], test, MEASURING);
  const sizes = {
    before: sizesOf(whole, ticket, before),
    after: alike ? sizesOf(smaller.graph, model, after) : sizesOf(whole, ticket, after),
  };
  return { model: alike ? model : ticket, sizes };
}

function sizesOf(graph: Graph, model: Uint8Array, latencyMs: number): ModelSize {
  return {
    parameters: countParameters(graph),
    multiplyAdds: sizeOfGraph(graph).multiplyAdds,
    bytes: model.length,
    latencyMs: Number(latencyMs.toPrecision(4)),
  };
}

/** On as many of the samples as can be afforded, in their order. */
async function answersAlike(
  session: TicketSession,
  other: TicketSession,
  samples: readonly Samples[],
  multiplyAdds: number,
): Promise<boolean> {
  let rows = Math.max(100, Math.floor(COMPARING / Math.max(1, 2 * multiplyAdds)));
  for (const part of samples) {
    const count = Math.min(rows, countSamples(part));
    if (count === 0) continue;
    const { features } = part;
    const [x, labels] = [part.x.subarray(0, count * features), part.labels.subarray(0, count)];
    if (!(await answerAlike(session, other, { features, x, labels }))) return false;
    rows -= count;
  }
  return true;
}
