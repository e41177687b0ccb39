/** Lines with bands, one for each algorithm: layers of a chart whose values have `algorithm`, `low` and `high`. */
import { lookOf, type upwards } from '../report/figures/chart.ts';
import { classShape } from '../report/figures/marker.ts';
import { colorsOfAlgorithms } from './figures.ts';

interface Bands {
  /** All algorithms of the sweep, in order. */
  readonly algorithms: readonly string[];
  readonly y: ReturnType<typeof upwards>;
  /** The field that lines and markers go through. */
  readonly middle: string;
}

/** The area from `low` to `high`. */
export function bandLayer<const Mark extends object>({ algorithms, y }: Bands, mark: Mark) {
  return {
    mark: { type: 'area', ...mark },
    encoding: { y: { field: 'low', ...y }, y2: { field: 'high' }, fill: colorsOfAlgorithms(algorithms) },
  } as const;
}

export function lineLayer<const Mark extends object>({ algorithms, y, middle }: Bands, mark: Mark) {
  return {
    mark: { type: 'line', ...mark },
    encoding: { y: { field: middle, ...y }, stroke: colorsOfAlgorithms(algorithms) },
  } as const;
}

export function markerLayer<const Mark extends object>({ algorithms, y, middle }: Bands, mark: Mark) {
  return {
    mark: { type: 'point', filled: true, opacity: 1, ...mark },
    encoding: {
      y: { field: middle, ...y },
      fill: colorsOfAlgorithms(algorithms),
      shape: lookOf('algorithm', algorithms, (_, index) => classShape(index)),
    },
  } as const;
}
