import { describe, expect, test } from 'vitest';
import { countWeights, denseLayers } from '../../lib/network/architecture.ts';
import { INITIALIZERS, uniformNetwork } from '../../lib/network/initializer.ts';
import { networkSchema } from '../../lib/spec/schema.ts';

describe('the uniform initializer', () => {
  const network = uniformNetwork([64, 100, 10], 0);
  const weights = network.weights.flatMap((layer) => [...layer]);
  const biases = network.biases.flatMap((layer) => [...layer]);

  test('fills every layer', () => {
    expect(network.weights.map(({ length }) => length)).toEqual([6_400, 1_000]);
    expect(network.biases.map(({ length }) => length)).toEqual([100, 10]);
    expect(weights.length).toBe(countWeights([64, 100, 10]));
  });

  test.each([
    ['weights', weights, 0.02],
    ['biases', biases, 0.12],
  ])('draws %s from U[-1, 1]: mean 0, variance 1/3, a tenth in each tenth', (_, values, tolerance) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(values.every((value) => value >= -1 && value <= 1)).toBe(true);
    expect(Math.abs(mean)).toBeLessThan(tolerance);
    expect(Math.abs(variance - 1 / 3)).toBeLessThan(tolerance);
    for (let tenth = 0; tenth < 10; tenth++) {
      const low = -1 + tenth / 5;
      const share = values.filter((value) => value >= low && value < low + 1 / 5).length / values.length;
      expect(Math.abs(share - 0.1)).toBeLessThan(tolerance);
    }
  });

  test('is a function of widths and seed, each layer from a stream of its own', () => {
    expect(uniformNetwork([64, 100, 10], 0)).toEqual(network);
    expect(uniformNetwork([64, 100, 10], 1).weights[0]).not.toEqual(network.weights[0]);
    const [first, second] = uniformNetwork([3, 3, 3], 5).weights;
    expect(first).not.toEqual(second);
    expect(uniformNetwork([64, 100, 10, 2], 0).weights.slice(0, 2)).toEqual(network.weights);
  });
});

test('the spec knows every initializer', () => {
  expect(networkSchema.shape.initializer.unwrap().options).toEqual(Object.keys(INITIALIZERS));
});

test('layers lie one after another in the genome', () => {
  expect(denseLayers([2, 20, 3])).toEqual([
    { name: 'layers.0', inputs: 2, outputs: 20, offset: 0 },
    { name: 'layers.1', inputs: 20, outputs: 3, offset: 40 },
  ]);
  expect(countWeights([2, 20, 3])).toBe(100);
});
