/** Figures of the algorithms side by side: a critical-difference diagram, and performance profiles. */
import type { TopLevelSpec } from 'vega-lite';
import { at } from '../base/at.ts';
import { counted, decimals, percent, whole } from '../base/format.ts';
import { drawChart, upwards } from '../report/figures/chart.ts';
import { span } from '../report/figures/domain.ts';
import { DRAWING_WIDTH, type Figure, round } from '../report/figures/figure.ts';
import { type Html, html } from '../report/html.ts';
import { shortened, widest } from '../report/text/names.ts';
import { colorsOfAlgorithms, legendOfAlgorithms } from './figures.ts';
import type { Ranking } from './friedman.ts';
import { type Overall, type Profile, shareWithin } from './overall.ts';

/** `names`: all algorithms of the sweep, which have the same colours in every figure. */
export async function overallFigures(names: readonly string[], overall: Overall): Promise<Figure[]> {
  const { algorithms, ranking, profiles, contests } = overall;
  return [
    ...(ranking ? [rankFigure(algorithms, ranking)] : []),
    ...(profiles.length > 0 ? [await profileFigure(names, profiles, contests)] : []),
  ];
}

/** Characters of a name, and the width of one on a narrow page, where it is written larger, about. */
const LONGEST_NAME = 26;
const CHARACTER = 8.6;
/** SVG units: of the critical difference, above the ranks; of the ranks; between bars, and between names. */
const MARGIN = { difference: 30, axis: 70, right: 12 } as const;
const BAR = 11;
const ROW = 26;

/** Demšar's diagram, with all names on one side: they have room on a phone as well. */
function rankFigure(algorithms: readonly string[], ranking: Ranking): Figure {
  const { averageRanks, criticalDifference, groups } = ranking;
  const names = algorithms.map((name) => shortened(name, LONGEST_NAME));
  const left = widest(names) * CHARACTER + 8;
  const last = Math.max(algorithms.length, 1 + criticalDifference);
  const x = (rank: number) =>
    round(left + 8 + ((rank - 1) / (last - 1)) * (DRAWING_WIDTH - MARGIN.right - left - 8));
  const step = Math.ceil(algorithms.length / 10);
  const ticks = algorithms.map((_, index) => index + 1).filter((rank) => (rank - 1) % step === 0);
  const top = MARGIN.axis + BAR * (groups.length + 1) + 12;
  const order = algorithms.map((_, index) => index).sort((a, b) => at(averageRanks, a) - at(averageRanks, b));
  const content = html`<g stroke="var(--muted)" stroke-width="1.2" fill="none">
<path d="M${x(1)} ${MARGIN.difference - 5}v10m0,-5H${x(1 + criticalDifference)}m0,-5v10" stroke="var(--ink)"/>
<path d="M${x(1)} ${MARGIN.axis}H${x(algorithms.length)}${ticks.map((rank) => `M${x(rank)} ${MARGIN.axis}v-6`).join('')}"/>
<path d="${order.map((index, row) => `M${x(at(averageRanks, index))} ${MARGIN.axis}V${top + row * ROW}H${round(left)}`).join('')}"/>
</g>
<path d="${groups.map((group, index) => `M${x(at(averageRanks, at(group, 0))) - 3} ${MARGIN.axis + BAR * (index + 1)}H${x(at(averageRanks, at(group, group.length - 1))) + 3}`).join('')}" stroke="var(--ink)" stroke-width="4.5" fill="none"/>
<g class="labels">
${text((x(1) + x(1 + criticalDifference)) / 2, MARGIN.difference - 11, 'middle', `CD ${decimals(criticalDifference, 2)}`)}
${ticks.map((rank) => text(x(rank), MARGIN.axis - 10, 'middle', String(rank)))}
${order.map((index, row) => text(left - 5, top + row * ROW + 4.5, 'end', at(names, index)))}
</g>`;
  const told = order.map((index) => `${at(algorithms, index)} (${decimals(at(averageRanks, index), 2)})`);
  const bars = groups.map((group) => group.map((index) => at(algorithms, index)).join(', '));
  return {
    id: 'ranks',
    title: 'Critical-difference diagram',
    legend: [],
    drawing: { width: DRAWING_WIDTH, height: top + ROW * (algorithms.length - 1) + 14, content },
    caption:
      `Average ranks over ${counted(ranking.tasks, 'grid point')}, the best at the left: ${told.join(', ')}. ` +
      (bars.length === 0
        ? 'All of them can be told apart.'
        : `A bar joins those that cannot be told apart: ${bars.join('; ')}.`),
  };
}

function text(x: number, y: number, anchor: 'middle' | 'end', content: string): Html {
  return html`<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${content}</text>`;
}

/** Shares of the contests by the distance from the best: Dolan and Moré's profiles, with differences in place of ratios. */
async function profileFigure(
  names: readonly string[],
  profiles: readonly Profile[],
  contests: number,
): Promise<Figure> {
  const [, farthest] = span(profiles.flatMap(({ shortfalls }) => shortfalls.filter(Number.isFinite)));
  const end = Math.max(100 * farthest, 1);
  const values = profiles.flatMap((profile) =>
    distancesOf(profile).map((distance) => ({
      algorithm: profile.algorithm,
      distance: 100 * distance,
      share: shareWithin(profile, distance),
    })),
  );
  const ends = profiles.map((profile) => ({
    algorithm: profile.algorithm,
    distance: end,
    share: shareWithin(profile, farthest),
  }));
  const ticks = [0, 0.1, 0.5, 1, 2, 5, 10, 20, 40, 70, 100].filter((tick) => tick <= end);
  const spec: TopLevelSpec = {
    data: { values: [...values, ...ends] },
    mark: { type: 'line', strokeWidth: 2, interpolate: 'step-after' },
    encoding: {
      x: {
        field: 'distance',
        type: 'quantitative',
        scale: { type: 'sqrt', domain: [0, end], nice: false },
        axis: {
          title: 'points below the best, square-root scale',
          values: ticks,
          format: '~g',
          labelOverlap: 'greedy',
        },
      },
      y: {
        field: 'share',
        ...upwards({ type: 'linear', domain: [0, 1] }, 'percent', 'share of the contests'),
      },
      stroke: colorsOfAlgorithms(names),
    },
  };
  const best = profiles.map((profile) => `${profile.algorithm} ${percent(shareWithin(profile, 0), 0)}`);
  return {
    id: 'profiles',
    title: 'Performance profiles',
    legend: legendOfAlgorithms(
      { id: 'profiles', title: '', algorithms: names },
      profiles.map(({ algorithm }) => algorithm),
      'line',
    ),
    drawing: await drawChart(spec, 320),
    caption: `Of ${whole(contests)} contests, one per grid point and seed, the share in which an algorithm’s test accuracy is at most so many points below the best one’s. At the left edge, the share that it wins or ties: ${best.join(', ')}. Better is further up.`,
  };
}

/** Points of a profile that an eye can tell apart: all distances, or that many of them. */
const MOST_STEPS = 200;

function distancesOf({ shortfalls }: Profile): number[] {
  const finite = [...new Set([0, ...shortfalls.filter(Number.isFinite)])];
  const step = Math.ceil(finite.length / MOST_STEPS);
  return finite.filter((_, index) => index % step === 0 || index === finite.length - 1);
}
