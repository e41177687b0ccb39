/** How well each class is distinguished from the others: precision, recall and F1, from a confusion matrix. */
import { at } from '../../base/at.ts';
import type { Confusion } from '../../base/classes.ts';
import { percent, whole } from '../../base/format.ts';
import { type Html, html } from '../html.ts';
import { className, type Names } from '../text/names.ts';

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
  const samples = new Float64Array(classes);
  const predicted = new Float64Array(classes);
  for (let actual = 0; actual < classes; actual++) {
    for (let answer = 0; answer < classes; answer++) {
      const count = at(counts, actual * classes + answer);
      samples[actual] = at(samples, actual) + count;
      predicted[answer] = at(predicted, answer) + count;
    }
  }
  const share = (part: number, whole: number) => (whole > 0 ? part / whole : null);
  return Array.from(samples, (present, label) => {
    const answers = at(predicted, label);
    const correct = at(counts, label * classes + label);
    return {
      label,
      samples: present,
      predicted: answers,
      correct,
      precision: share(correct, answers),
      recall: share(correct, present),
      f1: share(2 * correct, present + answers),
    };
  });
}

/** A pair of classes that are taken for each other. */
export interface Mistake {
  readonly actual: number;
  readonly predicted: number;
  readonly count: number;
  /** Share of the samples of the true class. */
  readonly share: number;
}

/** The mistakes that are made most often, at most `most` of them. */
export function worstMistakes(confusion: Confusion, most: number): Mistake[] {
  const { classes, counts } = confusion;
  const scores = classScores(confusion);
  const mistakes: Mistake[] = [];
  for (let actual = 0; actual < classes; actual++) {
    for (let predicted = 0; predicted < classes; predicted++) {
      const count = at(counts, actual * classes + predicted);
      if (actual === predicted || count === 0) continue;
      mistakes.push({ actual, predicted, count, share: count / (scores[actual]?.samples ?? 1) });
    }
  }
  return mistakes.toSorted((a, b) => b.count - a.count).slice(0, most);
}

/** Rows of the table at most; of more classes those that are distinguished worst. */
const MOST_ROWS = 100;

/** A row per class, of the test data. */
export function classesTable(confusion: Confusion, names: Names): Html {
  const scores = classScores(confusion);
  const worst = scores.toSorted((a, b) => (a.f1 ?? 2) - (b.f1 ?? 2)).slice(0, MOST_ROWS);
  const shown = scores.length > MOST_ROWS ? worst : scores;
  const rows = shown.map(
    ({ label, samples, precision, recall, f1 }) =>
      html`<tr><th scope="row">${className(names, label)}</th><td class="number">${percent(precision)}</td><td class="number">${percent(recall)}</td><td class="number">${percent(f1)}</td><td class="number">${whole(samples)}</td></tr>`,
  );
  const note =
    scores.length > MOST_ROWS
      ? html`<p class="note">Of ${whole(scores.length)} classes the ${MOST_ROWS} with the lowest F1.</p>`
      : html``;
  return html`<div><div class="scroll"><table>
<caption>Classes of the test data</caption>
<thead><tr><th scope="col">class</th><th scope="col" class="number">precision</th><th scope="col" class="number">recall</th><th scope="col" class="number">F1</th><th scope="col" class="number">samples</th></tr></thead>
<tbody>${rows}</tbody>
</table></div>${note}</div>`;
}
