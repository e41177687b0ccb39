/** prepare: from a run spec to a run that is ready to be evaluated; or from a run's artifacts back to its last state. */

import { z } from 'zod';
import { algorithmNamed } from '../algorithms/registry.ts';
import { defined } from '../base/defined.ts';
import { elapsed } from '../base/elapsed.ts';
import { InvalidSpec } from '../base/errors.ts';
import { sealedJson } from '../base/seal.ts';
import type { OpenSource } from '../base/source.ts';
import { NO_USAGE, withStart } from '../cost/usage.ts';
import { discardDataset } from '../data/task-data.ts';
import { claim } from '../runs/claim.ts';
import { manifestOf, writeInputs } from '../runs/inputs.ts';
import { writeNext } from '../runs/moments.ts';
import { bitsOf, encodeTicket } from '../runs/networks.ts';
import { checkPositions } from '../runs/position-memory.ts';
import { encodeProbabilities } from '../runs/prior/probabilities.ts';
import { problemOf } from '../runs/problem.ts';
import { resume } from '../runs/resumption.ts';
import { type OpenStore, openRun, type Spending, UNMETERED } from '../runs/run.ts';
import { NO_HISTORY } from '../runs/segments.ts';
import { type Resolved, resolveSpec } from '../runs/spec-resolution.ts';
import { payloadOf } from '../runs/state.ts';
import { askedHash } from '../runspec/identity.ts';
import { parseSpec, show } from '../runspec/parser.ts';
import type { RunSpec } from '../runspec/schema.ts';
import { sizeOfNetwork } from '../runspec/shape.ts';
import * as keys from '../store/keys.ts';
import { checksum, getIfThere, type Store } from '../store/store.ts';
import { VERSION } from '../version.ts';
import { roomFor, within } from '../workflow/concurrency.ts';
import type { PrepareEvent, SearchState } from '../workflow/payloads.ts';

export interface PrepareContext {
  readonly openStore: OpenStore;
  /** Opens the files that a spec names. */
  readonly openSource: OpenSource;
  /** Where runs are kept unless the input says otherwise: a URI that ends with a slash. */
  readonly runs: string;
  /** Bytes that a step may take. */
  readonly memory: number;
  /** Functions that the account runs at a time, if that is known. */
  readonly concurrency?: () => Promise<number | undefined>;
  /** The present, Unix time in milliseconds. */
  readonly now: () => number;
  readonly spent?: Spending;
}

/** The key that Step Functions wants in the input of an execution that another one started, to link the two. */
const placedInput = z.looseObject({
  run: z.string().optional(),
  /** The machine reads it: whoever starts the execution goes on with the run when its history runs out. */
  continuedBy: z.unknown().optional(),
  AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: z.string().optional(),
});

/**
 * `event.input`: a run spec, complete or not; beside its keys it may have `run`, the URI of the folder for the run.
 * `run` alone continues the run that is there. Safe to repeat: what is there already is verified and kept.
 * Throws InvalidSpec, UnusableOutput, DamagedArtifact.
 */
export async function prepare(event: PrepareEvent, context: PrepareContext): Promise<SearchState> {
  // Step Functions gives {} where nothing was entered: null is a mistake.
  const input = placedInput.safeParse(event.input === undefined ? {} : event.input);
  if (!input.success) throw new InvalidSpec(['spec: expected a JSON object; `run`, if given, is a URI']);
  const {
    run: place,
    continuedBy,
    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: starter,
    ...rest
  } = input.data;
  if (continuedBy !== undefined && starter === undefined) {
    throw new InvalidSpec([
      `continuedBy: found ${show(continuedBy)}, which only an execution that another one started may have: leave it out`,
    ]);
  }
  const store = await context.openStore(place ?? `${context.runs}${event.execution}/`);
  const resuming = place !== undefined && Object.keys(rest).length === 0;
  if (resuming) return resume(await openRun(store), context.now(), context.spent, starter !== undefined);

  const started = context.now();
  const asked = parseSpec(rest);
  // A cell of a sweep is as wide as there is room for beside the others: the sweep has seen to that.
  const { concurrency = async () => undefined } = context;
  const [found, functions] = await Promise.all([
    resolveSpec(asked, context.openSource, context.memory),
    continuedBy === undefined ? concurrency() : undefined,
  ]);
  const resolved = { ...found, spec: within(found.spec, roomFor(functions)) };
  const { spec } = resolved;
  checkPositions(spec, context.memory, resolved.network);
  const text = `${JSON.stringify(spec, null, 2)}\n`;
  await claim(store, spec, text);
  if (await getIfThere(store, keys.MANIFEST)) {
    return resume(await openRun(store), context.now(), context.spent);
  }
  return begin(store, resolved, { text, asked: askedHash(asked) }, context, started);
}

/** Writes network and data, what is to be done first, and the manifest, last. */
async function begin(
  store: Store,
  resolved: Resolved,
  { text, asked }: { readonly text: string; readonly asked: string | undefined },
  context: PrepareContext,
  started: number,
): Promise<SearchState> {
  const { spec, dataset, network, planted, prior } = resolved;
  const algorithm = algorithmNamed(spec.algorithm);
  const checksums = await writeInputs(store, network, dataset);
  if (planted) {
    const bytes = encodeTicket(network, planted, bitsOf(network), { tombola: VERSION });
    checksums[keys.PLANTED] = checksum(bytes);
    await store.put(keys.PLANTED, bytes);
  }
  if (prior) {
    const bytes = encodeProbabilities(prior);
    checksums[keys.PRIOR] = checksum(bytes);
    await store.put(keys.PRIOR, bytes);
  }
  const manifest = manifestOf(store.uri, resolved, asked, {
    ...checksums,
    [keys.SPEC]: checksum(Buffer.from(text)),
  });
  const manifestBytes = sealedJson(manifest, 2);
  if (spec.task.dataset === 'files') discardDataset(dataset);

  const { bits, trainSamples, classSizes } = manifest;
  const first = algorithm.start(spec, {
    ...problemOf(spec, network, bits, trainSamples),
    ...defined({ prior, classSizes }),
  });
  // The spec again: a try that ended before its manifest was written may have spread its work in another way.
  await store.put(keys.SPEC, text);
  const now = context.now();
  const { spent = UNMETERED } = context;
  const state = await writeNext(store, bits, first, {
    secondsPerUnit: estimateSeconds(spec, trainSamples),
    clock: { active: elapsed(started, now), evaluating: 0, at: now },
    // The manifest is still to come as well.
    usage: (puts) => withStart(NO_USAGE, spent(puts + 1), false),
    manifest: checksum(manifestBytes),
    history: NO_HISTORY,
    checksums: {},
  });
  await store.put(keys.MANIFEST, manifestBytes);
  return payloadOf({ store, spec, manifest, checksum: checksum(manifestBytes) }, state);
}

/** Multiply-adds a second that a vCPU manages on the general path: a careful guess, replaced by what is measured. */
const MULTIPLY_ADDS_PER_SECOND = 5e9;

function estimateSeconds(spec: RunSpec, samples: number): number {
  return (sizeOfNetwork(spec).multiplyAdds * samples) / MULTIPLY_ADDS_PER_SECOND;
}
