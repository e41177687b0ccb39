import { describe, expect, test } from 'vitest';
import { makeDataset } from '../../lib/data/builtin/generators.ts';
import type { Samples } from '../../lib/data/dataset.ts';
import { countSamples, scaled } from '../../lib/data/dataset.ts';
import { builtInTaskSchema } from '../../lib/runspec/task.ts';

const make = (task: object) => makeDataset(builtInTaskSchema.parse(task));

const rowsOf = ({ x, features, labels }: Samples) =>
  Array.from(labels, (label, index) => ({
    label,
    point: [...x.subarray(index * features, (index + 1) * features)],
  }));
const countPer = ({ labels }: Samples, classes: number) =>
  Array.from({ length: classes }, (_, label) => labels.filter((one) => one === label).length);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]) => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
};

/** Distance of every point from the curve of its class. */
const residuals = (
  samples: Samples,
  radiusOf: (label: number) => number,
  centerOf: (label: number) => number[],
) =>
  rowsOf(samples).map(({ label, point: [x = 0, y = 0] }) => {
    const [cx = 0, cy = 0] = centerOf(label);
    return Math.hypot(x - cx, y - cy) - radiusOf(label);
  });

describe('moons', () => {
  const data = make({ dataset: 'moons' });

  test('50,000 for training and 16,000 for testing, half in each class, two features', () => {
    expect([data.train, data.test].map(countSamples)).toEqual([50_000, 16_000]);
    expect(countPer(data.train, 2)).toEqual([25_000, 25_000]);
    expect(countPer(data.test, 2)).toEqual([8_000, 8_000]);
    expect(data.train.x.length).toBe(100_000);
    expect(data.classes).toBe(2);
  });

  test.each(['train', 'test'] as const)('%s: half circles around (0, 0) and (1, 0.5), noise 0.07', (part) => {
    const distances = residuals(
      data[part],
      () => 1,
      (label) => (label === 0 ? [0, 0] : [1, 0.5]),
    );
    expect(deviation(distances)).toBeCloseTo(0.07, 2);
    expect(Math.abs(mean(distances))).toBeLessThan(0.005);
    const upper = rowsOf(data[part]).filter(({ label }) => label === 0);
    expect(mean(upper.map(({ point }) => point[0] ?? 0))).toBeCloseTo(0, 1);
    expect(mean(upper.map(({ point }) => point[1] ?? 0))).toBeCloseTo(2 / Math.PI, 2);
    const lower = rowsOf(data[part]).filter(({ label }) => label === 1);
    expect(mean(lower.map(({ point }) => point[0] ?? 0))).toBeCloseTo(1, 1);
    expect(mean(lower.map(({ point }) => point[1] ?? 0))).toBeCloseTo(0.5 - 2 / Math.PI, 2);
  });

  test('without noise every point lies on its curve, both ends included', () => {
    const { train } = make({ dataset: 'moons', noise: 0, train: 201, test: 10 });
    const distances = residuals(
      train,
      () => 1,
      (label) => (label === 0 ? [0, 0] : [1, 0.5]),
    );
    for (const distance of distances) expect(distance).toBeCloseTo(0, 5);
    expect(countPer(train, 2)).toEqual([100, 101]);
    const xs = rowsOf(train).flatMap(({ label, point }) => (label === 0 ? [point[0] ?? 0] : []));
    expect([Math.min(...xs), Math.max(...xs)]).toEqual([-1, 1]);
  });

  test('the order is shuffled, and no point of one part is in the other', () => {
    const changes = data.train.labels.filter((label, index) => label !== data.train.labels[index - 1]).length;
    expect(Math.abs(changes - 25_000)).toBeLessThan(500);
    const known = new Set(rowsOf(data.train).map(({ point }) => point.join()));
    expect(rowsOf(data.test).some(({ point }) => known.has(point.join()))).toBe(false);
  });

  test('scaling is fitted to [-0.7, 0.7] on the training part only', () => {
    const train = scaled(data.train.x, data.scaling);
    expect(Math.min(...bounds(train))).toBeCloseTo(-0.7, 5);
    expect(Math.max(...bounds(train))).toBeCloseTo(0.7, 5);
    // The test part is new data: its extremes are its own.
    const test = bounds(scaled(data.test.x, data.scaling));
    expect(test[0]).not.toBeCloseTo(-0.7, 4);
    const other = make({ dataset: 'moons', test: 2 });
    expect(other.scaling).toEqual(data.scaling);
  });
});

