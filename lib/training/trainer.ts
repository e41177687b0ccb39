/** Trains epoch by epoch. What it knows between two of them is a plain value, so that training can be cut there. */
import type { EpochRow } from '../algorithms/parts/epoch-row.ts';
import {
  epochPlace,
  type TrainingMethod,
  type TrainingProgress,
  type Vectors,
} from '../algorithms/parts/training-method.ts';
import { InvalidSpec } from '../base/errors.ts';
import { pick } from '../data/dataset.ts';
import type { ScaledData } from '../evaluation/evaluator.ts';
import type { AnyNetwork } from '../network/network.ts';
import { sizesOf, widthsOrGraph } from './epoch-model.ts';
import { EpochSession } from './epoch-session.ts';
import { orderOfEpoch, type Split, splitSamples } from './samples.ts';
import { openScoring, type ScoringSession } from './scoring-session.ts';

/** Whether training is over, by the number of all epochs and of those since the best. */
type IsOver = (epochs: number, unchanged: number) => boolean;

/** State of a trainer from its first epoch to its last. */
interface Training {
  readonly method: TrainingMethod;
  readonly network: AnyNetwork;
  readonly seed: number;
  readonly data: ScaledData;
  readonly split: Split;
  readonly scoring: ScoringSession | undefined;
}

export class Trainer {
  readonly #training: Training;
  #session: { readonly form: string; readonly epochs: EpochSession } | undefined;

  private constructor(training: Training) {
    this.#training = training;
  }

  /** `data`: the run's training data; the trainer holds out its share. `seed`: the run's. */
  static async create(method: TrainingMethod, network: AnyNetwork, data: ScaledData, seed: number) {
    const { classes } = sizesOf(widthsOrGraph(network));
    const split = splitSamples(data.labels, classes, method.validationShare, seed);
    const { validation } = split;
    const scoring = validation.length > 0 ? await openScoring(network, pick(data, validation)) : undefined;
    return new Trainer({ method, network, data, seed, split, scoring });
  }

  /** Trains on, from the start if from nowhere, one epoch at least, until `isOver`; pure. Throws InvalidSpec where the loss is no number any more. */
  async train(from: TrainingProgress | undefined, isOver: IsOver): Promise<TrainingProgress> {
    const { method } = this.#training;
    const rows = [...(from?.rows ?? [])];
    let { state, best } = from ?? { state: method.start(), best: undefined };
    do {
      const trained = await this.#epoch(rows.length, state);
      const bestRow = best && rows[best.row];
      const { validationAccuracy } = trained.row;
      if (!best || !bestRow || validationAccuracy === null || method.better(trained.row, bestRow)) {
        best = { row: rows.length, result: method.result(trained.state) };
      }
      rows.push(trained.row);
      state = trained.state;
    } while (!isOver(rows.length, rows.length - 1 - best.row));
    return { rows, state, best };
  }

  /** Epoch number `done` over all courses, from the state that the one before it left. */
  async #epoch(done: number, state: Vectors): Promise<{ row: EpochRow; state: Vectors }> {
    const { method, seed, split, scoring } = this.#training;
    const place = epochPlace(method, done);
    const { course, epoch } = place;
    const { training, validation } = split;
    const begun = epoch === 0 ? method.start() : state;
    const session = await this.#sessionOf(course, begun);
    const trained = await session.train(
      begun,
      orderOfEpoch(training, method.shuffle, seed, epoch),
      method.rates(place, session.stepsOf(training.length)),
      (step) => method.noise?.(epoch, step) ?? {},
    );
    if (!Number.isFinite(trained.loss)) {
      throw new InvalidSpec([
        `${method.section}.learningRate: the loss is no number any more in epoch ${epoch + 1}, trained at a rate of ${method.learningRate(epoch)}; choose a smaller one`,
      ]);
    }
    const after = method.after?.(place, trained.state) ?? trained.state;
    const outcome = method.outcome(place, method.result(after));
    const scored = await scoring?.score(outcome.network());
    const row: EpochRow = {
      epoch: epoch + 1,
      keep: outcome.keep(),
      learningRate: method.learningRate(epoch),
      trainAccuracy: trained.correct / training.length,
      trainLoss: trained.loss / training.length,
      validationAccuracy: scored ? scored.correct / validation.length : null,
      validationLoss: scored && Number.isFinite(scored.loss) ? scored.loss / validation.length : null,
      sparsity: outcome.sparsity(),
    };
    return { row, state: after };
  }

  async #sessionOf(course: number, state: Vectors): Promise<EpochSession> {
    const { method, network, data, split } = this.#training;
    const form = [course, method.form?.(state)].join();
    if (this.#session?.form === form) return this.#session.epochs;
    await this.#session?.epochs.release();
    const { features, x, labels } = data;
    const epochs = await EpochSession.create(
      widthsOrGraph(network),
      { features, x, labels: Int32Array.from(labels) },
      Math.min(method.batchSize, split.training.length),
      method.definition(course, state),
    );
    this.#session = { form, epochs };
    return epochs;
  }

  async release(): Promise<void> {
    await this.#session?.epochs.release();
    await this.#training.scoring?.release();
  }
}
