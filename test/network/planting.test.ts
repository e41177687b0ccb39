import { describe, expect, test } from 'vitest';
import { makeDataset } from '../../lib/data/builtin/generators.ts';
import { DoublePrecision } from '../../lib/evaluation/double/layers.ts';
import { countWeights, type Network } from '../../lib/network/architecture.ts';
import { uniformNetwork } from '../../lib/network/initializer.ts';
import { overScaled, plant } from '../../lib/network/planting/planting.ts';
import { MOONS, rings, smallLogits } from '../../lib/network/planting/targets.ts';
import { teacherOf } from '../../lib/network/planting/teacher.ts';
import { builtInTaskSchema } from '../../lib/runspec/task.ts';
import { countOnes, unpack } from '../../lib/search/genome.ts';

const dataOf = (task: object) => makeDataset(builtInTaskSchema.parse({ train: 2_000, test: 2, ...task }));

/** Share of the training data that the masked network gets right. */
function accuracy(network: Network, genome: Uint8Array, { train }: ReturnType<typeof dataOf>): number {
  const mask = unpack(genome, countWeights(network.widths));
  const double = new DoublePrecision(network, train.x);
  const correct = train.labels.filter((label, sample) => double.predict(mask, sample) === label);
  return correct.length / train.labels.length;
}

test('a unit takes the place of the nearest one, up to a factor that the next layer divides out', () => {
  // Of the source's three units the last is the target's times 4, nearly.
  const source = {
    widths: [1, 3, 2],
    weights: [Float32Array.of(-1, 0.1, 7.5), Float32Array.of(9, 9, 9, 9, 9, 9)],
    biases: [Float32Array.of(1, -0.9, 4.25), Float32Array.of(5, 5)],
  };
  const target = {
    widths: [1, 1, 2],
    weights: [Float32Array.of(2), Float32Array.of(0, -8)],
    biases: [Float32Array.of(1), Float32Array.of(0, 3)],
  };
  const { network, genome } = plant(source, target);
  expect(network).toEqual({
    widths: [1, 3, 2],
    weights: [Float32Array.of(-1, 0.1, 8), Float32Array.of(9, 9, 9, 9, 9, -2)],
    biases: [Float32Array.of(1, -0.9, 4), Float32Array.of(0, 3)],
  });
  expect([...unpack(genome, 9)]).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 1]);
});

describe('the planted ticket answers as its target does', () => {
  test('the zigzag between two moons, over scaled features', () => {
    const data = dataOf({ dataset: 'moons' });
    const { scale, offset } = data.scaling;
    const { network, genome } = plant(uniformNetwork([2, 12, 2], 0), overScaled(MOONS, scale, offset));
    const x = data.train.x.map((value) =>
      Math.fround(Math.fround(value * (scale[0] ?? 1)) + (offset[0] ?? 0)),
    );
    const scaled = { ...data, train: { ...data.train, x } };
    expect(countOnes(genome)).toBe(10);
    expect(accuracy(network, genome, scaled)).toBeGreaterThan(0.998);
  });

  test.each([
    [2, 100],
    [3, 88],
    [4, 102],
    [5, 111],
  ])('rings, %i hidden layers: %i weights', (hidden, weights) => {
    const data = dataOf({ dataset: 'rings', noise: 0 });
    const source = uniformNetwork([2, ...new Array<number>(hidden).fill(20), 4], 1);
    const { network, genome } = plant(source, rings(hidden));
    expect(countOnes(genome)).toBe(weights);
    expect(accuracy(network, genome, data)).toBeGreaterThan(0.98);
  });

  test('a teacher, to the last sample', () => {
    const layers = [2, 2, 6, 2, 1];
    const data = dataOf({ dataset: 'teacher', layers, seed: 4 });
    const teacher = teacherOf(layers, 4);
    if (!teacher) throw new Error('found no teacher');
    const { network, genome } = plant(uniformNetwork([2, 23, 6, 62, 2], 0), teacher);
    expect(countOnes(genome)).toBe(4 + 12 + 12 + 2);
    expect(accuracy(network, genome, data)).toBe(1);
    const ones = data.train.labels.filter((label) => label === 1).length;
    expect(Math.min(ones, 2_000 - ones)).toBeGreaterThan(500);
  });
});

test('a teacher is a function of its widths and seed; a single output makes two logits, the first of them 0', () => {
  const teacher = teacherOf([2, 3, 1], 0);
  expect(teacher?.widths).toEqual([2, 3, 2]);
  expect([...(teacher?.weights[1] ?? [])].slice(0, 3)).toEqual([0, 0, 0]);
  expect(teacher && smallLogits(teacher, [0.5, -0.25])[0]).toBe(0);
  expect(teacherOf([2, 3, 1], 1)).not.toEqual(teacher);
  expect(teacherOf([1, 1, 40], 0)).toBeUndefined();
});

test('a noisy label of the rings is that of the next ring, across the nearer bound', () => {
  const clean = dataOf({ dataset: 'rings', noise: 0 }).train.labels;
  const noisy = dataOf({ dataset: 'rings', noise: 1 }).train.labels;
  const steps = new Set(Array.from(clean, (label, sample) => Math.abs(label - (noisy[sample] ?? 0))));
  expect([...steps]).toEqual([1]);
  const some = dataOf({ dataset: 'rings', noise: 0.1 }).train.labels;
  const changed = some.filter((label, sample) => label !== clean[sample]).length;
  expect(changed / 2_000).toBeCloseTo(0.1, 1);
});
