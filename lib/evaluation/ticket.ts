/** Runs a finished ticket as anyone would: the ONNX file, raw features, labels out. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { countSamples, type Samples } from '../data/dataset.ts';
import { sessionOptions } from './session.ts';

export interface TicketScore {
  /** Share of correct predictions, 0..1. */
  readonly accuracy: number;
  /** Mean cross-entropy per sample in nats; null where it is not finite. */
  readonly loss: number | null;
}

const ROWS = 4096;

export class TicketSession {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** From the bytes of ticket.onnx. */
  static async open(model: Uint8Array): Promise<TicketSession> {
    return new TicketSession(await InferenceSession.create(model, sessionOptions()));
  }

  /** The predicted class of each of the raw rows `x`, count × features. */
  async predict(x: Float32Array, features: number): Promise<Uint16Array> {
    const labels = new Uint16Array(x.length / features);
    for await (const { start, label } of this.#batches(x, features)) {
      for (const [index, value] of label.entries()) labels[start + index] = Number(value);
    }
    return labels;
  }

  async score(samples: Samples): Promise<TicketScore> {
    const count = countSamples(samples);
    let correct = 0;
    let loss = 0;
    for await (const { start, label, logits } of this.#batches(samples.x, samples.features)) {
      const classes = logits.length / label.length;
      for (let row = 0; row < label.length; row++) {
        const expected = samples.labels[start + row] ?? 0;
        if (Number(label[row]) === expected) correct++;
        loss += crossEntropy(logits.subarray(row * classes, (row + 1) * classes), expected);
      }
    }
    return { accuracy: correct / count, loss: Number.isFinite(loss) ? loss / count : null };
  }

  async *#batches(x: Float32Array, features: number) {
    const rows = x.length / features;
    for (let start = 0; start < rows; start += ROWS) {
      const end = Math.min(rows, start + ROWS);
      const batch = x.slice(start * features, end * features);
      const outputs = await this.#session.run({ x: new Tensor('float32', batch, [end - start, features]) });
      const label = outputs.label?.data;
      const logits = outputs.logits?.data;
      if (!(label instanceof BigInt64Array) || !(logits instanceof Float32Array)) {
        throw new TypeError('the ticket gave no int64 label or float32 logits');
      }
      yield { start, label, logits };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.release();
  }
}

/** −log softmax(logits)[label], in nats. */
function crossEntropy(logits: Float32Array, label: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > largest) largest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  return largest + Math.log(sum) - (logits[label] ?? 0);
}
