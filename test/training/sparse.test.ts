/** Trainings of weights of which a part is pruned: their schedules by hand, and whole trainings. */
import { describe, expect, test } from 'vitest';
import { isCompressed } from '../../lib/algorithms/backprop/ac-dc.ts';
import { flatten } from '../../lib/algorithms/backprop/step.ts';
import { algorithmNamed } from '../../lib/algorithms/registry.ts';
import { complete } from '../runspec/complete.ts';
import { network, train } from './moons.ts';

const BITS = 160;

test("ac-dc's phases are those of its authors at 100 epochs, and in proportion at others", () => {
  const compressed = [...Array(100).keys()].filter((epoch) => isCompressed(epoch, 100));
  const phases = [10, 20, 30, 40, 50, 60, 70].flatMap((start) =>
    [0, 1, 2, 3, 4].map((after) => start + after),
  );
  expect(compressed).toEqual([...phases, ...Array.from({ length: 15 }, (_, index) => 85 + index)]);
  expect([...Array(20).keys()].filter((epoch) => isCompressed(epoch, 20))).toEqual([
    2, 4, 6, 8, 10, 12, 14, 17, 18, 19,
  ]);
});

describe.each([
  ['magnitude-pruning', { keep: 0.2, rounds: 3 }],
  ['magnitude-pruning', { keep: 0.2, rounds: 1, scope: 'layer' }],
  ['ac-dc', { keep: 0.2, smoothing: 0.1 }],
] as const)('%s with %j', (algorithm, own) => {
  const section = { epochs: 40, batchSize: 32, learningRate: 0.02, ...own };

  test('learns the moons with the weights that it keeps, all others 0', async () => {
    const { rows, best } = await train(algorithm, section);
    const chosen = rows[best?.row ?? -1];
    expect(chosen?.validationAccuracy).toBeGreaterThan(0.95);
    expect(chosen?.keep).toBeCloseTo(0.2, 12);
    expect(chosen?.sparsity).toBeCloseTo(0.8, 12);
    const { parameters = new Float32Array(), mask = new Float32Array() } = best?.result ?? {};
    expect(mask.subarray(0, BITS).reduce((sum, bit) => sum + bit, 0)).toBe(BITS / 5);
    expect(mask.subarray(BITS)).toEqual(new Float32Array(42).fill(1));
    expect([...parameters].filter((value, index) => value !== 0 && mask[index] === 0)).toEqual([]);
  });

  test('is the same bits wherever it is cut', async () => {
    const short = { ...section, epochs: 20 };
    expect(await train(algorithm, short, [1, 6, 10, 15])).toEqual(await train(algorithm, short));
  });
});

test('fine-tuning trains what is not 0, and keeps what is', async () => {
  const weights = network.weights.map((layer) =>
    layer.map((weight, index) => (index % 3 === 0 ? 0 : weight)),
  );
  const section = { epochs: 30, batchSize: 32, learningRate: 0.02 };
  const { rows, best } = await train('fine-tuning', section, [], { ...network, weights });
  expect(rows[best?.row ?? -1]?.validationAccuracy).toBeGreaterThan(0.95);
  expect(new Set(rows.map(({ sparsity }) => sparsity))).toEqual(new Set([expect.closeTo(54 / BITS, 12)]));
  const { parameters = new Float32Array() } = best?.result ?? {};
  const before = flatten({ ...network, weights }).subarray(0, BITS);
  const changed = before.filter((weight, index) => parameters[index] !== weight);
  expect(changed.length).toBeGreaterThan(50);
  expect([...changed]).not.toContain(0);
});

test('magnitude-pruning falls to its share by the same factor each round', async () => {
  const { rows } = await train('magnitude-pruning', { epochs: 8, keep: 0.25, rounds: 3 });
  // At the end of each epoch.
  const shares = [1, 0.25 ** (1 / 3), 0.25 ** (1 / 3), 0.25 ** (2 / 3), 0.25 ** (2 / 3), 0.25, 0.25, 0.25];
  expect(rows.map(({ keep }) => keep)).toEqual(shares.map((share) => expect.closeTo(share, 12)));
});

test.each([
  ['magnitude-pruning', { epochs: 8, keep: 0.25, rounds: 3 }],
  ['ac-dc', { epochs: 20, keep: 0.25 }],
] as const)('%s: the share and the sparsity of a row are of one network', async (algorithm, section) => {
  const { rows } = await train(algorithm, section);
  // A whole number of weights is kept.
  expect(rows.map(({ keep }) => keep)).toEqual(rows.map(({ sparsity }) => expect.closeTo(1 - sparsity, 2)));
  expect(new Set(rows.map(({ keep }) => keep)).size).toBeGreaterThan(1);
});

test('pruning keeps the largest weights of the whole network, and forgets the moments of the others', () => {
  const spec = complete({
    algorithm: 'magnitude-pruning',
    magnitudePruning: { epochs: 2, rounds: 1, keep: 0.1 },
  });
  const problem = { bits: BITS, samples: 600, viable: () => true };
  const { ask } = algorithmNamed('magnitude-pruning').start(spec, problem);
  if (ask.work !== 'train') throw new Error('it does not train');
  const method = ask.method(network);
  const parameters = Float32Array.from(
    { length: BITS + 42 },
    (_, index) => (index % 2 === 0 ? 1 : -1) * index,
  );
  const ones = new Float32Array(parameters.length).fill(1);
  const before = { parameters, firstMoment: ones, secondMoment: ones, mask: ones };
  const after = method.after?.({ course: 0, epoch: 0 }, before);
  const kept = Float32Array.from(parameters, (_, index) => (index >= BITS - 16 ? 1 : 0));
  expect(after?.mask).toEqual(kept);
  expect(after?.firstMoment).toEqual(kept);
  expect(after?.secondMoment).toEqual(kept);
  expect(after?.parameters?.subarray(BITS - 17, BITS - 14)).toEqual(Float32Array.of(0, 144, -145));
  expect(method.after?.({ course: 0, epoch: 1 }, before)).toBe(before);
});
