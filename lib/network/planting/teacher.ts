/** A small random network whose answers are the labels of a task. */
import { at } from '../../base/at.ts';
import { indexOfLargest } from '../../base/largest.ts';
import { random } from '../../base/random.ts';
import type { Network } from '../architecture.ts';
import { smallLogits } from './targets.ts';

/** Draws of a teacher, and the points on which its classes are counted. */
const DRAWS = 300;
const POINTS = 200;
/** A wider or deeper teacher would be drawn for minutes. */
export const MOST_TEACHER_WEIGHTS = 10_000;
/** Its smallest class has at least this much of an even share. */
const LEAST_SHARE = 0.6;

/** Classes of a teacher of those widths: a single output decides between two. */
export function classesOfTeacher(widths: readonly number[]): number {
  return Math.max(2, at(widths, widths.length - 1));
}

/** The last one: a run asks for it again and again, and they may be large. */
let drawn: { readonly key: string; readonly network: Network | undefined } | undefined;

/**
 * Weights and biases from U[-1, 1], drawn until every class has its part of the cube [-1, 1]. One output becomes two
 * logits, the first of which is 0. Undefined where no draw has.
 */
export function teacherOf(widths: readonly number[], seed: number): Network | undefined {
  const key = JSON.stringify([widths, seed]);
  if (drawn?.key !== key) drawn = { key, network: draw(widths, seed) };
  return drawn.network;
}

function draw(widths: readonly number[], seed: number): Network | undefined {
  const [inputs = 0] = widths;
  const place = random(seed, 'planted', 0, 1);
  const points = Array.from({ length: POINTS }, () =>
    Array.from({ length: inputs }, () => 2 * place.uniform() - 1),
  );
  const classes = classesOfTeacher(widths);
  for (let attempt = 0; attempt < DRAWS; attempt++) {
    const stream = random(seed, 'planted', attempt);
    const layers = widths.slice(1).map((outputs, index) => {
      const values = (length: number) => Float32Array.from({ length }, () => 2 * stream.uniform() - 1);
      const size = at(widths, index);
      const [weights, biases] = [values(size * outputs), values(outputs)];
      const single = index === widths.length - 2 && outputs === 1;
      if (!single) return { weights, biases };
      return {
        weights: Float32Array.of(...new Float32Array(size), ...weights),
        biases: Float32Array.of(0, ...biases),
      };
    });
    const network = {
      widths: [...widths.slice(0, -1), classes],
      weights: layers.map((layer) => layer.weights),
      biases: layers.map((layer) => layer.biases),
    };
    if (dividesAll(network, points, classes)) return network;
  }
  return undefined;
}

/** Whether each class has its part of the points. It stops at the point after which too few are left. */
function dividesAll(network: Network, points: readonly number[][], classes: number): boolean {
  const missing = new Array<number>(classes).fill(Math.ceil((LEAST_SHARE * points.length) / classes));
  let all = missing.reduce((sum, count) => sum + count, 0);
  for (const [place, point] of points.entries()) {
    if (all > points.length - place) return false;
    const label = indexOfLargest(smallLogits(network, point));
    if (at(missing, label) === 0) continue;
    missing[label] = at(missing, label) - 1;
    all--;
  }
  return all === 0;
}
