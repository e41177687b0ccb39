/** Tables of fairness: the gaps between groups, and each group by itself. */
import { capitalized } from '../../base/capitalized.ts';
import { percent, whole } from '../../base/format.ts';
import { GAPS } from '../../search/fairness.ts';
import type { FairnessReport } from '../fairness.ts';
import { type Html, type HtmlContent, html } from '../html.ts';
import { brokenText, GAP_NAMES, limitText, testGapCells } from '../text/fairness.ts';
import { numbersTable } from './table.ts';

/** Nothing where the data have no groups. */
export function fairnessTables(fairness: FairnessReport | undefined): Html {
  if (!fairness) return html``;
  const { positive, train, validation } = fairness;
  const gaps = GAPS.map((gap): HtmlContent[] => {
    const [value, interval] = testGapCells(fairness, gap);
    return [
      capitalized(GAP_NAMES[gap]),
      value,
      wrapping(interval),
      percent(train[gap]),
      ...(validation ? [percent(validation[gap])] : []),
      wrapping(limitText(fairness, gap) ?? '–'),
    ];
  });
  const heads = ['gap', 'test', '95 % interval', 'train', ...(validation ? ['validation'] : []), 'limit'];
  const broken = brokenText(fairness);
  return html`<div class="stack"><div>${numbersTable('Gaps between groups', heads, gaps)}
<p class="note">A gap is the difference of a share in the table of groups, between the two groups that differ most. The positive class is “${positive}”. The intervals are Newcombe's, for a difference of two shares.${broken !== undefined && html` ${capitalized(broken)}.`}</p></div>
${groupsTable(fairness)}</div>`;
}

/** Words that a narrow screen shows on several lines, each number with its unit. */
function wrapping(text: string): Html {
  return html`<span class="wraps">${text.replaceAll(' %', '\u00a0%')}</span>`;
}

function groupsTable({ groups, positive }: FairnessReport): Html {
  const rows = groups.map(({ name, samples, ...shares }) => [
    name,
    percent(shares.accuracy),
    percent(shares.positiveRate),
    percent(shares.truePositiveRate),
    percent(shares.falsePositiveRate),
    whole(samples),
  ]);
  const heads = [
    'group',
    'accuracy',
    `answered “${positive}”`,
    'true positives',
    'false positives',
    'samples',
  ];
  return numbersTable('Groups of the test data', heads, rows);
}
