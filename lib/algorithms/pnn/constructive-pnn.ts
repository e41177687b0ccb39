/**
 * A constructive probabilistic neural network (arXiv 2501.00725): centres of classes, found in one pass over the samples, without
 * gradients or settings. Classes can be added, and unlearned.
 */
import { max, min } from 'd3-array';
import { at } from '../../base/at.ts';
import { indexOfLargest } from '../../base/largest.ts';

export interface Center {
  readonly label: number;
  readonly x: Float64Array;
}

/** Double precision throughout. */
export class ConstructivePnn {
  #centers: Center[] = [];

  get centers(): readonly Center[] {
    return this.#centers;
  }

  /** The labels that it knows, rising. */
  get labels(): number[] {
    return [...new Set(this.#centers.map(({ label }) => label))].sort((a, b) => a - b);
  }

  /**
   * A sample of a class that is new, or that is taken for another, becomes a centre; otherwise the nearest centre of its class
   * moves half of the way to it.
   */
  learn(x: ArrayLike<number>, label: number): void {
    const distances = this.#squares(x);
    if (this.#predicted(distances) !== label) {
      this.#centers.push({ label, x: Float64Array.from(x) });
      return;
    }
    let nearest: number | undefined;
    for (const [place, distance] of distances.entries()) {
      if (at(this.#centers, place).label !== label) continue;
      if (nearest === undefined || distance < at(distances, nearest)) nearest = place;
    }
    if (nearest === undefined) throw new RangeError('a class that is predicted has centres');
    const { x: center } = at(this.#centers, nearest);
    for (const [feature, value] of center.entries()) center[feature] = (value + (x[feature] ?? 0)) / 2;
  }

  /** Unlearns a class: nothing of it is left. */
  forget(label: number): void {
    this.#centers = this.#centers.filter((center) => center.label !== label);
  }

  /** The class with the largest sum of activations, of equal ones the lowest; undefined where it knows none. */
  predict(x: ArrayLike<number>): number | undefined {
    return this.#predicted(this.#squares(x));
  }

  #squares(x: ArrayLike<number>): number[] {
    return this.#centers.map(({ x: center }) => {
      let sum = 0;
      for (const [feature, value] of center.entries()) sum += ((x[feature] ?? 0) - value) ** 2;
      return sum;
    });
  }

  /**
   * exp(−‖x − c‖² / σ²), summed over the centres of a class; σ is the distance of the farthest centre / classes. All relative to
   * that of the nearest centre, which is 1: with dozens of classes the numbers themselves are too small for double precision.
   */
  #predicted(squares: readonly number[]): number | undefined {
    const labels = this.labels;
    if (labels.length === 0) return undefined;
    const [nearest, farthest] = [min(squares) ?? 0, max(squares) ?? 0];
    const sums = labels.map(() => 0);
    for (const [place, square] of squares.entries()) {
      const row = labels.indexOf(at(this.#centers, place).label);
      const activation = farthest > 0 ? Math.exp(((nearest - square) * labels.length ** 2) / farthest) : 1;
      sums[row] = at(sums, row) + activation;
    }
    return at(labels, indexOfLargest(sums));
  }
}
