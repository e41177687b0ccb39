/** Heat maps: values as levels of one scale of colours, which the stylesheet has for light and for dark pages. */
import { Html } from '../html.ts';
import { type Axis, span, stopsOf } from './domain.ts';
import type { LegendEntry } from './marker.ts';

/** Levels of the scale, from `--heat-0` to `--heat-20`: differences finer than a twentieth are not seen. */
export const HEAT_LEVELS = 21;

/** Where there is no value. */
export const NO_LEVEL = 255;

export function heatColor(level: number): string {
  return `var(--heat-${level})`;
}

/** From the smallest to the largest value. `logarithmic`, if they are positive and span more than a factor of 10. */
export function heatAxis(values: readonly (number | null)[], logarithmic: boolean): Axis {
  const [low, high] = span(values);
  return { type: logarithmic && low > 0 && high / low > 10 ? 'log' : 'linear', domain: [low, high] };
}

/** The level of a value on an axis: 0 at its lower end; turned round, 0 at its upper end. */
export function heatLevel(value: number | null, { type, domain: [low, high] }: Axis, turned = false): number {
  if (value === null) return NO_LEVEL;
  const place = type === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  const share = Math.min(1, Math.max(0, high > low ? place : 1));
  return Math.round((turned ? 1 - share : share) * (HEAT_LEVELS - 1));
}

/** Round values of the axis with their colours, in the order of the colours. */
export function heatLegend(axis: Axis, format: (value: number) => string, turned = false): LegendEntry[] {
  const stops = stopsOf(axis);
  return (turned ? stops.toReversed() : stops).map((value) => {
    return { label: format(value), color: heatColor(heatLevel(value, axis, turned)), mark: 'band' };
  });
}

/** A path for each level, of all the cells that have it. `cells`: levels, each with the outline of its cell. */
export function heatPaths(cells: Iterable<readonly [level: number, outline: string]>): Html[] {
  const paths = new Map<number, string>();
  for (const [level, outline] of cells) paths.set(level, (paths.get(level) ?? '') + outline);
  return [...paths]
    .sort(([a], [b]) => a - b)
    .map(([level, path]) => new Html(`<path fill="${heatColor(level)}" d="${path}"/>`));
}
