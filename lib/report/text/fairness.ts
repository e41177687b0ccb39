/** Gaps between groups in words. */
import { percent } from '../../base/format.ts';
import { excessOver, GAPS, type Gap } from '../../search/fairness.ts';
import type { FairnessReport } from '../fairness.ts';

export const GAP_NAMES: Readonly<Record<Gap, string>> = {
  demographicParity: 'demographic parity',
  equalOpportunity: 'equal opportunity',
  equalisedOdds: 'equalised odds',
};

/** The gap on the test data with its interval: "3.1 % (95 % interval 1.2 % to 5 %)". */
export function testGapText({ test }: Pick<FairnessReport, 'test'>, gap: Gap): string {
  const [value, interval] = testGapCells({ test }, gap);
  return interval === '–' ? value : `${value} (95 % interval ${interval})`;
}

/** The same in two cells: "3.1 %", "1.2 % to 5 %". */
export function testGapCells({ test }: Pick<FairnessReport, 'test'>, gap: Gap): [string, string] {
  const measured = test[gap];
  if (!measured) return ['–', '–'];
  const { gap: value, low, high } = measured;
  return [percent(value), `${percent(low)} to ${percent(high)}`];
}

/** How a limit fares on the test data; undefined where the gap has none. */
export function limitText(
  { limits, test }: Pick<FairnessReport, 'limits' | 'test'>,
  gap: Gap,
): string | undefined {
  const limit = limits?.[gap];
  if (!limit) return undefined;
  const measured = test[gap];
  const most = `at most ${percent(limit.atMost)}`;
  if (!measured) return most;
  if (excessOver(measured.gap, limit.atMost) === 0) return `${most}: satisfied`;
  return excessOver(measured.low, limit.atMost) === 0 ? `${most}: within the interval` : `${most}: exceeded`;
}

/** The gaps that have limits, or all of them. */
export function shownGaps({ limits }: Pick<FairnessReport, 'limits'>): readonly Gap[] {
  return limits ? GAPS.filter((gap) => limits[gap]) : GAPS;
}

/** The ticket breaks its constraints: by how much; undefined where it does not. */
export function brokenText({ train: { excess } }: FairnessReport): string | undefined {
  if (excess === 0) return undefined;
  return `no ticket satisfies the constraints on the training data: the nearest exceeds them by ${percent(excess)} in all`;
}
