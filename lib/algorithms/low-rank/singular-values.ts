/** Singular value decompositions, in double precision. */
import { at } from '../../base/at.ts';

const MOST_SWEEPS = 60;

/**
 * Singular value decomposition by one-sided Jacobi rotations (Hestenes 1958), in double precision: the columns of `left` and
 * `right`, the largest value first. `matrix`: rows × width, row-major.
 */
export function decompose(matrix: ArrayLike<number>, rows: number, width: number): Decomposed {
  if (rows < width) {
    const transposed = Float64Array.from({ length: rows * width }, (_, place) =>
      at(matrix, (place % rows) * width + Math.floor(place / rows)),
    );
    const { left, values, right } = decompose(transposed, width, rows);
    return { left: right, values, right: left };
  }
  const own = Array.from({ length: width }, (_, column) =>
    Float64Array.from({ length: rows }, (__, row) => at(matrix, row * width + column)),
  );
  const turned = own.map((_, column) => Float64Array.from(own, (__, row) => Number(row === column)));
  for (let sweep = 0; sweep < MOST_SWEEPS && rotateAll(own, turned); sweep++);
  const norms = own.map((column) => Math.sqrt(product(column, column)));
  const order = [...norms.keys()].sort((a, b) => at(norms, b) - at(norms, a) || a - b);
  return {
    left: order.map((place) => {
      const norm = at(norms, place);
      return at(own, place).map((value) => (norm > 0 ? value / norm : 0));
    }),
    values: order.map((place) => at(norms, place)),
    right: order.map((place) => at(turned, place)),
  };
}

interface Decomposed {
  readonly left: Float64Array[];
  readonly values: number[];
  readonly right: Float64Array[];
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let place = 0; place < a.length; place++) sum += (a[place] ?? 0) * (b[place] ?? 0);
  return sum;
}

/** Makes every pair of columns orthogonal, one after the other; false if all were. */
function rotateAll(own: readonly Float64Array[], turned: readonly Float64Array[]): boolean {
  let rotated = false;
  for (let first = 0; first < own.length; first++) {
    for (let second = first + 1; second < own.length; second++) {
      const [a, b] = [at(own, first), at(own, second)];
      const [aa, bb, ab] = [product(a, a), product(b, b), product(a, b)];
      if (Math.abs(ab) <= 1e-14 * Math.sqrt(aa * bb) || ab === 0) continue;
      rotated = true;
      const zeta = (bb - aa) / (2 * ab);
      const tangent = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
      const cosine = 1 / Math.sqrt(1 + tangent * tangent);
      rotate(a, b, cosine, cosine * tangent);
      rotate(at(turned, first), at(turned, second), cosine, cosine * tangent);
    }
  }
  return rotated;
}

function rotate(a: Float64Array, b: Float64Array, cosine: number, sine: number): void {
  for (let place = 0; place < a.length; place++) {
    const [value, other] = [a[place] ?? 0, b[place] ?? 0];
    a[place] = cosine * value - sine * other;
    b[place] = sine * value + cosine * other;
  }
}
