/** The progress of a run, at work or over: its results so far, from the artifacts of its steps. */
import papaparse from 'papaparse';
import { z } from 'zod';
import type { History } from '../algorithms/algorithm.ts';
import { epochRowSchema } from '../algorithms/parts/epoch-row.ts';
import { historyRowSchema } from '../algorithms/parts/history-row.ts';
import { textOf } from '../base/artifact-json.ts';
import { defined } from '../base/defined.ts';
import { DamagedArtifact } from '../base/errors.ts';
import type { Samples } from '../data/dataset.ts';
import type { AnyNetwork } from '../network/network.ts';
import type { RunSummary } from '../report/summary.ts';
import { type Found, readFound } from '../runs/final/found.ts';
import { readSummary, verifyResult } from '../runs/final/summary.ts';
import { decodeTicket, readNetwork, verified } from '../runs/networks.ts';
import { openRun, type Run } from '../runs/run.ts';
import { decodeSamples } from '../runs/samples.ts';
import { lastWholeState, type RunState } from '../runs/state.ts';
import * as keys from '../store/keys.ts';
import { getIfThere, type Store } from '../store/store.ts';

export interface RunStanding {
  readonly history: History;
  /** Summary of a run that is over, or was reported on. */
  readonly summary?: RunSummary;
  /** Absent until its data are prepared, and where a cell of a sweep has dropped all that can be made again. */
  readonly begun?: BegunStanding;
  /** Absent until its first generation is complete, too. */
  readonly live?: LiveStanding;
}

export interface BegunStanding {
  readonly run: Run;
  readonly state: RunState;
}

export interface LiveStanding extends BegunStanding {
  readonly found: Found;
  /** The best so far, or the ticket where the run is over. */
  readonly network: AnyNetwork;
  readonly genome: Uint8Array;
  /** Which of the two it is. */
  readonly mask: 'best mask' | 'ticket';
}

const NOTHING: RunStanding = { history: { by: 'generation', rows: [] } };

/** A run at work deletes generations while they are read: the next try finds newer ones. */
const TRIES = 12;

/** Throws DamagedArtifact. */
export async function standingIn(store: Store, running: boolean): Promise<RunStanding> {
  for (let tries = 1; ; tries++) {
    try {
      return await readStanding(store);
    } catch (error) {
      if (!running || tries === TRIES || !(error instanceof DamagedArtifact)) throw error;
    }
  }
}

async function readStanding(store: Store): Promise<RunStanding> {
  const summary = await readSummary(store);
  const begun = await begunStanding(store);
  const live = begun && (await liveStanding(store, begun, summary));
  if (live) return { history: live.found.history, ...defined({ summary }), begun, live };
  if (!summary) return { ...NOTHING, ...defined({ begun }) };
  return { history: await historyIn(store, summary), summary };
}

async function begunStanding(store: Store): Promise<BegunStanding | undefined> {
  const [first] = await store.list(keys.GENERATIONS);
  if (first === undefined || !(await getIfThere(store, keys.MANIFEST))) return undefined;
  const run = await openRun(store);
  const { state } = await lastWholeState(store);
  return { run, state };
}

async function liveStanding(
  store: Store,
  { run, state }: BegunStanding,
  summary: RunSummary | undefined,
): Promise<LiveStanding | undefined> {
  // The first masks are still evaluated: nothing is found yet.
  if (state.complete === null) return undefined;
  const drawn = await readNetwork(run);
  const at = { done: state.over !== null, generation: state.generation };
  const found = await readFound(run, at, drawn, state.clock.at);
  const [best] = found.candidates;
  const ticket = summary?.status === 'succeeded' ? await getIfThere(store, keys.TICKET_MASK) : undefined;
  if (ticket) verifyResult(store, keys.TICKET_MASK, ticket, summary);
  const network = best?.network ?? drawn;
  const genome = ticket ? decodeTicket(ticket, network, keys.TICKET_MASK) : best?.genome;
  return genome && { run, state, found, network, genome, mask: ticket ? 'ticket' : 'best mask' };
}

/** The training data. Throws DamagedArtifact. */
export async function trainingData(run: Run): Promise<Samples> {
  return decodeSamples(await verified(run)(keys.TRAIN), keys.TRAIN);
}

const generationsSchema = z.array(historyRowSchema);
const epochsSchema = z.array(epochRowSchema);

/** From history.csv. */
async function historyIn(store: Store, summary: RunSummary): Promise<History> {
  const bytes = await getIfThere(store, keys.HISTORY);
  if (!bytes) return NOTHING.history;
  verifyResult(store, keys.HISTORY, bytes, summary);
  const { data } = papaparse.parse(textOf(bytes), {
    header: true,
    dynamicTyping: true,
    skipEmptyLines: true,
  });
  const epochs = epochsSchema.safeParse(data);
  if (epochs.success) return { by: 'epoch', rows: epochs.data };
  const generations = generationsSchema.safeParse(data);
  if (generations.success) return { by: 'generation', rows: generations.data };
  throw new DamagedArtifact(`${store.uri}${keys.HISTORY}: is no history of this version`);
}
