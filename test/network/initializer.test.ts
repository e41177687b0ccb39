import { describe, expect, test } from 'vitest';
import { countWeights, denseLayers } from '../../lib/network/architecture.ts';
import { assembleGraph } from '../../lib/network/graph-assembly.ts';
import { INITIALIZER_NAMES, INITIALIZERS, redraw, uniformNetwork } from '../../lib/network/initializer.ts';

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

describe.each([
  ['kaiming-normal', 1, Math.sqrt(2 / 300), 3],
  ['signed-kaiming-constant', 1, Math.sqrt(2 / 300), 1],
  ['signed-kaiming-constant', 0.25, Math.sqrt(2 / 75), 1],
  ['xavier', 1, Math.sqrt(2 / 500), 1.8],
] as const)('the %s initializer with kept share %d', (name, keptShare, deviation, kurtosis) => {
  const network = INITIALIZERS[name]([300, 200, 5], 3, keptShare);
  const [weights = new Float32Array()] = network.weights;
  const moment = (power: number) =>
    weights.reduce((sum, weight) => sum + (weight / deviation) ** power, 0) / weights.length;

  test('draws weights of mean 0, the standard deviation of its paper, and its shape', () => {
    expect(weights.length).toBe(60_000);
    expect(Math.abs(moment(1))).toBeLessThan(0.02);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.02);
    expect(Math.abs(moment(4) - kurtosis)).toBeLessThan(0.1);
  });

  test('has no biases, and another network for another seed', () => {
    expect(network.biases.map(({ length }) => length)).toEqual([200, 5]);
    for (const biases of network.biases) expect(biases.every((bias) => bias === 0)).toBe(true);
    expect(INITIALIZERS[name]([300, 200, 5], 3, keptShare)).toEqual(network);
    expect(INITIALIZERS[name]([300, 200, 5], 4, keptShare)).not.toEqual(network);
  });
});

test('a signed constant is one magnitude per layer', () => {
  const { weights } = INITIALIZERS['signed-kaiming-constant']([8, 50, 2], 0, 0.5);
  expect(weights.map((layer) => [...new Set(layer.map(Math.abs))])).toEqual(
    [8, 50].map((inputs) => [Math.fround(Math.sqrt(2 / (inputs * 0.5)))]),
  );
});

test('there is an initializer of every name', () => {
  expect(Object.keys(INITIALIZERS)).toEqual([...INITIALIZER_NAMES]);
});

test('layers lie one after another in the genome', () => {
  expect(denseLayers([2, 20, 3])).toEqual([
    { name: 'layers.0', inputs: 2, outputs: 20, offset: 0 },
    { name: 'layers.1', inputs: 20, outputs: 3, offset: 40 },
  ]);
  expect(countWeights([2, 20, 3])).toBe(100);
});

describe('the architecture-aware initializer', () => {
  const deviationOf = (values: Float32Array) =>
    Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);

  test('is Kaiming’s in hidden layers, with the deviation of the logits squared; biases 0', () => {
    const { weights, biases } = INITIALIZERS['architecture-aware']([100, 200, 100], 0, 0.5);
    const [hidden = 0, logits = 0] = weights.map(deviationOf);
    expect(hidden / Math.sqrt(2 / 50)).toBeCloseTo(1, 1);
    expect(logits / (2 / 100)).toBeCloseTo(1, 1);
    expect(biases.every((values) => values.every((value) => value === 0))).toBe(true);
  });

  test('divides the variance by the values that are summed, of the layers before the sum alone', () => {
    const zeros = (...shape: number[]) => ({
      shape,
      data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
    });
    const gemm = (name: string, input: string) =>
      ({ op: 'Gemm', transB: true, name, inputs: [input, `${name}.weight`], output: name }) as const;
    const add = (name: string, ...inputs: string[]) => ({ op: 'Add', name, inputs, output: name }) as const;
    const graph = assembleGraph({
      input: 'x',
      inputShape: [100],
      output: 'logits',
      nodes: [
        gemm('a', 'x'),
        gemm('b', 'x'),
        add('biased', 'a', 'a.bias'),
        add('ab', 'biased', 'b'),
        add('sum', 'ab', 'x'),
        { op: 'Relu', name: 'relu', inputs: ['sum'], output: 'relu' },
        gemm('logits', 'relu'),
      ],
      constants: new Map([
        ['a.weight', zeros(100, 100)],
        ['a.bias', zeros(100)],
        ['b.weight', zeros(100, 100)],
        ['logits.weight', zeros(100, 100)],
      ]),
    });
    const drawn = redraw(graph, 'architecture-aware', 0);
    const deviation = (name: string) => deviationOf(drawn.constants.get(name)?.data ?? new Float32Array());
    for (const name of ['a.weight', 'b.weight']) {
      expect(deviation(name) / Math.sqrt(2 / 300)).toBeCloseTo(1, 1);
    }
    expect(deviation('logits.weight') / (2 / 100)).toBeCloseTo(1, 1);
  });
});
