/** `tombola predict`: the class of each sample, by a ticket. */
import { resolve } from 'node:path';
import { at } from '../../base/at.ts';
import { defined } from '../../base/defined.ts';
import { UserError } from '../../base/errors.ts';
import { shellWord } from '../../base/shell-word.ts';
import type { OpenSource } from '../../base/source.ts';
import { namesOfClasses } from '../../data/class-order.ts';
import type { Part } from '../../data/dataset.ts';
import { softmaxOf } from '../../evaluation/ticket.ts';
import { sourceOpener } from '../../places/sources.ts';
import type { Store } from '../../store/store.ts';
import { refuseSizes, type SizeOptions, ticketAsked } from '../evaluate/kept-share.ts';
import {
  type ReadingOptions,
  readOwnData,
  readSamples,
  readUnlabelled,
  refuseOtherData,
} from '../evaluate/reading.ts';
import { withSession } from '../evaluate/session.ts';
import { type OpenedTicket, openTarget, type Target } from '../evaluate/target.ts';
import { isLocal, shown } from '../paths.ts';
import { refuseArtifact, writeResult } from '../text-file.ts';
import { csvPieces, type Predictions, printCsv, printDocument, printOverview } from './printout.ts';

/** What is to be predicted, and by which size of a nested ticket. */
export interface PredictOptions extends ReadingOptions, SizeOptions {
  readonly data?: string | undefined;
  readonly on?: Part | undefined;
  /** Those of all classes, too. */
  readonly probabilities: boolean;
}

interface PrintOptions extends PredictOptions {
  readonly out?: string | undefined;
  readonly json: boolean;
}

/** Raw features, samples × features, row-major, and the classes where they are known. */
interface Asked {
  readonly data: string;
  readonly x: Float32Array;
  readonly labels?: Uint16Array;
}

/** Throws UserError where what is given does not fit together. */
export async function printPredictions(given: string, options: PrintOptions): Promise<void> {
  if (options.out !== undefined) refuseInput(options.out, options.data);
  const predictions = await predictByTicket(given, options);
  if (options.out !== undefined) await writeResult('--out', resolve(options.out), csvPieces(predictions));
  if (options.json) printDocument(predictions);
  else if (options.out === undefined) printCsv(predictions);
  else printOverview(predictions, options.out);
}

/** Throws UserError where the file is one that must not be written over: an artifact, or the data. */
function refuseInput(out: string, data: string | undefined): void {
  const file = resolve(out);
  refuseArtifact(file);
  if (data !== undefined && isLocal(data) && resolve(data) === file)
    throw new UserError(
      `--out: ${shown(file)} is the file of --data, which would be lost; give another name`,
    );
}

/** `given`: the file of a ticket, or a run. Throws UserError where what is given does not fit together. */
export async function predictByTicket(given: string, options: PredictOptions): Promise<Predictions> {
  refuseSizes(options, undefined);
  refuseOtherData(options);
  const open = sourceOpener();
  const target = await openTarget(given, open);
  const ticket = await ticketAsked(target, options);
  return predictionsOf(ticket, await askedOf(target, ticket, options, open), options);
}

async function askedOf(
  target: Target,
  ticket: OpenedTicket,
  options: PredictOptions,
  open: OpenSource,
): Promise<Asked> {
  const { data, on = 'test' } = options;
  if (data !== undefined) {
    if (options.label === undefined) return { data, x: await readUnlabelled(data, ticket, options, open) };
    const { x, labels } = await readSamples(data, ticket, options, open);
    return { data, x, labels };
  }
  if (target.kind === 'ticket') {
    throw new UserError(
      `${target.name}: a ticket contains no data; add --data FILE, with ${target.info.features} features, or give the folder of its run`,
    );
  }
  return ownData(target, on, open);
}

async function ownData(
  { store, name }: { readonly store: Store; readonly name: string },
  part: Part,
  open: OpenSource,
): Promise<Asked> {
  const samples = (await readOwnData(store, [part], open)).parts.get(part);
  if (samples) return { data: part, x: samples.x, labels: samples.labels };
  throw new UserError(
    `--on: ${name} has no ${part} data; choose another part, such as: npx tombola predict ${shellWord(name)} --on train`,
  );
}

async function predictionsOf(
  ticket: OpenedTicket,
  { data, x, labels }: Asked,
  { probabilities: all }: Pick<PredictOptions, 'probabilities'>,
): Promise<Predictions> {
  const { features } = ticket.info;
  const classNames = namesOfClasses(ticket.info);
  const classes = classNames.length;
  const samples = x.length / features;
  const predicted = new Uint16Array(samples);
  const confidence = new Float32Array(samples);
  const probabilities = all ? new Float32Array(samples * classes) : undefined;
  await withSession(ticket, async (session) => {
    for await (const { start, label, logits } of session.answers(x, features)) {
      for (const [row, value] of label.entries()) {
        const ofRow = softmaxOf(logits.subarray(row * classes, (row + 1) * classes));
        predicted[start + row] = Number(value);
        confidence[start + row] = at(ofRow, Number(value));
        probabilities?.set(ofRow, (start + row) * classes);
      }
    }
  });
  return {
    ticket: ticket.name,
    data,
    classNames,
    predicted,
    confidence,
    ...defined({ probabilities, labels }),
  };
}
