/** ticket.min.onnx: the ticket without what no answer of it depends on, and what that saves. */
import type { AffineScaling, Samples } from '../data/dataset.ts';
import { countSamples } from '../data/dataset.ts';
import { TicketSession } from '../evaluation/ticket.ts';
import { answerAlike, latencies } from '../evaluation/ticket-compare.ts';
import type { Graph } from '../network/graph.ts';
import { graphOfLayers } from '../network/layers-graph.ts';
import { countParameters, maskedGraph, minimise } from '../network/minimising/minimise.ts';
import { buildMinimisedModel } from '../network/models/minimised-model.ts';
import { type AnyNetwork, isGraph } from '../network/network.ts';
import { sizeOfGraph } from '../network/size.ts';
import type { ModelSize, Summary } from '../report/summary.ts';

/** Milliseconds for which latencies are measured. */
const MEASURING = 200;
/** Multiply-adds of the comparison on the data, at most: a second or two. */
const COMPARING = 5e10;

export interface MinimisedTicket {
  /** ticket.min.onnx. */
  readonly model: Uint8Array;
  readonly sizes: NonNullable<Summary['minimised']>;
}

/** What a ticket is made of, and what it is held against. */
export interface TicketParts {
  readonly network: AnyNetwork;
  readonly genome: Uint8Array;
  readonly scaling: AffineScaling;
  readonly metadata: Readonly<Record<string, string>>;
  /** ticket.onnx, and a session that runs it. */
  readonly ticket: Uint8Array;
  readonly session: TicketSession;
  /** Its answers to these must stay; raw features. */
  readonly samples: readonly Samples[];
  /** Sizes of this ticket that were measured before: latencies are not measured again. */
  readonly earlier: Summary['minimised'];
}

/**
 * The minimised ticket: the ticket itself where nothing can go, or where the smaller one would answer any of the samples
 * otherwise, as rounding can make it do where two classes are tied.
 */
export async function minimisedTicket(parts: TicketParts): Promise<MinimisedTicket> {
  const { network, genome, scaling, metadata, ticket, session, samples, earlier } = parts;
  const whole = maskedGraph(isGraph(network) ? network : graphOfLayers(network), genome);
  const smaller = minimise(network, genome);
  const features = samples[0]?.features ?? 0;
  const model = buildMinimisedModel(smaller, features, scaling, metadata);
  await using other = await TicketSession.open(model);
  const smallerFile = model.length < ticket.length;
  const alike = smallerFile && (await answersAlike(session, other, samples, sizeOfGraph(whole).multiplyAdds));
  const [first = { x: new Float32Array(features), labels: Uint16Array.of(0), features }] = samples;
  const [before = 0, after = 0] = earlier
    ? [earlier.before.latencyMs, earlier.after.latencyMs]
    : await latencies([session, alike ? other : session], first, MEASURING);
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
    const compared = {
      features,
      x: part.x.subarray(0, count * features),
      labels: part.labels.subarray(0, count),
    };
    if (!(await answerAlike(session, other, compared))) return false;
    rows -= count;
  }
  return true;
}
