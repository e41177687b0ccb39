/** Charts of lines, with a band behind them, and their legends. */
import type { TopLevelSpec } from 'vega-lite';
import { defined } from '../../base/defined.ts';
import { type countAxis, drawChart, type upwards } from './chart.ts';
import type { Drawing } from './figure.ts';
import { DASHES, type LegendEntry } from './marker.ts';

/** One layer of a layered chart. */
type Layer = Extract<TopLevelSpec, { layer: unknown[] }>['layer'][number];

export interface Line {
  readonly field: string;
  readonly name: string;
  readonly mark: keyof typeof DASHES;
  /** As LOOK has it if absent. */
  readonly color?: string;
  readonly width?: number;
  /** Its own, in place of the chart's. */
  readonly rows?: readonly object[];
}

const LOOK = {
  line: { color: 'var(--best)', width: 2 },
  dashed: { color: 'var(--mean)', width: 1.6 },
  dotted: { color: 'var(--muted)', width: 1.6 },
} as const;
const BAND_COLOR = 'var(--band)';

export interface LineChart {
  readonly rows: readonly object[];
  readonly x: ReturnType<typeof countAxis>;
  readonly y: ReturnType<typeof upwards>;
  /** From back to front. */
  readonly lines: readonly Line[];
  /** An area between two fields, behind the lines. */
  readonly band?: { readonly low: string; readonly high: string; readonly name: string } | undefined;
  readonly height: number;
}

export function drawLines({ rows, x, y, lines, band, height }: LineChart, name?: string): Promise<Drawing> {
  const strokes = lines.map(
    ({ field, mark, color = LOOK[mark].color, width = LOOK[mark].width, rows: own }): Layer => ({
      ...(own && { data: { values: [...own] } }),
      mark: {
        type: 'line',
        color,
        strokeWidth: width,
        strokeDash: [...DASHES[mark]],
        strokeJoin: 'round',
      },
      encoding: { x, y: { field, ...y } },
    }),
  );
  const area: Layer | undefined = band && {
    mark: { type: 'area', color: BAND_COLOR },
    encoding: { x, y: { field: band.low, ...y }, y2: { field: band.high } },
  };
  const layer = area ? [area, ...strokes] : strokes;
  return drawChart({ ...defined({ name }), data: { values: [...rows] }, layer }, height);
}

/** From front to back. */
export function legendOf({ lines, band }: Pick<LineChart, 'lines' | 'band'>): LegendEntry[] {
  const entries: LegendEntry[] = lines
    .map(({ name, mark, color = LOOK[mark].color }) => ({ label: name, color, mark }))
    .reverse();
  return band ? [...entries, { label: band.name, color: BAND_COLOR, mark: 'band' }] : entries;
}
