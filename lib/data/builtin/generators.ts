/** The papers' data sets, each a pure function of its task spec. */
import { fileURLToPath } from 'node:url';
import { at } from '../../base/at.ts';
import { indexOfLargest } from '../../base/largest.ts';
import { type Random, random } from '../../base/random.ts';
import { shuffle } from '../../base/shuffle.ts';
import { RING_BOUNDS, smallLogits } from '../../network/planting/targets.ts';
import { classesOfTeacher, teacherOf } from '../../network/planting/teacher.ts';
import { areGiven, type BuiltInTask } from '../../runspec/task.ts';
import { type Dataset, pick, type Samples } from '../dataset.ts';
import { fitScaling } from '../samples/scaling.ts';
import { readDigits } from './digits.ts';

type TaskOf<Name extends BuiltInTask['dataset']> = Extract<BuiltInTask, { dataset: Name }>;

const GENERATORS: { [Name in BuiltInTask['dataset']]: (task: TaskOf<Name>) => Parts } = {
  moons,
  circles,
  blobs,
  'two-groups': twoGroups,
  digits,
  rings,
  teacher,
};

interface Parts {
  readonly classes: number;
  readonly groupNames?: readonly string[];
  readonly train: Samples;
  readonly test: Samples;
}

/** Makes or reads the data set of a task; the scaling is fitted on the training part only. */
export function makeDataset(task: BuiltInTask): Dataset {
  const generate = GENERATORS[task.dataset] as (task: BuiltInTask) => Parts;
  const parts = generate(task);
  return { ...parts, scaling: fitScaling(parts.train, { ...task.scaling, per: 'all' }) };
}

type CurvesTask = TaskOf<'moons' | 'circles'>;
type Curve = (label: number, t: number) => Point;

/**
 * Points on two classes of curves with Gaussian noise. Class by class the points are evenly spaced along the curve;
 * their order is shuffled. `curve(label, t)` with t in [0, 1] gives a point without noise.
 */
function curves(task: CurvesTask, endpoint: boolean, curve: Curve): Parts {
  const part = (count: number, index: number) => points(count, task, index, endpoint, curve);
  return { classes: 2, train: part(task.train, 0), test: part(task.test, 1) };
}

function points(count: number, task: CurvesTask, part: number, endpoint: boolean, curve: Curve): Samples {
  const outer = Math.floor(count / 2);
  const order = permutation(count, task.seed, part);
  const noise = random(task.seed, 'noise', part);
  const x = new Float32Array(count * 2);
  const labels = new Uint16Array(count);
  for (let index = 0; index < count; index++) {
    const point = order[index] ?? 0;
    const label = point < outer ? 0 : 1;
    const [position, size] = label === 0 ? [point, outer] : [point - outer, count - outer];
    const [px, py] = curve(label, position / Math.max(1, endpoint ? size - 1 : size));
    x[2 * index] = px + task.noise * noise.normal();
    x[2 * index + 1] = py + task.noise * noise.normal();
    labels[index] = label;
  }
  return { features: 2, x, labels };
}

/** Two interleaving half circles: the upper around (0, 0), the lower around (1, 0.5). */
function moons(task: TaskOf<'moons'>): Parts {
  const turn = turned(task.rotation ?? 0);
  return curves(task, true, (label, t) => {
    const angle = Math.PI * t;
    return turn(
      label === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)],
    );
  });
}

type Point = readonly [number, number];

/** Turns points around the middle of the moons. */
function turned(degrees: number): (point: Point) => Point {
  if (degrees === 0) return (point) => point;
  const angle = (Math.PI * degrees) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return ([x, y]) => {
    const [dx, dy] = [x - 0.5, y - 0.25];
    return [0.5 + dx * cos - dy * sin, 0.25 + dx * sin + dy * cos];
  };
}

/** Two concentric circles: radius 1, and radius `factor` inside it. */
function circles(task: TaskOf<'circles'>): Parts {
  return curves(task, false, (label, t) => {
    const radius = label === 0 ? 1 : task.factor;
    return [radius * Math.cos(2 * Math.PI * t), radius * Math.sin(2 * Math.PI * t)];
  });
}

/** Isotropic Gaussian blobs around the given centres, or around uniformly drawn ones. */
function blobs(task: TaskOf<'blobs'>): Parts {
  const centers = centersOf(task);
  const count = task.classes * task.pointsPerClass;
  const noise = random(task.seed, 'noise');
  const x = new Float32Array(count * 2);
  const labels = new Uint16Array(count);
  for (let index = 0; index < count; index++) {
    const label = Math.floor(index / task.pointsPerClass);
    const [cx = 0, cy = 0] = centers[label] ?? [];
    x[2 * index] = cx + task.standardDeviation * noise.normal();
    x[2 * index + 1] = cy + task.standardDeviation * noise.normal();
    labels[index] = label;
  }
  return { classes: task.classes, ...split({ features: 2, x, labels }, task.testShare, task.seed) };
}

function centersOf({ centers, classes, seed }: TaskOf<'blobs'>): readonly Point[] {
  if (areGiven(centers)) return centers;
  const [low, high] = centers;
  const place = random(seed, 'dataset');
  const coordinate = () => low + (high - low) * place.uniform();
  return Array.from({ length: classes }, () => [coordinate(), coordinate()]);
}

