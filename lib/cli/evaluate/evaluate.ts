/** `tombola evaluate`: tickets and masks scored on data. */
import { defined } from '../../base/defined.ts';
import { UserError } from '../../base/errors.ts';
import { shellWord } from '../../base/shell-word.ts';
import type { OpenSource } from '../../base/source.ts';
import { PARTS, type Part, type Samples } from '../../data/dataset.ts';
import { createEvaluator } from '../../evaluation/evaluator-choice.ts';
import { buildTicketModel } from '../../network/models/ticket-model.ts';
import type { AnyNetwork } from '../../network/network.ts';
import { sourceOpener } from '../../places/sources.ts';
import { metadataOfData } from '../../runs/final/ticket.ts';
import { type FinishedRun, openFinishedRun } from '../../runs/finished-run.ts';
import { type RunData, readRunData } from '../../runs/run-data.ts';
import { maskAmong, withWeights } from '../../runs/user-masks.ts';
import { imageOfTask } from '../../runspec/shape.ts';
import { genomeAt, type PackedMasks, sliceMasks, sparsityOf } from '../../search/genome.ts';
import type { Store } from '../../store/store.ts';
import { createCounter } from '../progress.ts';
import { requireWritable, writeText } from '../text-file.ts';
import { readMasks, readNamed } from './arrays.ts';
import { fairnessOfPart, type GroupedSamples } from './fairness.ts';
import { refuseSizes, type SizeOptions, ticketAsked } from './kept-share.ts';
import {
  csvOfMasks,
  type EvaluatedMasks,
  type EvaluatedPart,
  type MaskScore,
  printMasks,
  printScores,
} from './printout.ts';
import { type ReadingOptions, readOwnData, readSamples, refuseOtherData } from './reading.ts';
import { seenOf, storeBeside } from './seen.ts';
import { withSession } from './session.ts';
import { type OpenedTicket, openTarget, openTicket, type Target } from './target.ts';

export interface EvaluateOptions extends ReadingOptions, SizeOptions {
  readonly data?: string | undefined;
  /** The class that counts as positive. */
  readonly positive?: string | undefined;
  readonly on?: Part | undefined;
  readonly masks?: string | undefined;
  readonly weights?: string | undefined;
  readonly csv?: string | undefined;
  readonly json: boolean;
}

/** Masks that are scored between two lines of progress. */
const BATCH = 256;

/** Throws UserError where what is given does not fit together. */
export async function printEvaluation(given: string, options: EvaluateOptions): Promise<void> {
  const open = sourceOpener();
  refuseUnheeded(options);
  const target = await openTarget(given, open);
  if (target.kind === 'ticket' || (options.masks === undefined && options.weights === undefined)) {
    const { ticket, parts } = await evaluateTicket(target, options, open);
    printScores(ticket, parts, options.json, target.kind === 'run' ? shellWord(target.name) : undefined);
    return;
  }
  const { store, name } = target;
  const run = await openFinishedRun(store, name, open);
  const arrays = options.weights === undefined ? undefined : await readNamed(options.weights, open);
  const network = arrays ? withWeights(run.network, arrays, options.weights ?? '') : run.network;
  const data = await readRunData(store, run.spec, partsOf(options), open);
  if (options.masks !== undefined) {
    await evaluateMasks(run, network, data, options, open);
    return;
  }
  const mask = (arrays && maskAmong(run.network, arrays, options.weights ?? '')) ?? run.ticket;
  const model = buildTicketModel(network, mask, data.scaling, namesOf(run, data));
  const ticket = openTicket(model, `${name} with ${options.weights}`);
  const parts = await dataOf(store, ticket, options, open, data);
  printScores(ticket, await scoresOf(ticket, parts, options), options.json);
}

/** The scores of a ticket, on a file or on the data of its run. Throws UserError where what is given does not fit together. */
export async function evaluateTicket(
  target: Target,
  options: EvaluateOptions,
  open: OpenSource,
): Promise<{ readonly ticket: OpenedTicket; readonly parts: readonly EvaluatedPart[] }> {
  if (target.kind === 'run') {
    const ticket = await ticketAsked(target, options);
    const samples = await dataOf(target.store, ticket, options, open);
    const parts = await scoresOf(ticket, samples, options);
    return { ticket, parts: await withSeen(parts, samples, options, ticket, target.store, open) };
  }
  for (const name of ['masks', 'weights', 'on'] as const) {
    if (options[name] === undefined) continue;
    throw new UserError(
      `--${name}: is for a run, and ${target.name} is the file of a ticket, whose mask is part of its weights; give the folder of its run`,
    );
  }
  if (options.data === undefined) {
    throw new UserError(
      `${target.name}: a ticket contains no data; add --data FILE, with ${target.info.features} features and a label column, or give the folder of its run`,
    );
  }
  const ticket = await ticketAsked(target, options);
  const samples = new Map([[options.data, await readSamples(options.data, target, options, open)]]);
  const store = target.path === undefined ? undefined : await storeBeside(target.path);
  const scores = await scoresOf(ticket, samples, options);
  const parts = await withSeen(scores, samples, options, ticket, store, open);
  return { ticket, parts };
}

