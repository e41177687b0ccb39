/** Runs the steps of an epoch: an onnxruntime session over the graph of epoch-model.ts. */
import { sum } from 'd3-array';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { StepDefinition, Vectors } from '../algorithms/parts/training-method.ts';
import { at } from '../base/at.ts';
import { recordOf } from '../base/record.ts';
import { sessionOptions } from '../evaluation/session.ts';
import { buildEpochModel, type Form, nextOf, sizesOf } from './epoch-model.ts';

/** Scaled features, samples × features, and labels. */
export interface TrainingData {
  readonly features: number;
  readonly x: Float32Array;
  readonly labels: Int32Array;
}

export interface EpochFigures {
  /** Cross-entropy in nats summed over the samples, each with the parameters of its step. */
  readonly loss: number;
  /** Correct predictions of the same. */
  readonly correct: number;
}

/** Floats that the samples and logits of one run may take. */
const FLOATS_PER_RUN = 2 ** 22;

export class EpochSession {
  readonly #session: InferenceSession;
  readonly #definition: StepDefinition;
  readonly #x: Tensor;
  readonly #labels: Tensor;
  readonly #batch: number;
  readonly #stepsPerRun: number;

  private constructor(
    session: InferenceSession,
    form: Form,
    data: TrainingData,
    batch: number,
    definition: StepDefinition,
  ) {
    this.#session = session;
    this.#definition = definition;
    this.#x = new Tensor('float32', data.x, [data.labels.length, data.features]);
    this.#labels = new Tensor('int32', data.labels, [data.labels.length]);
    this.#batch = batch;
    const noise = sum(Object.values(definition.noise ?? {}));
    const perStep = batch * (data.features + 3 * sizesOf(form).classes) + noise;
    this.#stepsPerRun = Math.max(1, Math.floor(FLOATS_PER_RUN / perStep));
  }

  /** One thread: sums are then the same in every run. `batch`: samples a step. */
  static async create(
    form: Form,
    data: TrainingData,
    batch: number,
    definition: StepDefinition,
  ): Promise<EpochSession> {
    const model = buildEpochModel(form, batch, definition);
    const session = await InferenceSession.create(model, sessionOptions(1));
    return new EpochSession(session, form, data, batch, definition);
  }

  /** Steps that an epoch over `samples` takes. */
  stepsOf(samples: number): number {
    return this.#repeats * Math.ceil(samples / this.#batch);
  }

  get #repeats(): number {
    return this.#definition.repeats ?? 1;
  }

  /**
   * Trains on the samples `order`, a step per batch (or as many as the definition repeats), in that order. `rates`: a value per step; `noiseOf`: the random
   * numbers of a step.
   */
  async train(
    state: Vectors,
    order: Int32Array,
    rates: Vectors,
    noiseOf: (step: number) => Vectors = () => ({}),
  ) {
    const steps = this.stepsOf(order.length);
    let [vectors, loss, correct] = [state, 0, 0];
    for (let from = 0; from < steps; from += this.#stepsPerRun) {
      const to = Math.min(steps, from + this.#stepsPerRun);
      const ofSteps = recordOf(this.#definition.rates, (name) => {
        return rates[name]?.slice(from, to) ?? new Float32Array(to - from);
      });
      const feeds: Record<string, Tensor> = {
        ...this.#rowsOf(order, from, to),
        ...this.#noiseOf(noiseOf, from, to),
      };
      for (const [name, data] of Object.entries({ ...vectors, ...ofSteps }))
        feeds[name] = new Tensor('float32', data, [data.length]);
      const outputs = await this.#session.run(feeds);
      const read = (name: string) => floatsOf(outputs, name);
      vectors = recordOf(Object.keys(this.#definition.state), (name) => read(nextOf(name)));
      loss += read('loss')[0] ?? Number.NaN;
      correct += at(read('correct'), 0);
    }
    return { state: vectors, loss: loss / this.#repeats, correct: correct / this.#repeats };
  }

  #noiseOf(of: (step: number) => Vectors, from: number, to: number): Record<string, Tensor> {
    const lengths = this.#definition.noise ?? {};
    const all = recordOf(
      Object.keys(lengths),
      (name) => new Float32Array((to - from) * (lengths[name] ?? 0)),
    );
    for (let step = from; step < to; step++) {
      for (const [name, numbers] of Object.entries(of(step)))
        all[name]?.set(numbers, (step - from) * numbers.length);
    }
    return recordOf(Object.keys(all), (name) => {
      const numbers = all[name] ?? new Float32Array();
      return new Tensor('float32', numbers, [to - from, numbers.length / (to - from)]);
    });
  }

  /** The samples of steps `from`..`to`−1. Rows of a short last step that hold none repeat sample 0 with share 0. */
  #rowsOf(order: Int32Array, from: number, to: number): Record<string, Tensor> {
    const batch = this.#batch;
    const rows = new Int32Array((to - from) * batch);
    const share = new Float32Array(rows.length);
    for (let step = from; step < to; step++) {
      const start = Math.floor(step / this.#repeats) * batch;
      const own = order.subarray(start, start + batch);
      rows.set(own, (step - from) * batch);
      share.fill(1 / own.length, (step - from) * batch, (step - from) * batch + own.length);
    }
    return {
      x: this.#x,
      labels: this.#labels,
      order: new Tensor('int32', rows, [to - from, batch]),
      share: new Tensor('float32', share, [to - from, batch, 1]),
    };
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** A float32 output. */
export function floatsOf(outputs: InferenceSession.OnnxValueMapType, name: string): Float32Array {
  const data = outputs[name]?.data;
  if (data instanceof Float32Array) return data;
  throw new TypeError(`the graph gave no float32 '${name}'`);
}
