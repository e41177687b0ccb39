/** How well each class is distinguished from the others: precision, recall and F1, from a confusion matrix. */
import { range, sum } from 'd3-array';
import { at } from '../../base/at.ts';
import type { Confusion } from '../../base/classes.ts';
import { percent, whole } from '../../base/format.ts';
import { type Html, html } from '../html.ts';
import { className, type Names } from '../text/names.ts';
import { numbersTable } from './table.ts';

export interface ClassScore {
  readonly label: number;
  /** Samples of the class, predictions of it, and correct ones. */
  readonly samples: number;
  readonly predicted: number;
  readonly correct: number;
  /** Correct among the predictions; null where it is never predicted. */
  readonly precision: number | null;
  /** Correct among the samples; null where there are none. */
  readonly recall: number | null;
  /** 2 · correct / (samples + predictions); null where there are neither. */
  readonly f1: number | null;
}

export function classScores({ classes, counts }: Confusion): ClassScore[] {
  const labels = range(classes);
  const share = (part: number, whole: number) => (whole > 0 ? part / whole : null);
  return labels.map((label) => {
    const samples = sum(labels, (answer) => at(counts, label * classes + answer));
    const predicted = sum(labels, (actual) => at(counts, actual * classes + label));
    const correct = at(counts, label * classes + label);
    return {
      label,
      samples,
      predicted,
      correct,
      precision: share(correct, predicted),
      recall: share(correct, samples),
      f1: share(2 * correct, samples + predicted),
    };
  });
}

/** Samples of one class that the ticket takes for one class, the same or another. */
export interface ConfusionCell {
  readonly actual: number;
  readonly predicted: number;
  readonly count: number;
  /** Share of the samples of the true class. */
  readonly share: number;
}

export function confusionCells(confusion: Confusion): ConfusionCell[] {
  const { classes, counts } = confusion;
  return classScores(confusion).flatMap(({ label: actual, samples }) =>
    range(classes).map((predicted) => {
      const count = at(counts, actual * classes + predicted);
      return { actual, predicted, count, share: count / Math.max(1, samples) };
    }),
  );
}

export function mistakesOf(confusion: Confusion): ConfusionCell[] {
  return confusionCells(confusion).filter(
    ({ actual, predicted, count }) => actual !== predicted && count > 0,
  );
}

/** The mistakes that are made most often, at most `most` of them. */
export function worstMistakes(confusion: Confusion, most: number): ConfusionCell[] {
  return mistakesOf(confusion)
    .toSorted((a, b) => b.count - a.count)
    .slice(0, most);
}

/** Rows of the table at most; of more classes those that are distinguished worst. */
const MOST_ROWS = 100;

/** A row per class, of the test data. */
export function classesTable(confusion: Confusion, names: Names): Html {
  const scores = classScores(confusion);
  const worst = scores.toSorted((a, b) => (a.f1 ?? 2) - (b.f1 ?? 2)).slice(0, MOST_ROWS);
  const shown = scores.length > MOST_ROWS ? worst : scores;
  const rows = shown.map(({ label, samples, precision, recall, f1 }) => {
    return [className(names, label), percent(precision), percent(recall), percent(f1), whole(samples)];
  });
  const heads = ['class', 'precision', 'recall', 'F1', 'samples'];
  const note = html`<p class="note">Of ${whole(scores.length)} classes the ${MOST_ROWS} with the lowest F1.</p>`;
  return html`<div>${numbersTable('Classes of the test data', heads, rows)}${scores.length > MOST_ROWS && note}</div>`;
}
