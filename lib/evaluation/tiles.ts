/** Samples cut into tiles that stay in cache. */

export interface Tile {
  /** First sample. */
  readonly start: number;
  readonly samples: number;
  /** Columns, the samples filled up to a multiple of 64. */
  readonly width: number;
}

/** For other widths the order in which onnxruntime sums a row, and so a loss, depends on the rows beside it. */
const ALIGNMENT = 64;

/** Tiles of nearly equal size, about `target` samples each, covering all `samples`. */
export function cutTiles(samples: number, target: number): Tile[] {
  const count = Math.max(1, Math.round(samples / target));
  const step = Math.ceil(samples / count / ALIGNMENT) * ALIGNMENT;
  const tiles: Tile[] = [];
  for (let start = 0; start < samples; start += step) {
    const size = Math.min(step, samples - start);
    tiles.push({ start, samples: size, width: Math.ceil(size / ALIGNMENT) * ALIGNMENT });
  }
  return tiles;
}