/** Mean and covariance of the points of each class (Zafar et al. 2017, section 4.1): x = mean + the lower triangle · normals. */
const GAUSSIANS = [
  { mean: -2, covariance: [10, 1, 3] },
  { mean: 2, covariance: [5, 1, 5] },
] as const;

/**
 * Two Gaussian classes of as many points, and a group for each point: it is drawn by how much denser the second class is than the
 * first at the point, turned by `angle`. The group is that of the class for 82 % of the
 * points at 0 degrees, 78 % at 45 and 61 % at 90.
 */
function twoGroups(task: TaskOf<'two-groups'>): Parts {
  const part = (count: number, index: number) => groupedPoints(count, task, index);
  return { classes: 2, train: part(task.train, 0), test: part(task.test, 1), groupNames: ['a', 'b'] };
}

function groupedPoints(count: number, task: TaskOf<'two-groups'>, part: number): Samples {
  const order = permutation(count, task.seed, part);
  const noise = random(task.seed, 'noise', part);
  const draw = random(task.seed, 'dataset', part);
  const turn = (task.angle * Math.PI) / 180;
  const x = new Float32Array(count * 2);
  const labels = new Uint16Array(count);
  const groups = new Uint16Array(count);
  for (let index = 0; index < count; index++) {
    const label = (order[index] ?? 0) < Math.floor(count / 2) ? 0 : 1;
    const { mean, covariance } = GAUSSIANS[label];
    const [xx, xy, yy] = covariance;
    const [first, second] = [noise.normal(), noise.normal()];
    const px = mean + Math.sqrt(xx) * first;
    const py = mean + (xy / Math.sqrt(xx)) * first + Math.sqrt(yy - (xy * xy) / xx) * second;
    const turned = [
      Math.cos(turn) * px - Math.sin(turn) * py,
      Math.sin(turn) * px + Math.cos(turn) * py,
    ] as const;
    const [negative, positive] = [density(0, turned), density(1, turned)];
    x[2 * index] = px;
    x[2 * index + 1] = py;
    labels[index] = label;
    groups[index] = draw.uniform() * (negative + positive) < positive ? 1 : 0;
  }
  return { features: 2, x, labels, groups };
}

/** Of the points of a class at a place. */
function density(label: 0 | 1, [x, y]: readonly [number, number]): number {
  const { mean, covariance } = GAUSSIANS[label];
  const [xx, xy, yy] = covariance;
  const [dx, dy] = [x - mean, y - mean];
  const determinant = xx * yy - xy * xy;
  const distance = (yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy) / determinant;
  return Math.exp(-distance / 2) / (2 * Math.PI * Math.sqrt(determinant));
}

/** The first `classes` of the UCI optical digits (Alpaydin and Kaynak 1998, CC BY 4.0). */
function digits(task: TaskOf<'digits'>): Parts {
  const all = readDigits(fileURLToPath(new URL('digits.csv.gz', import.meta.url)));
  const chosen = Uint32Array.from(all.labels.keys()).filter(
    (index) => (all.labels[index] ?? 0) < task.classes,
  );
  return { classes: task.classes, ...split(pick(all, chosen), task.testShare, task.seed) };
}

/** Points drawn from the cube [-1, 1], each with the label that `labelOf` gives it. */
function cube(
  { train, test, seed }: TaskOf<'rings' | 'teacher'>,
  features: number,
  classes: number,
  labelOf: (point: Float32Array, noise: Random) => number,
): Parts {
  const part = (count: number, index: number): Samples => {
    const place = random(seed, 'dataset', index);
    const noise = random(seed, 'noise', index);
    const x = Float32Array.from({ length: count * features }, () => 2 * place.uniform() - 1);
    const labels = Uint16Array.from({ length: count }, (_, sample) =>
      labelOf(x.subarray(sample * features, (sample + 1) * features), noise),
    );
    return { features, x, labels };
  };
  return { classes, train: part(train, 0), test: part(test, 1) };
}

/** Four rings around the origin (arXiv 2111.11153); a noisy label is that of the ring across the nearer bound. */
function rings(task: TaskOf<'rings'>): Parts {
  const classes = RING_BOUNDS.length + 1;
  return cube(task, 2, classes, ([x = 0, y = 0], noise) => {
    const square = x * x + y * y;
    const ring = RING_BOUNDS.filter((bound) => square > bound).length;
    if (noise.uniform() >= task.noise) return ring;
    const distance = (bound: number) => Math.abs(square - (RING_BOUNDS[bound] ?? Infinity));
    return distance(ring - 1) < distance(ring) ? ring - 1 : ring + 1;
  });
}

/** The labels of a small random network. */
function teacher({ layers, ...task }: TaskOf<'teacher'>): Parts {
  const network = teacherOf(layers, task.seed);
  if (!network) throw new TypeError('the teacher of a task that was checked can be drawn');
  const labelOf = (point: Float32Array) => indexOfLargest(smallLogits(network, point));
  return cube({ ...task, layers }, at(layers, 0), classesOfTeacher(layers), labelOf);
}

/** A random order of 0..count−1. */
function permutation(count: number, seed: number, part: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  return shuffle(random(seed, 'split', part), order);
}

/** A shuffled split; the test part is rounded up. */
function split(samples: Samples, testShare: number, seed: number): { train: Samples; test: Samples } {
  const order = permutation(samples.labels.length, seed, 2);
  const tests = Math.min(order.length - 1, Math.ceil(order.length * testShare));
  return { test: pick(samples, order.subarray(0, tests)), train: pick(samples, order.subarray(tests)) };
}
