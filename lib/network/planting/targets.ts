/**
 * Small networks that solve a task, by construction. A weight of 0 is not part of the ticket. They take raw features, and
 * their logits are those of the task's classes.
 */
import { denseLayers, type Network } from '../architecture.ts';

/** A layer's rows, a unit each: its bias first, then its weights. */
type Rows = readonly (readonly number[])[];

function networkOf(layers: readonly Rows[]): Network {
  const widths = [(layers[0]?.[0]?.length ?? 1) - 1, ...layers.map((rows) => rows.length)];
  return {
    widths,
    weights: layers.map((rows) => Float32Array.from(rows.flatMap((row) => row.slice(1)))),
    biases: layers.map((rows) => Float32Array.from(rows, ([bias = 0]) => bias)),
  };
}

/**
 * Two moons are apart on both sides of a zigzag: y = 3/4 + 3/2 x, after x = 0 with slope −1, after x = 1 with slope 23/16. With
 * the default noise it is wrong on 3 points in 10,000. Four hidden units and 10 weights, as the [2,4,1] that the authors of
 * arXiv 2411.04658 planted: the logit of the upper moon is 0.
 */
export const MOONS: Network = networkOf([
  [
    [0.75, 1.5, -1],
    [-0.75, -1.5, 1],
    [0, 1, 0],
    [-1, 1, 0],
  ],
  [
    [0, 0, 0, 0, 0],
    [0, 1, -1, -2.5, 2.4375],
  ],
]);

/** Radius squared at which one ring ends and the next begins (arXiv 2111.11153). */
export const RING_BOUNDS: readonly number[] = [0.2, 0.5, 0.7];

/** Knots of the square of a coordinate. */
const KNOTS = 8;

/** Fewest hidden layers, and the least width of each, that hold the rings. */
export const RINGS_NEED = { layers: 2, width: 2 * KNOTS };

/**
 * Rings around the origin, as in arXiv 2111.11153: |x| and |y| from four units; then mirrors, which fold the quadrant on
 * itself, one for each layer beyond three; then squares as lines between knots, whose sum is compared with the bounds.
 */
export function rings(hidden: number): Network {
  // How far the two coordinates reach after the mirrors.
  let reach: [number, number] = [1, 1];
  let layers: Rows[] = [
    [
      [0, 1, 0],
      [0, -1, 0],
      [0, 0, 1],
      [0, 0, -1],
    ],
  ];
  // Units whose sum is the one coordinate, and the other.
  let coordinates: [number[], number[]] = [
    [1, 1, 0, 0],
    [0, 0, 1, 1],
  ];
  if (hidden >= 3) {
    layers = [...layers, coordinates.map((row) => [0, ...row])];
    coordinates = [
      [1, 0],
      [0, 1],
    ];
  }
  for (let mirror = 1; mirror <= hidden - 3; mirror++) {
    const angle = Math.PI / 2 ** (mirror + 1);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const turned = (u: number, v: number) =>
      coordinates[0].map((x, i) => u * x + v * (coordinates[1][i] ?? 0));
    const across = turned(sin, -cos);
    layers = [...layers, [turned(cos, sin), across, across.map((x) => -x)].map((row) => [0, ...row])];
    coordinates = [
      [1, 0, 0],
      [0, 1, 1],
    ];
    reach = [Math.SQRT2, Math.SQRT2 * sin];
  }
  const steps = reach.map((most) => most / KNOTS);
  const knots = coordinates.flatMap((row, axis) =>
    Array.from({ length: KNOTS }, (_, knot) => [-knot * (steps[axis] ?? 0), ...row]),
  );
  const slopes = steps.flatMap((step) =>
    Array.from({ length: KNOTS }, (_, knot) => (knot === 0 ? step : 2 * step)),
  );
  // Each ring's logit is twice as steep as the one inside it; they cross at the bounds.
  const logits: number[][] = [];
  let bias = 0;
  for (const [ring, bound] of [0, ...RING_BOUNDS].entries()) {
    const steepness = 2 ** (ring - 1);
    if (ring > 0) bias -= (steepness / 2) * bound;
    logits.push([bias, ...slopes.map((slope) => steepness * slope)]);
  }
  return networkOf([...layers, knots, logits]);
}

/** The logits of one sample; scratch code for the few points of a small network. */
export function smallLogits({ widths, weights, biases }: Network, x: ArrayLike<number>): number[] {
  let before = Array.from(x);
  for (const [index, { inputs, outputs }] of denseLayers(widths).entries()) {
    const last = index === weights.length - 1;
    before = Array.from({ length: outputs }, (_, unit) => {
      let sum = biases[index]?.[unit] ?? 0;
      for (let input = 0; input < inputs; input++) {
        sum += (weights[index]?.[unit * inputs + input] ?? 0) * (before[input] ?? 0);
      }
      return last ? sum : Math.max(0, sum);
    });
  }
  return before;
}
