/** prepare: from a run spec to a run that is ready to be evaluated; or from a run's artifacts back to its last state. */
import { z } from 'zod';
import { parsedIfSound } from '../base/artifact-json.ts';
import { InvalidSpec, UnusableOutput } from '../base/errors.ts';
import type { OpenSource } from '../base/source.ts';
import { NO_USAGE, withStart } from '../cost/usage.ts';
import { discard } from '../data/discard.ts';
import { discardDataset } from '../data/load.ts';
import type { GenerationState, Manifest } from '../runs/artifacts.ts';
import { inputsOf } from '../runs/inputs.ts';
import { bitsOf } from '../runs/networks.ts';
import { type Resolved, resolveSpec } from '../runs/resolve.ts';
import { resume } from '../runs/resume.ts';
import { encodeRound } from '../runs/round-artifacts.ts';
import { firstRound, viableFor } from '../runs/rounds.ts';
import { type OpenStore, openRun, type Run, type Spending, UNMETERED } from '../runs/run.ts';
import { searchState } from '../runs/state.ts';
import { checkSplit, type TrainingState, trainingSearchState } from '../runs/training-state.ts';
import { askedHash, specHash } from '../runspec/identity.ts';
import { parseSpec, show } from '../runspec/parse.ts';
import { type RunSpec, runSpecSchema } from '../runspec/schema.ts';
import { sizeOfNetwork } from '../runspec/shape.ts';
import { isTraining } from '../runspec/training.ts';
import * as keys from '../store/keys.ts';
import { checksum, getIfThere, type Store } from '../store/store.ts';
import { VERSION } from '../version.ts';
import type { PrepareEvent, SearchState } from '../workflow/payloads.ts';

export interface PrepareContext {
  readonly openStore: OpenStore;
  /** Opens the files that a spec names. */
  readonly openSource: OpenSource;
  /** Where runs are kept unless the input says otherwise: a URI that ends with a slash. */
  readonly runs: string;
  /** Bytes that a step may take. */
  readonly memory: number;
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
      `continuedBy: found ${show(continuedBy)}, which is for executions that another one starts and goes on with: leave it out`,
    ]);
  }
  const store = await context.openStore(place ?? `${context.runs}${event.execution}/`);
  const resuming = place !== undefined && Object.keys(rest).length === 0;
  if (resuming) return resume(await openRun(store), context.now(), context.spent, starter !== undefined);

  const started = context.now();
  const asked = parseSpec(rest);
  const resolved = await resolveSpec(asked, context.openSource, context.memory);
  const { spec } = resolved;
  const text = `${JSON.stringify(spec, null, 2)}\n`;
  await claim(store, spec, text);
  if (await getIfThere(store, keys.MANIFEST)) {
    return resume(await openRun(store), context.now(), context.spent);
  }
  return begin(store, resolved, { text, asked: askedHash(asked) }, context, started);
}

/** Makes sure that the place is empty, or holds this very run. */
async function claim(store: Store, spec: RunSpec, specText: string): Promise<void> {
  const there = await getIfThere(store, keys.SPEC);
  if (there) {
    const found = parsedIfSound(there, runSpecSchema);
    if (found && specHash(found) === specHash(spec)) return;
    throw new UnusableOutput(
      `${store.uri}: holds another run; choose another folder with --out, or continue that run with 'tombola resume'`,
    );
  }
  const [other] = await store.list('');
  if (other !== undefined) {
    throw new UnusableOutput(
      `${store.uri}: is not empty (it holds ${other}); choose a new folder with --out`,
    );
  }
  await store.put(keys.SPEC, specText);
}