function bounds(values: Float32Array): [number, number] {
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

describe('circles', () => {
  const data = make({ dataset: 'circles' });

  test('50,000 and 16,000, half in each class, unscaled', () => {
    expect([data.train, data.test].map(countSamples)).toEqual([50_000, 16_000]);
    expect(countPer(data.train, 2)).toEqual([25_000, 25_000]);
    expect(data.scaling).toEqual({ scale: [1], offset: [0] });
  });

  test('radius 1, and 0.8 inside it, noise 0.07, all around', () => {
    const distances = residuals(
      data.train,
      (label) => (label === 0 ? 1 : 0.8),
      () => [0, 0],
    );
    expect(deviation(distances)).toBeCloseTo(0.07, 2);
    expect(Math.abs(mean(distances))).toBeLessThan(0.005);
    for (const axis of [0, 1]) {
      expect(Math.abs(mean(rowsOf(data.train).map(({ point }) => point[axis] ?? 0)))).toBeLessThan(0.01);
    }
  });

  test('without noise the points are evenly spaced, the first not repeated by the last', () => {
    const { train } = make({ dataset: 'circles', noise: 0, factor: 0.5, train: 8, test: 2 });
    const angles = rowsOf(train)
      .filter(({ label }) => label === 1)
      .map(({ point: [x = 0, y = 0] }) => {
        expect(Math.hypot(x, y)).toBeCloseTo(0.5, 6);
        return Math.round((((Math.atan2(y, x) * 2) / Math.PI + 4) % 4) * 1e4) / 1e4;
      });
    expect(angles.toSorted()).toEqual([0, 1, 2, 3]);
  });
});

describe('blobs', () => {
  const task = { dataset: 'blobs', classes: 5 };
  const data = make(task);

  test('5,000 points a class, a quarter of them for testing', () => {
    expect([data.train, data.test].map(countSamples)).toEqual([18_750, 6_250]);
    const [train, test] = [countPer(data.train, 5), countPer(data.test, 5)];
    expect(train.map((count, label) => count + (test[label] ?? 0))).toEqual(Array(5).fill(5_000));
    expect(data.scaling).toEqual({ scale: [1], offset: [0] });
    expect(data.classes).toBe(5);
  });

  test('normal around centres in [-20, 40]², standard deviation 1, the same in both parts', () => {
    for (let label = 0; label < 5; label++) {
      for (const axis of [0, 1]) {
        const [train, test] = [data.train, data.test].map((part) =>
          rowsOf(part).flatMap((row) => (row.label === label ? [row.point[axis] ?? 0] : [])),
        );
        expect(mean(train ?? [])).toBeGreaterThan(-21);
        expect(mean(train ?? [])).toBeLessThan(41);
        expect(Math.abs(deviation(train ?? []) - 1)).toBeLessThan(0.05);
        expect(Math.abs(mean(train ?? []) - mean(test ?? []))).toBeLessThan(0.15);
      }
    }
  });

  test('given centres: the first k, with the noise and the split of drawn ones', () => {
    const given = [
      [0, 10],
      [100, -10],
      [7, 7],
    ];
    const two = { dataset: 'blobs', classes: 2, pointsPerClass: 1_000 };
    const rows = rowsOf(make({ ...two, centers: given }).train);
    const drawn = rowsOf(make(two).train);
    expect(rows.map(({ label }) => label)).toEqual(drawn.map(({ label }) => label));
    for (const label of [0, 1]) {
      const own = rows.filter((row) => row.label === label);
      for (const axis of [0, 1]) {
        const center = mean(own.map(({ point }) => point[axis] ?? 0));
        expect(Math.abs(center - (given[label]?.[axis] ?? 0))).toBeLessThan(0.15);
      }
    }
  });

  test('centres are spread over the whole square', () => {
    const { train } = make({ ...task, classes: 400, pointsPerClass: 4 });
    const [low, high] = bounds(train.x);
    expect(low).toBeLessThan(-18);
    expect(high).toBeGreaterThan(38);
    expect(Math.abs(mean([...train.x]) - 10)).toBeLessThan(2);
  });

  test('scaled ones are scaled to [-0.7, 0.7]', () => {
    const { train, scaling } = make({ ...task, scaling: { method: 'min-max' } });
    const [low, high] = bounds(scaled(train.x, scaling));
    expect(low).toBeCloseTo(-0.7, 5);
    expect(high).toBeCloseTo(0.7, 5);
  });
});

describe('digits', () => {
  test.each([
    [2, 360],
    [3, 537],
    [4, 720],
    [5, 901],
    [10, 1_797],
  ])('the first %i classes have %i images, a quarter for testing, rounded up', (classes, images) => {
    const { train, test } = make({ dataset: 'digits', classes });
    expect(countSamples(test)).toBe(Math.ceil(images / 4));
    expect(countSamples(train) + countSamples(test)).toBe(images);
    expect(Math.max(...train.labels, ...test.labels)).toBe(classes - 1);
  });

  test('all ten: 1,347 and 450 images of 64 pixels 0..16, every class in both', () => {
    const { train, test, scaling } = make({ dataset: 'digits' });
    expect([train, test].map(countSamples)).toEqual([1_347, 450]);
    expect(train.features).toBe(64);
    expect(bounds(train.x)).toEqual([0, 16]);
    expect([...train.x].every(Number.isInteger)).toBe(true);
    expect(scaling.scale).toBeCloseTo(1.4 / 16, 6);
    expect(scaling.offset).toBeCloseTo(-0.7, 6);
    for (const count of [...countPer(train, 10), ...countPer(test, 10)]) expect(count).toBeGreaterThan(25);
  });

  test('no image is in both parts, none is lost', () => {
    const { train, test } = make({ dataset: 'digits' });
    const images = [...rowsOf(train), ...rowsOf(test)].map(({ label, point }) => `${label}:${point}`);
    expect(images.length).toBe(1_797);
    expect(new Set(images).size).toBe(1_797);
  });
});

describe('the seed of the data', () => {
  test.each([
    [{ dataset: 'moons', train: 60, test: 30 }],
    [{ dataset: 'circles', train: 60, test: 30 }],
    [{ dataset: 'blobs', classes: 3, pointsPerClass: 20 }],
    [{ dataset: 'digits', classes: 2 }],
  ])('%j: the same data for the same seed, other data for another', (task) => {
    expect(make({ ...task, seed: 0 })).toEqual(make({ ...task, seed: 0 }));
    expect(make({ ...task, seed: 1 }).train.x).not.toEqual(make({ ...task, seed: 0 }).train.x);
  });

  test('the training part does not depend on the size of the test part', () => {
    const [small, large] = [10, 500].map((size) => make({ dataset: 'moons', train: 50, test: size }));
    expect(small?.train).toEqual(large?.train);
  });
});

describe('two-groups', () => {
  const samplesOf = (task: object) => {
    const { train, groupNames } = make({ dataset: 'two-groups', train: 4_000, test: 4_000, ...task });
    expect(groupNames).toEqual(['a', 'b']);
    return { ...train, groups: train.groups ?? new Uint16Array() };
  };
  const agreement = (angle: number) => {
    const { labels, groups } = samplesOf({ angle });
    return mean(Array.from(labels, (label, row) => (groups[row] === label ? 1 : 0)));
  };

  test('the classes are the Gaussians of Zafar et al.', () => {
    const points = rowsOf(samplesOf({})).filter(({ label }) => label === 1);
    expect(points).toHaveLength(2_000);
    const [x, y] = [0, 1].map((axis) => points.map(({ point }) => point[axis] ?? 0));
    expect(mean(x ?? [])).toBeCloseTo(2, 0);
    expect(deviation(x ?? []) ** 2).toBeCloseTo(5, -1);
    const products = points.map(({ point: [a = 0, b = 0] }) => (a - 2) * (b - 2));
    expect(Math.abs(mean(products) - 1)).toBeLessThan(0.4);
    expect(deviation(y ?? []) ** 2).toBeGreaterThan(4);
  });

  test('the smaller the angle, the more the groups follow the classes', () => {
    const [near, middle, far] = [0, 45, 90].map(agreement);
    expect(near).toBeCloseTo(0.82, 1);
    expect(middle).toBeLessThan((near ?? 0) - 0.02);
    expect(far).toBeLessThan((middle ?? 0) - 0.1);
  });

  test('training and test points differ; the seed decides', () => {
    const { train, test: held } = make({ dataset: 'two-groups', train: 50, test: 50 });
    expect(train.x).not.toEqual(held.x);
    expect(make({ dataset: 'two-groups', train: 50, test: 50 }).train).toEqual(train);
    expect(make({ dataset: 'two-groups', train: 50, test: 50, seed: 1 }).train.groups).not.toEqual(
      train.groups,
    );
  });
});
