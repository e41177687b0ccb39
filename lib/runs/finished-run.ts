/**
 * A run that is over, as those see it who look at its ticket later: from few of its artifacts, since the large ones may
 * be gone. Data are functions of the spec, and every ticket comes with its weights.
 */
import { algorithmNamed } from '../algorithms/registry.ts';
import { parseArtifact } from '../base/artifact-json.ts';
import { defined } from '../base/defined.ts';
import { DamagedArtifact, UserError } from '../base/errors.ts';
import { shellWord } from '../base/shell-word.ts';
import type { OpenSource } from '../base/source.ts';
import type { AnyNetwork } from '../network/network.ts';
import type { RunSummary } from '../report/summary.ts';
import { specHash } from '../runspec/identity.ts';
import { completeSpecSchema, type RunSpec } from '../runspec/schema.ts';
import * as keys from '../store/keys.ts';
import { checksum, getIfThere, type Store } from '../store/store.ts';
import { readSummary, verifyResult } from './final/summary.ts';
import { decodeSurvivors } from './individuals.ts';
import { type Manifest, manifestSchema } from './manifest.ts';
import { bitsOf, decodeGraph, decodeNetwork, decodeTicket, networkArtifact } from './networks.ts';
import { required, verify } from './run.ts';
import { resolveSpec } from './spec-resolution.ts';
import { runStateSchema } from './state.ts';

export interface FinishedRun {
  readonly store: Store;
  /** As people call it: the path of its folder. */
  readonly name: string;
  readonly spec: RunSpec;
  readonly summary: RunSummary;
  /** Absent where only the small artifacts are left. */
  readonly manifest?: Manifest;
  readonly network: AnyNetwork;
  /** Prunable weights. */
  readonly bits: number;
  /** The packed mask of the ticket, after pruning. */
  readonly ticket: Uint8Array;
  /** The packed masks of the final population, best first; none where it is gone or there never was one. */
  readonly population: readonly Uint8Array[];
  /** For a cell of a sweep: its grid point and algorithm, as its id names them. */
  readonly group?: string;
}

/** Why a run has no ticket to look at: it is not over, or it trained the weights and has no mask. */
export type WithoutTicket = 'unfinished' | 'unmasked';

/** Throws UserError for a run that is not over or has no mask, DamagedArtifact for artifacts that do not fit together. */
export async function openFinishedRun(store: Store, name: string, open: OpenSource): Promise<FinishedRun> {
  const run = await findFinishedRun(store, name, open);
  if (run === 'unfinished') {
    throw new UserError(
      `${name}: the run is not finished; finish it with: npx tombola resume ${shellWord(name)}`,
    );
  }
  if (run === 'unmasked')
    throw new UserError(
      `${name}: the run trained the weights, so there is no mask whose bits could be flipped`,
    );
  return run;
}

/** The same, where a run may well be without a ticket. Throws DamagedArtifact. */
export async function findFinishedRun(
  store: Store,
  name: string,
  open: OpenSource,
): Promise<FinishedRun | WithoutTicket> {
  const [specBytes, manifestBytes, summary, ticketBytes] = await Promise.all([
    required(store, keys.SPEC),
    getIfThere(store, keys.MANIFEST),
    readSummary(store),
    getIfThere(store, keys.TICKET_MASK),
  ]);
  const spec = parseArtifact(keys.SPEC, store, specBytes, completeSpecSchema);
  if (algorithmNamed(spec.algorithm).finds === 'weights') return 'unmasked';
  if (!summary || !ticketBytes || summary.status !== 'succeeded') return 'unfinished';
  verifyResult(store, keys.TICKET_MASK, ticketBytes, summary);
  const manifest = manifestBytes && parseArtifact(keys.MANIFEST, store, manifestBytes, manifestSchema);
  if (manifest) verify(store, keys.SPEC, specBytes, manifest.checksums[keys.SPEC]);
  else if (summary.specHash !== specHash(spec)) {
    throw new DamagedArtifact(`${store.uri}${keys.SUMMARY}: is the summary of another run than ${keys.SPEC}`);
  }
  const network = await networkOf(store, spec, ticketBytes, open);
  const bits = bitsOf(network);
  const { key, bytes } = networkArtifact(network);
  if (manifest && checksum(bytes) !== manifest.checksums[key])
    throw new DamagedArtifact(`${store.uri}${keys.TICKET_MASK}: its weights are not those of the run`);
  return {
    store,
    name,
    spec,
    summary,
    ...defined({ manifest }),
    network,
    bits,
    ticket: decodeTicket(ticketBytes, network, `${store.uri}${keys.TICKET_MASK}`),
    population: await lastPopulation(store, bits),
  };
}

/** The network: the ticket's, or, of a graph, whose nodes the ticket does not hold, as the run left it or made anew. */
async function networkOf(store: Store, spec: RunSpec, ticket: Uint8Array, open: OpenSource) {
  if ('layers' in spec.network) {
    const network = decodeNetwork(ticket, keys.TICKET_MASK);
    const [found, expected] = [`[${network.widths}]`, `[${spec.network.layers}]`];
    if (found === expected) return network;
    throw new DamagedArtifact(
      `${store.uri}${keys.TICKET_MASK}: its layers are ${found}, those of the run are ${expected}`,
    );
  }
  const graph = await getIfThere(store, keys.GRAPH);
  if (graph) return decodeGraph(graph, spec, keys.GRAPH);
  const weights = await getIfThere(store, keys.WEIGHTS);
  return weights ? decodeNetwork(weights, keys.WEIGHTS) : (await resolveSpec(spec, open)).network;
}

async function lastPopulation(store: Store, bits: number): Promise<Uint8Array[]> {
  const there = await store.list(keys.GENERATIONS);
  const last = there.findLast((key) => key.endsWith('/survivors.safetensors'));
  const generation = keys.generationOf(last ?? '');
  if (last === undefined || generation === undefined) return [];
  const bytes = await required(store, last);
  // Runs of earlier versions have no checksum of it.
  const endKey = keys.endOf(generation);
  const end = await getIfThere(store, endKey);
  if (end) verify(store, last, bytes, parseArtifact(endKey, store, end, runStateSchema).checksums[last]);
  return decodeSurvivors(bytes, bits, `${store.uri}${last}`).map(({ genome }) => genome);
}
