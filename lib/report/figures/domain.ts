/** The stretch of an axis. */
import { extent, ticks } from 'd3-array';

export interface Axis {
  readonly type: 'linear' | 'log';
  readonly domain: [number, number];
  /** Where to draw grid lines; absent: where the chart thinks fit. */
  readonly ticks?: number[];
}

/**
 * A linear axis that shows all values with a little room, never of length 0.
 * `least`: the shortest stretch to show; `limits`: what the quantity cannot leave.
 */
export function linearAxis(
  values: Iterable<number | null>,
  least: number,
  limits: readonly [number, number],
): Axis {
  const [low, high] = span(values);
  const room = Math.max(0.04 * (high - low), (least - (high - low)) / 2);
  return { type: 'linear', domain: [Math.max(limits[0], low - room), Math.min(limits[1], high + room)] };
}

/** For losses: linear, or logarithmic if they span more than a factor of 30. */
export function lossAxis(values: Iterable<number | null>): Axis {
  return amountAxis(values, 30);
}

/** For amounts: linear, or logarithmic if they are positive and span more than the factor. */
export function amountAxis(values: Iterable<number | null>, factor: number): Axis {
  const all = [...values];
  const [low, high] = span(all);
  if (low > 0 && high / low > factor) return logAxis(low / 1.1, high * 1.1);
  return linearAxis(all, Math.max(1e-6, 0.02 * high), [0, Number.POSITIVE_INFINITY]);
}

/** With lines at powers of ten, and between them if there are few. */
function logAxis(low: number, high: number): Axis {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const decades = Math.log10(high / low);
  const steps = decades > 3.5 ? [1] : decades > 1.8 ? [1, 3] : [1, 2, 5];
  const ticks = Array.from({ length: last - first + 1 }, (_, index) =>
    steps.map((step) => Number(`${step}e${first + index}`)),
  ).flat();
  return { type: 'log', domain: [low, high], ticks: ticks.filter((tick) => tick >= low && tick <= high) };
}

/** Round values within an axis, about five; its ends where there are not even two. */
export function stopsOf({ type, domain: [low, high] }: Axis): number[] {
  const round = type === 'log' ? (logAxis(low, high).ticks ?? []) : ticks(low, high, 5);
  if (round.length > 1) return round;
  return low === high ? [low] : [low, high];
}

/** Smallest and largest; [0, 0] of nothing. */
export function span(values: Iterable<number | null>): [number, number] {
  const [low = 0, high = 0] = extent([...values].filter((value) => value !== null));
  return [low, high];
}