/** Says of data from a file what of them the ticket was trained on; parts of a run's own data say by their names. */
async function withSeen(
  parts: readonly EvaluatedPart[],
  samples: ReadonlyMap<string, Samples>,
  { data }: EvaluateOptions,
  { info }: OpenedTicket,
  store: Store | undefined,
  open: OpenSource,
): Promise<EvaluatedPart[]> {
  const own = data === undefined ? undefined : samples.get(data);
  if (data === undefined || own === undefined) return [...parts];
  const seen = await seenOf(data, own, info, store, open);
  return parts.map((part) => ({ ...part, ...defined({ seen }) }));
}

function refuseUnheeded(options: EvaluateOptions): void {
  const { masks, csv, weights, group, positive } = options;
  refuseSizes(options, weights !== undefined ? '--weights' : masks !== undefined ? '--masks' : undefined);
  refuseOtherData(options);
  if (masks !== undefined && (group ?? positive) !== undefined) {
    throw new UserError(
      `--${group === undefined ? 'positive' : 'group'}: is for the gaps of one ticket, and --masks scores many masks without them; leave one of them out`,
    );
  }
  if (csv !== undefined && masks === undefined) {
    throw new UserError('--csv: writes one row per mask; add --masks FILE, or use --json');
  }
}

/** The parts of a run's own data that are asked for; masks are scored on one of them. */
function partsOf({ data, on, masks }: EvaluateOptions): readonly Part[] {
  if (data !== undefined) return [];
  if (on !== undefined) return [on];
  return masks === undefined ? PARTS : ['train'];
}

/** `own`: the run's data, if they are read already. */
async function dataOf(
  store: Store,
  ticket: OpenedTicket,
  options: EvaluateOptions,
  open: OpenSource,
  own?: RunData,
): Promise<ReadonlyMap<string, Samples>> {
  const { data } = options;
  if (data !== undefined) return new Map([[data, await readSamples(data, ticket, options, open)]]);
  const { parts } = own ?? (await readOwnData(store, partsOf(options), open));
  if (parts.size === 0) throw withoutPart(options.on ?? 'train');
  return parts;
}

/** The facts about the run's data by which a ticket's user reads other data. */
function namesOf({ spec, manifest }: FinishedRun, data: RunData): Record<string, string> {
  const { classNames, featureNames } = data;
  const { groups } = manifest ?? {};
  return {
    ...metadataOfData(defined({ classNames, featureNames, image: imageOfTask(spec.task) })),
    ...defined({ groups: groups && JSON.stringify(groups) }),
  };
}

function withoutPart(part: Part): UserError {
  return new UserError(`--on: the run has no ${part} data; choose another part, or give --data FILE`);
}

async function scoresOf(
  ticket: OpenedTicket,
  parts: ReadonlyMap<string, GroupedSamples>,
  { positive }: Pick<EvaluateOptions, 'positive'>,
): Promise<EvaluatedPart[]> {
  const scores: EvaluatedPart[] = [];
  for (const [data, samples] of parts) {
    const score = await withSession(ticket, (session) => session.score(samples));
    const fairness = fairnessOfPart(ticket, samples, score, positive);
    scores.push({ data, samples: samples.labels.length, score, ...defined({ fairness }) });
  }
  return scores;
}

async function evaluateMasks(
  run: FinishedRun,
  network: AnyNetwork,
  data: RunData,
  options: EvaluateOptions,
  open: OpenSource,
): Promise<void> {
  const { masks: file = '', on = 'train' } = options;
  const masks = await readMasks(file, run.network, run.bits, open);
  if (options.csv !== undefined) await requireWritable(options.csv);
  const model = buildTicketModel(run.network, run.ticket, data.scaling, namesOf(run, data));
  const ticket = openTicket(model, run.name);
  const samples =
    options.data === undefined ? data.parts.get(on) : await readSamples(options.data, ticket, options, open);
  if (!samples) throw withoutPart(on);
  const evaluated: EvaluatedMasks = {
    run: run.name,
    masks: file,
    data: options.data ?? on,
    samples: samples.labels.length,
    weights: run.bits,
    scores: await scoresOfMasks(network, data, samples, masks),
  };
  printMasks(evaluated, options.json);
  if (options.csv !== undefined) await writeText(options.csv, csvOfMasks(evaluated));
}

async function scoresOfMasks(
  network: AnyNetwork,
  { scaling }: RunData,
  samples: Samples,
  masks: PackedMasks,
): Promise<MaskScore[]> {
  const evaluator = await createEvaluator(network, samples, scaling, { objective: 'cross-entropy' });
  const counter = createCounter(process.stderr, 'masks evaluated');
  const count = samples.labels.length;
  try {
    const scores: MaskScore[] = [];
    for (let start = 0; start < masks.count; start += BATCH) {
      const end = Math.min(masks.count, start + BATCH);
      const { correct, loss } = await evaluator.evaluate(sliceMasks(masks, start, end));
      for (const [index, right] of correct.entries()) {
        const sum = loss[index] ?? Number.NaN;
        scores.push({
          correct: right,
          accuracy: right / count,
          loss: Number.isFinite(sum) ? sum / count : null,
          sparsity: sparsityOf(genomeAt(masks, start + index), masks.bits),
        });
      }
      counter.update(end, masks.count);
    }
    return scores;
  } finally {
    counter.end();
    await evaluator.release();
  }
}
