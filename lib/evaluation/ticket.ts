/** Runs a finished ticket as anyone would: the ONNX file, raw features, labels out. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { at } from '../base/at.ts';
import type { Confusion } from '../base/classes.ts';
import { countSamples, type Samples } from '../data/dataset.ts';
import { type LoadedObjective, ownFitness } from '../search/own-objective.ts';
import { balancedAccuracy, type ClassCounts, macroF1 } from './macro-average.ts';
import { sessionOptions } from './session.ts';

export interface TicketScore {
  /** Share of correct predictions, 0..1. */
  readonly accuracy: number;
  /** Mean cross-entropy per sample in nats; null where it is not finite. */
  readonly loss: number | null;
  /** Mean probability of the predicted class, 0..1; null where it is not finite. */
  readonly confidence: number | null;
  /** Mean recall of the classes that have samples, and mean F1 of all classes, 0..1. */
  readonly balancedAccuracy: number;
  readonly macroF1: number;
  readonly confusion: Confusion<Uint32Array>;
  /** The same of each group, where the samples have groups. */
  readonly groups?: readonly Confusion<Uint32Array>[];
  /** By an own objective, 0..1. */
  readonly own?: number;
}

/** Rows of a batch, at most; and features of all its rows, which convolutions make dozens of values of each. */
const ROWS = 4096;
const FEATURES = 2 ** 19;

export interface TicketAnswers {
  readonly start: number;
  readonly label: BigInt64Array;
  readonly logits: Float32Array;
}

export class TicketSession {
  readonly #session: InferenceSession;
  readonly #feeds: Readonly<Record<string, Tensor>>;

  private constructor(session: InferenceSession, feeds: Readonly<Record<string, Tensor>>) {
    this.#session = session;
    this.#feeds = feeds;
  }

  /** From the bytes of ticket.onnx. `kept`: of a nested ticket, the share of the weights that it keeps. */
  static async open(model: Uint8Array, kept?: number): Promise<TicketSession> {
    const session = new TicketSession(await InferenceSession.create(model, sessionOptions()), {});
    return kept === undefined ? session : session.keeping(kept);
  }

  /** The same session of a nested ticket with that share of the weights. */
  keeping(kept: number): TicketSession {
    return new TicketSession(this.#session, { kept: new Tensor('float32', [kept], []) });
  }

  /** The predicted class of each of the raw rows `x`, count × features. */
  async predict(x: Float32Array, features: number): Promise<Uint16Array> {
    const labels = new Uint16Array(x.length / features);
    for await (const { start, label } of this.answers(x, features)) {
      for (const [index, value] of label.entries()) labels[start + index] = Number(value);
    }
    return labels;
  }

  async score(samples: Samples, own?: LoadedObjective): Promise<TicketScore> {
    const count = countSamples(samples);
    const answers = own && { logits: new Float32Array(), predictions: new Uint16Array(count) };
    let [loss, confidence] = [0, 0];
    let confusion: Confusion<Uint32Array> = { classes: 0, counts: new Uint32Array() };
    const groups: Confusion<Uint32Array>[] = [];
    for await (const { start, label, logits } of this.answers(samples.x, samples.features)) {
      const classes = logits.length / label.length;
      if (start === 0) confusion = noneOf(classes);
      if (answers) {
        if (start === 0) answers.logits = new Float32Array(count * classes);
        answers.logits.set(logits, start * classes);
        answers.predictions.set(Uint16Array.from(label, Number), start);
      }
      for (let row = 0; row < label.length; row++) {
        const expected = samples.labels[start + row] ?? 0;
        const cell = expected * classes + Number(label[row]);
        confusion.counts[cell] = (confusion.counts[cell] ?? 0) + 1;
        const group = samples.groups?.[start + row];
        if (group !== undefined) {
          while (groups.length <= group) groups.push(noneOf(classes));
          const { counts } = at(groups, group);
          counts[cell] = (counts[cell] ?? 0) + 1;
        }
        const ofRow = logits.subarray(row * classes, (row + 1) * classes);
        const { largest, norm } = logSumExp(ofRow);
        loss += norm - (ofRow[expected] ?? 0);
        confidence += Math.exp(largest - norm);
      }
    }
    const counts = countsOf(confusion);
    const correct = counts.truePositives.reduce((sum, one) => sum + one, 0);
    return {
      accuracy: correct / count,
      loss: Number.isFinite(loss) ? loss / count : null,
      confidence: Number.isFinite(confidence) ? confidence / count : null,
      balancedAccuracy: balancedAccuracy(counts),
      macroF1: macroF1(counts),
      confusion,
      ...(samples.groups && { groups }),
      ...(own && answers
        ? {
            own: ownFitness(own, {
              ...answers,
              classes: confusion.classes,
              samples: count,
              labels: Uint16Array.from(samples.labels),
            }),
          }
        : {}),
    };
  }

  /** Batch by batch: the index of its first row, and of each row the label and the logits, rows × classes. */
  async *answers(values: Float32Array, features: number): AsyncGenerator<TicketAnswers> {
    const rows = values.length / features;
    const most = Math.min(ROWS, Math.ceil(FEATURES / features));
    for (let start = 0; start < rows; start += most) {
      const end = Math.min(rows, start + most);
      const batch = values.slice(start * features, end * features);
      const x = new Tensor('float32', batch, [end - start, features]);
      const outputs = await this.#session.run({ ...this.#feeds, x });
      const label = outputs.label?.data;
      const logits = outputs.logits?.data;
      if (!(label instanceof BigInt64Array) || !(logits instanceof Float32Array))
        throw new TypeError('the ticket gave no int64 label or float32 logits');
      yield { start, label, logits };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.release();
  }
}

/** The softmax of the logits of one sample; NaN where they are not finite. */
export function softmaxOf(logits: Float32Array): Float64Array {
  const { norm } = logSumExp(logits);
  return Float64Array.from(logits, (logit) => Math.exp(logit - norm));
}

function noneOf(classes: number): Confusion<Uint32Array> {
  return { classes, counts: new Uint32Array(classes * classes) };
}

function countsOf({ classes, counts }: Confusion): Record<keyof ClassCounts, number[]> {
  const labels = Array.from({ length: classes }, (_, label) => label);
  const at = (actual: number, predicted: number) => counts[actual * classes + predicted] ?? 0;
  const sum = (of: (label: number) => number) => labels.reduce((total, label) => total + of(label), 0);
  return {
    present: labels.map((actual) => sum((predicted) => at(actual, predicted))),
    predicted: labels.map((predicted) => sum((actual) => at(actual, predicted))),
    truePositives: labels.map((label) => at(label, label)),
  };
}

function logSumExp(logits: Float32Array): { readonly largest: number; readonly norm: number } {
  let largest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > largest) largest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  return { largest, norm: largest + Math.log(sum) };
}
