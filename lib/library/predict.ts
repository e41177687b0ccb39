/** The predictions of a ticket, for programs. Types are written out here, as in library.ts. */
import { at } from '../base/at.ts';
import { predictByTicket } from '../cli/predict/predict.ts';

/** The data to predict, and how their file is written. */
interface PredictDataOptions {
  /** A file of samples in raw units with the features of the ticket, with labels or without; the data of the run unless given. */
  readonly data?: string;
  /** The part of the run's own data; `test` unless given. Not together with `data`. */
  readonly on?: 'train' | 'test' | 'validation';
  /** The label column of the file, whose classes are given back; its name, or its number from 0. No column unless given. */
  readonly label?: string;
  /** Columns of the file that are no features, by their names or numbers. Needed only where columns have no names. */
  readonly ignore?: readonly string[];
  /** Whether the first row of the file is a header; found from its rows unless given. */
  readonly header?: boolean;
  /** The character between fields, or 'tab'; found from the file unless given. */
  readonly delimiter?: string;
  /** The decimal mark of numbers; a point unless given. */
  readonly decimal?: '.' | ',';
}

/** The class of one sample. */
interface Prediction {
  /** The class that the ticket predicts, by its name. */
  readonly prediction: string;
  /** The probability of each class, 0 to 1, in the order of the ticket's classes: the softmax of its logits. */
  readonly probabilities: readonly number[];
  /** The true class, where it is known: of a run's own data, or with `options.label`. */
  readonly label: string | undefined;
}

/**
 * Predicts the class of each sample by a ticket.
 *
 * @param ticket - The folder of a finished run or, with `options.data`, the file of a ticket, such as ticket.onnx.
 * @param options - The data.
 * @returns A prediction for each sample, in the order of the file.
 * @throws An Error named `UserError` where options, file and ticket do not fit together, `DamagedArtifact` where a file of the run
 * has changed.
 */
async function predict(ticket: string, options: PredictDataOptions = {}): Promise<Prediction[]> {
  const found = await predictByTicket(ticket, { ...options, probabilities: true });
  const { classNames, predicted, labels, probabilities = new Float32Array() } = found;
  const classes = classNames.length;
  return Array.from(predicted, (label, sample) => ({
    prediction: at(classNames, label),
    probabilities: Array.from(probabilities.subarray(sample * classes, (sample + 1) * classes)),
    label: labels && at(classNames, at(labels, sample)),
  }));
}

export { type PredictDataOptions, type Prediction, predict };
