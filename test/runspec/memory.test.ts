/** What cannot fit into memory is refused with the estimate. */
import { describe, expect, test, vi } from 'vitest';
import { InvalidSpec } from '../../lib/base/errors.ts';
import { checkMemory } from '../../lib/runspec/memory.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';

describe('what cannot fit into memory', () => {
  const GIGABYTE = 1e9;
  const fitting = (spec: object, available: number) => {
    const parsed = parseSpec(spec);
    return () => checkMemory(parsed, available);
  };
  const moons = { task: { dataset: 'moons' } };

  test.each([
    [
      'a population',
      { search: { population: 1_000_000 } },
      'search.population: the run needs about 976 MB (population and offspring 673 MB, network 7.36 kB, data 3.17 MB, Node.js and onnxruntime 300 MB), and 500 MB is available: make it smaller or use a larger machine',
      0.5 * GIGABYTE,
    ],
    [
      'a network',
      { network: { layers: [2, 2_000, 2_000, 2] } },
      'network.layers: the run needs about 979 MB (population and offspring 307 MB, network 369 MB, data 3.17 MB, Node.js and onnxruntime 300 MB), and 500 MB is available: make it smaller or use a larger machine',
      0.5 * GIGABYTE,
    ],
    [
      'the data',
      { task: { train: 10_000_000 } },
      'task: the run needs about 781 MB (population and offspring 67.3 kB, network 7.36 kB, data 481 MB, Node.js and onnxruntime 300 MB), and 500 MB is available: make it smaller or use a larger machine',
      0.5 * GIGABYTE,
    ],
  ])('%s is refused with the estimate', (_, spec, message, available) => {
    expect(fitting({ ...moons, ...spec }, available)).toThrow(new InvalidSpec([message]));
    expect(fitting({ ...moons, ...spec }, 2 * GIGABYTE)).not.toThrow();
  });

  test.each([
    [
      'terabytes of network',
      { network: { layers: [2, 1_000_000, 1_000_000, 2] } },
      /^network\.layers: the run needs about 169 TB \(.*network 92 TB/,
    ],
    [
      'terabytes of data',
      {
        task: { dataset: 'blobs', classes: 1_000, pointsPerClass: 10_000_000 },
        network: { layers: [2, 5, 1_000] },
      },
      /^task: the run needs about 480 GB \(.*data 480 GB/,
    ],
    [
      'a network and a population that are large together',
      { network: { layers: [2, 1_000, 1_000, 2] }, search: { population: 1_000_000 } },
      /^search\.population: the run needs about 769 GB \(population and offspring 769 GB, network 92\.4 MB/,
    ],
  ])('%s is refused on any machine', (_, spec, message) => {
    expect(fitting(spec, 64 * GIGABYTE)).toThrow(message);
  });

  const model = (weights: number, units: number, train = 1_000) => ({
    task: {
      train: 'a.npz',
      found: { features: 784, classes: 10, train, test: 100, validation: 0, sha256: {} },
    },
    network: {
      model: 'm.onnx',
      found: { sha256: '', weights, multiplyAdds: 1e7, units, features: 784, classes: 10 },
    },
  });

  test('a graph of a million weights with a population of a hundred fits into two gigabytes', () => {
    expect(fitting(model(1e6, 20_000), 2 * GIGABYTE)).not.toThrow();
    expect(fitting(model(1e6, 200_000, 60_000), 2 * GIGABYTE)).not.toThrow();
  });

  test('a graph that does not fit is refused for its network', () => {
    expect(fitting(model(3e7, 20_000), 2 * GIGABYTE)).toThrow(/^network\.model: the run needs about/);
    expect(fitting(model(1e5, 3e8), 2 * GIGABYTE)).toThrow(/^network\.model: the run needs about/);
  });

  test('each group whose gaps are measured takes two evaluators more', () => {
    const found = { features: 784, classes: 2, train: 1_000, test: 100, validation: 0, sha256: {} };
    const grouped = (groups: number) => ({
      task: { train: 'a.npz', group: 'sex', found: { ...found, groups } },
      network: { layers: [784, 1_000, 2] },
      search: { objective: 'accuracy', constraints: { demographicParity: { atMost: 0.1 } } },
    });
    expect(fitting(grouped(2), GIGABYTE)).not.toThrow();
    expect(fitting(grouped(20), GIGABYTE)).toThrow(
      /^network\.layers: the run needs about .* network 2\.96 GB/,
    );
  });

  test('of files that have not been read nothing is known', () => {
    expect(fitting({ task: { train: 'a.csv' }, search: { population: 1_000_000 } }, 1)).not.toThrow();
  });

  test('what a spec says does not depend on where it is read', () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '512');
    for (const spec of [
      { preset: 'moons-a', task: { train: 5_000_000 } },
      { preset: 'digits-10', search: { population: 200_000 } },
    ]) {
      expect(() => parseSpec(spec)).not.toThrow();
      expect(fitting(spec, 512 * 2 ** 20)).toThrow(/ is available: make it smaller/);
    }
    vi.unstubAllEnvs();
  });

  test('every preset fits into a Lambda function of 1.7 GB', () => {
    expect(fitting({ preset: 'moons-a' }, 1_769 * 2 ** 20)).not.toThrow();
    expect(fitting({ preset: 'digits-10' }, 1_769 * 2 ** 20)).not.toThrow();
  });
});