async function begin(
  store: Store,
  { spec, dataset, network }: Resolved,
  { text, asked }: { readonly text: string; readonly asked: string | undefined },
  context: PrepareContext,
  started: number,
): Promise<SearchState> {
  const bits = bitsOf(network);
  const samples = dataset.train.labels.length;
  if (isTraining(spec.algorithm)) checkSplit(spec, dataset.train.labels, dataset.classes);
  const checksums: Record<string, string> = {};
  // One after the other: data may be most of what fits into memory.
  for (const [key, make] of inputsOf(network, dataset)) {
    const bytes = make();
    checksums[key] = checksum(bytes);
    await store.put(key, bytes);
    if (key !== keys.WEIGHTS && key !== keys.GRAPH) discard(bytes);
  }
  checksums[keys.SPEC] = checksum(Buffer.from(text));
  const { classNames, featureNames, validation } = dataset;
  const manifest: Manifest = {
    version: VERSION,
    runId: runIdOf(store.uri),
    specHash: specHash(spec),
    ...(asked === undefined ? {} : { asked }),
    bits,
    classes: dataset.classes,
    features: dataset.train.features,
    trainSamples: samples,
    testSamples: dataset.test.labels.length,
    ...(validation ? { validationSamples: validation.labels.length } : {}),
    scaling: dataset.scaling,
    ...(classNames ? { classNames: [...classNames] } : {}),
    ...(featureNames ? { featureNames: [...featureNames] } : {}),
    objective: spec.search.objective,
    checksums,
  };
  if (spec.task.dataset === 'files') discardDataset(dataset);

  if (isTraining(spec.algorithm)) {
    return beginTraining({ store, spec, manifest }, text, started, context);
  }

  const first = encodeRound(firstRound({ spec, bits, samples, viable: viableFor(network) }), [], bits);
  // The spec again: a try that ended before its manifest was written may have spread its work in another way.
  const artifacts = { ...first.files, [keys.SPEC]: text };
  await Promise.all(Object.entries(artifacts).map(([key, bytes]) => store.put(key, bytes)));
  const now = context.now();
  const { spent = UNMETERED } = context;
  const state: GenerationState = {
    ...first.state,
    nextId: 0,
    evaluations: 0,
    evaluationsBefore: 0,
    bestFitness: null,
    unchanged: 0,
    secondsPerIndividual: estimateSeconds(spec, samples),
    clock: { active: now - started, evaluating: 0, at: now },
    usage: withStart(NO_USAGE, spent(2), false),
  };
  await store.put(keys.stateOf(0), JSON.stringify(state));
  const manifestText = `${JSON.stringify(manifest, null, 2)}\n`;
  await store.put(keys.MANIFEST, manifestText);
  return searchState({ store, spec, manifest, checksum: checksum(manifestText) }, state, undefined);
}

/** The same, for an algorithm that trains: there is nothing to breed. */
async function beginTraining(
  { store, spec, manifest }: Omit<Run, 'checksum'>,
  specText: string,
  started: number,
  context: PrepareContext,
): Promise<SearchState> {
  await store.put(keys.SPEC, specText);
  const now = context.now();
  const { spent = UNMETERED } = context;
  const state: TrainingState = {
    epochs: 0,
    unchanged: 0,
    row: null,
    clock: { active: now - started, evaluating: 0, at: now },
    usage: withStart(NO_USAGE, spent(2), false),
    checksums: {},
  };
  await store.put(keys.trainingStateOf(0), JSON.stringify(state));
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await store.put(keys.MANIFEST, text);
  return trainingSearchState({ store, spec, manifest, checksum: checksum(text) }, state);
}

/** The last folder of the run's place. */
function runIdOf(uri: string): string {
  return decodeURIComponent(uri.split('/').filter(Boolean).at(-1) ?? 'run');
}

/** Multiply-adds a second that a vCPU manages on the general path: a careful guess, replaced by what is measured. */
const MULTIPLY_ADDS_PER_SECOND = 5e9;

function estimateSeconds(spec: RunSpec, samples: number): number {
  return (sizeOfNetwork(spec).multiplyAdds * samples) / MULTIPLY_ADDS_PER_SECOND;
}
