/** Cost and time of a run by the memory of the functions: low and high guess of an estimate. */
import { counted, whole } from '../../base/format.ts';
import type { Guess } from '../../cost/assumptions.ts';
import type { Estimate } from '../../cost/estimate.ts';
import { vcpusOf } from '../../cost/prices.ts';
import { countAxis, upwards } from './chart.ts';
import { linearAxis } from './domain.ts';
import type { Figure } from './figure.ts';
import { drawLines, legendOf } from './lines.ts';

const HEIGHT = 260;
const LINES = [
  { field: 'low', name: 'low guess', mark: 'dashed' },
  { field: 'high', name: 'high guess', mark: 'line' },
] as const;

/** `estimates`: by memory, the smallest first. */
export function memoryFigures(estimates: readonly Estimate[]): Promise<Figure[]> {
  return Promise.all([
    figure(estimates, 'cost', 'Cost', 'US dollars', ({ dollars }) => dollars.total),
    figure(estimates, 'time', 'Time', 'minutes', ({ minutes }) => minutes),
  ]);
}

async function figure(
  estimates: readonly Estimate[],
  id: string,
  title: string,
  unit: string,
  of: (guess: Guess) => number,
): Promise<Figure> {
  const rows = estimates.map(({ memoryMb, low, high }) => ({
    memory: memoryMb,
    low: of(low),
    high: of(high),
  }));
  const memories = rows.map(({ memory }) => memory);
  const most = Math.max(...rows.map(({ high }) => high));
  const chart = {
    rows,
    x: countAxis('memory', [Math.min(...memories), Math.max(...memories)], 'memory of the functions, MB'),
    y: upwards(linearAxis([0, most], 0, [0, Number.POSITIVE_INFINITY]), 'number', unit),
    lines: LINES,
    band: { low: 'low', high: 'high', name: 'between them' },
    height: HEIGHT,
  };
  const [best] = estimates.toSorted((a, b) => of(a.high) - of(b.high) || a.memoryMb - b.memoryMb);
  const memory = best?.memoryMb ?? 0;
  return {
    id,
    title,
    legend: legendOf(chart),
    drawing: await drawLines(chart),
    caption: `Least at ${whole(memory)} MB (${counted(vcpusOf(memory), 'vCPU')}), by the high guess. Computed for ${memories.map(whole).join(', ')} MB.`,
  };
}
