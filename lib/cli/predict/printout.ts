/** The output of `tombola predict`, for people and for programs. */
import { mean, range } from 'd3-array';
import { at } from '../../base/at.ts';
import { csvRows, csvText } from '../../base/csv.ts';
import { defined } from '../../base/defined.ts';
import { counted, percent, whole } from '../../base/format.ts';
import { shortened } from '../../report/text/names.ts';
import { print, printJson } from '../output.ts';
import { plainTable } from '../result.ts';

export interface Predictions {
  readonly ticket: string;
  /** The file, or the part of the run's own data. */
  readonly data: string;
  readonly classNames: readonly string[];
  /** A class for each sample, 0..classes−1, and its probability, 0..1; NaN where logits are not finite. */
  readonly predicted: Uint16Array;
  readonly confidence: Float32Array;
  /** Samples × classes, row-major, where they are asked for. */
  readonly probabilities?: Float32Array;
  /** The true classes, where they are known. */
  readonly labels?: Uint16Array;
}

/** Rows that become text at once. */
const ROWS = 4096;
/** Classes that are listed one by one. */
const MOST_CLASSES = 100;
/** Digits of a probability: float32 has about seven. */
const DIGITS = 6;

/** The predictions as CSV, piece by piece: a header, then a row for each sample. */
export function* csvPieces(predictions: Predictions): Generator<string> {
  const { predicted, labels, classNames, probabilities } = predictions;
  const ofClasses = probabilities ? classNames.map((name) => `probability_${name}`) : [];
  yield csvText(['sample', ...(labels ? ['label'] : []), 'prediction', 'confidence', ...ofClasses], []);
  for (let start = 0; start < predicted.length; start += ROWS) {
    yield csvRows(
      range(start, Math.min(predicted.length, start + ROWS)).map((row) => rowOf(predictions, row)),
    );
  }
}

function rowOf({ classNames, ...all }: Predictions, sample: number): (string | number | null)[] {
  const { predicted, confidence, labels, probabilities } = all;
  const classes = classNames.length;
  const ofClasses = probabilities?.subarray(sample * classes, (sample + 1) * classes) ?? [];
  return [
    sample,
    ...(labels ? [at(classNames, at(labels, sample))] : []),
    at(classNames, at(predicted, sample)),
    rounded(at(confidence, sample)),
    ...Array.from(ofClasses, rounded),
  ];
}

function rounded(probability: number): number | null {
  return Number.isFinite(probability) ? Number(probability.toPrecision(DIGITS)) : null;
}

export function printCsv(predictions: Predictions): void {
  for (const piece of csvPieces(predictions)) print(piece);
}

export function printDocument({ ticket, data, classNames, ...all }: Predictions): void {
  const { predicted, confidence, labels, probabilities } = all;
  const classes = classNames.length;
  printJson({
    ticket,
    data,
    samples: predicted.length,
    classes: classNames,
    predictions: Array.from(predicted, (label, sample) => ({
      ...defined({ label: labels && at(classNames, at(labels, sample)) }),
      prediction: at(classNames, label),
      confidence: rounded(at(confidence, sample)),
      ...defined({
        probabilities:
          probabilities &&
          Array.from(probabilities.subarray(sample * classes, (sample + 1) * classes), rounded),
      }),
    })),
  });
}

/** How many samples each class has, and where the predictions are. */
export function printOverview(
  { ticket, data, classNames, predicted, confidence }: Predictions,
  file: string,
) {
  const members = classNames.map((): number[] => []);
  for (const [sample, label] of predicted.entries()) at(members, label).push(sample);
  const largestFirst = [...members.entries()].sort(([, a], [, b]) => b.length - a.length);
  const rows = largestFirst
    .slice(0, MOST_CLASSES)
    .map(([label, samples]) => [
      shortened(at(classNames, label), 40),
      whole(samples.length),
      percent(samples.length / predicted.length, 1),
      percent(mean(samples, (sample) => at(confidence, sample)) ?? null, 1),
    ]);
  const heads = ['predicted class', 'samples', 'share', 'mean confidence'];
  const more =
    members.length > rows.length ? [`the ${rows.length} most frequent of ${members.length} classes`] : [];
  const lines = [
    `${ticket}: ${counted(predicted.length, 'sample')} (${data})`,
    plainTable(rows, heads),
    ...more,
    file,
  ];
  print(`${lines.join('\n\n')}\n`);
}
