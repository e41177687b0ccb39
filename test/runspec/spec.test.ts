import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { OWN_SECTIONS } from '../../lib/algorithms/registry.ts';
import { makeDataset } from '../../lib/data/builtin/generators.ts';
import { specHash } from '../../lib/runspec/identity.ts';
import { nearest, parseSpec, specJsonSchema } from '../../lib/runspec/parser.ts';
import { DEFAULT_PRESET, PRESETS } from '../../lib/runspec/presets.ts';
import { shapeOfTask, trainSamples } from '../../lib/runspec/shape.ts';
import { builtInTaskSchema } from '../../lib/runspec/task.ts';
import { complete } from './complete.ts';

/** Those of algorithms that have tests of their own. */
const OTHER_SECTIONS = z.object(OWN_SECTIONS).omit({ edgePopup: true, backprop: true }).parse({});

describe('a complete spec', () => {
  test('is made of nothing: the default preset', () => {
    expect(parseSpec({})).toEqual(parseSpec({ preset: DEFAULT_PRESET }));
    expect(parseSpec({})).toEqual({
      preset: 'moons-a',
      algorithm: 'sltn-ga',
      seed: 0,
      task: {
        dataset: 'moons',
        seed: 0,
        scaling: { method: 'min-max', range: [-0.7, 0.7] },
        train: 50_000,
        test: 16_000,
        noise: 0.07,
      },
      network: { layers: [2, 20, 2], initializer: 'uniform', keptShare: 1 },
      search: {
        objective: 'accuracy',
        population: 100,
        recombination: { rate: 0.3, mates: 30 },
        mutation: { rate: 0.1 },
        migration: { rate: 0.1 },
        start: { strategy: 'random' },
      },
      stop: {
        minGenerations: 100,
        maxGenerations: 300,
        stagnation: 50,
        targetAccuracy: 1,
        maxEvaluations: null,
      },
      pruning: { enabled: true, maxEvaluations: null },
      ...OTHER_SECTIONS,
      edgePopup: {
        keep: [0.5],
        epochs: 100,
        batchSize: 128,
        learningRate: 0.1,
        momentum: 0.9,
        weightDecay: 1e-4,
        schedule: 'cosine',
        shuffle: true,
        validationShare: 0,
      },
      backprop: {
        epochs: 100,
        batchSize: 128,
        learningRate: 1e-3,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        shuffle: true,
        validationShare: 0.1,
        patience: 10,
      },
      evaluation: {
        fanOut: 'auto',
        maxConcurrency: 40,
        minChunkSeconds: 1,
        maxEvents: 10_000,
        leapSeconds: 60,
      },
      keepGenerations: false,
    });
  });

  test('is its own complete spec, through JSON and back', () => {
    for (const name of PRESETS.keys()) {
      const spec = parseSpec({ preset: name });
      expect(parseSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
    }
  });

  test.each([0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER])('takes seed %i', (seed) => {
    expect(parseSpec({ seed }).seed).toBe(seed);
    expect(parseSpec({ task: { seed } }).task.seed).toBe(seed);
    expect(parseSpec({ network: { seed } }).network).toMatchObject({ seed });
  });

  test("the user's values lie over the preset's, object by object; lists are replaced", () => {
    const spec = parseSpec({
      preset: 'digits-10',
      search: { mutation: { rate: 0 } },
      stop: { maxGenerations: 7 },
      network: { layers: [64, 5, 5, 10] },
    });
    expect(spec.search).toMatchObject({ objective: 'cross-entropy', mutation: { rate: 0 } });
    expect(spec.stop).toMatchObject({ maxGenerations: 7, targetAccuracy: null });
    expect(spec.network).toMatchObject({ layers: [64, 5, 5, 10] });
  });

  test('with a task and a network of its own has no preset', () => {
    const spec = parseSpec({ task: { dataset: 'circles' }, network: { layers: [2, 3, 2] } });
    expect(spec.preset).toBeUndefined();
    expect(spec.task.scaling?.method).toBe('none');
  });

  test("another data set takes nothing from the preset's", () => {
    const { task } = parseSpec({ task: { dataset: 'circles' } });
    expect(task).toMatchObject({ dataset: 'circles', factor: 0.8, scaling: { method: 'none' } });
  });

  test('what was given is not changed', () => {
    const given = Object.freeze({ preset: 'moons-b', stop: Object.freeze({ maxGenerations: 3 }) });
    parseSpec(given);
    expect(given).toEqual({ preset: 'moons-b', stop: { maxGenerations: 3 } });
  });
});

describe('the presets', () => {
  test('are those of the papers, a convolutional one, planted tickets, and MNIST', () => {
    const scaled = (name: string) => [name, `${name}-scaled`];
    const blobs = [2, 3, 4, 5, 6, 7, 8, 9, 10].flatMap((classes) => scaled(`blobs-${classes}`));
    const letters = ['a', 'b', 'c', 'd'];
    const names = [
      ...['moons', 'circles', 'digits-2', 'digits-10'].flatMap((task) =>
        letters.map((letter) => `${task}-${letter}`),
      ),
      ...blobs,
      ...[2, 3, 4, 5, 10].map((classes) => `digits-${classes}`),
    ];
    expect([...PRESETS.keys()].toSorted()).toEqual(
      [
        ...names,
        'digits-10-conv',
        'mnist',
        'mnist-lenet-5',
        ...['moons', 'wide', 'deep', 'rings-50', 'rings'].map((name) => `planted-${name}`),
      ].toSorted(),
    );
  });

  test.each([
    ['moons-d', [2, 50, 50, 2], 'min-max', 'accuracy', 300, 1],
    ['circles-b', [2, 75, 2], 'none', 'accuracy', 300, 1],
    ['blobs-7', [2, 100, 7], 'none', 'cross-entropy', 11_000, 1],
    ['blobs-7-scaled', [2, 100, 7], 'min-max', 'cross-entropy', 11_000, 1],
    ['digits-2', [64, 75, 2], 'min-max', 'accuracy', 300, 1],
    ['digits-2-a', [64, 20, 2], 'min-max', 'accuracy', 300, 1],
    ['digits-5', [64, 75, 5], 'min-max', 'cross-entropy', 11_000, null],
    ['digits-10-d', [64, 50, 50, 10], 'min-max', 'cross-entropy', 11_000, null],
  ])('%s', (name, layers, scaling, objective, maxGenerations, targetAccuracy) => {
    expect(parseSpec({ preset: name })).toMatchObject({
      network: { layers },
      task: { scaling: { method: scaling } },
      search: { objective },
      stop: { maxGenerations, targetAccuracy },
    });
  });
});

describe('estimates', () => {
  test.each([
    [{ dataset: 'moons', train: 30, test: 20 }, [2, 2, 2]],
    [{ dataset: 'circles', train: 30, test: 20 }, [2, 2, 2]],
    [{ dataset: 'blobs', classes: 4, pointsPerClass: 25 }, [2, 2, 4]],
    [{ dataset: 'digits', classes: 3 }, [64, 2, 3]],
  ])('%j has the shape that is checked', (task, layers) => {
    const spec = complete({ task, network: { layers } });
    const data = makeDataset(builtInTaskSchema.parse(spec.task));
    expect(shapeOfTask(spec.task)).toEqual({ features: data.train.features, classes: data.classes });
    expect(Math.abs(trainSamples(spec.task) / data.train.labels.length - 1)).toBeLessThan(0.05);
  });
});

describe("the search's identity", () => {
  const hash = (spec: object) => specHash(parseSpec(spec));

  test('is that of everything the result depends on, and of nothing else', () => {
    const base = hash({});
    expect(hash({ preset: 'moons-a' })).toBe(base);
    expect(hash({ evaluation: { fanOut: 'distributed', maxConcurrency: 1, leapSeconds: 0 } })).toBe(base);
    expect(hash({ keepGenerations: true })).toBe(base);
    for (const change of [
      { seed: 1 },
      { network: { seed: 0 } },
      { task: { seed: 1 } },
      { task: { train: 49_999 } },
      { stop: { maxGenerations: 301 } },
      { pruning: { enabled: false } },
      { search: { mutation: { rate: 0.2 } } },
    ]) {
      expect(hash(change), JSON.stringify(change)).not.toBe(base);
    }
  });

  test.each([
    ['sltn-ga', { search: { population: 7 } }, { edgePopup: { epochs: 7 }, backprop: { epochs: 7 } }],
    ['edge-popup', { edgePopup: { epochs: 7 } }, { search: { population: 7 }, backprop: { epochs: 7 } }],
    ['backprop', { backprop: { epochs: 7 } }, { stop: { stagnation: 7 }, edgePopup: { epochs: 7 } }],
  ])('of %s covers the sections that it uses, and no others', (algorithm, own, others) => {
    const spec = parseSpec({ algorithm });
    expect(specHash({ ...spec, ...others } as typeof spec)).toBe(specHash(spec));
    expect(hash({ algorithm, ...own })).not.toBe(hash({ algorithm }));
  });

  test('covers the kept share where the initializer scales by it', () => {
    const halved = (initializer: string) => hash({ network: { initializer, keptShare: 0.5 } });
    expect(halved('uniform')).toBe(hash({}));
    expect(halved('signed-kaiming-constant')).not.toBe(
      hash({ network: { initializer: 'signed-kaiming-constant' } }),
    );
  });
});

describe('the JSON Schema', () => {
  const schema = z
    .looseObject({ $schema: z.string(), properties: z.record(z.string(), z.unknown()) })
    .parse(specJsonSchema());

  test('is of draft 2020-12, and refuses unknown keys', () => {
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.additionalProperties).toBe(false);
  });

  // Zod reads JSON Schema too: what it makes of ours takes every spec that Tombola takes.
  const reread = z.fromJSONSchema(JSON.parse(JSON.stringify(schema)));

  test('takes every preset', () => {
    for (const name of PRESETS.keys()) {
      expect(reread.safeParse(parseSpec({ preset: name })).error, name).toBeUndefined();
    }
  });

  test.each([
    [{ sed: 1 }],
    [{ search: { population: 1 } }],
    [{ stop: { maxGenerations: -1 } }],
    [{ search: { mutation: { rate: 2 } } }],
    [{ seed: 'one' }],
  ])('refuses %j', (change) => {
    const base = parseSpec({ preset: 'moons-a' });
    expect(reread.safeParse({ ...base, ...change }).success).toBe(false);
  });
});

test.each([
  ['moons', ['moons-a', 'moons-b', 'moons-c']],
  ['blob-3', ['blobs-3', 'blobs-2', 'blobs-4']],
  ['DIGITS-10', ['digits-10']],
  ['xyzzy', []],
])('the names nearest to %j', (name, expected) => {
  expect(nearest(name, [...PRESETS.keys()])).toEqual(expected);
});

describe('a model with its own weights', () => {
  const task = { train: 'data.csv' };

  test('is pruned from the whole network on, and takes the data as they are', () => {
    const spec = parseSpec({ task, network: { model: 'net.onnx' } });
    expect(spec.search.start).toEqual({ strategy: 'dense' });
    expect(spec.task.scaling).toMatchObject({ method: 'none' });
  });

  test('heeds what the spec says', () => {
    const spec = parseSpec({
      task: { ...task, scaling: { method: 'standard' } },
      network: { model: 'net.onnx' },
      search: { start: { strategy: 'random' } },
    });
    expect(spec.search.start).toEqual({ strategy: 'random' });
    expect(spec.task.scaling).toMatchObject({ method: 'standard' });
  });

  test('drawn anew, it is searched like any other', () => {
    const spec = parseSpec({ task, network: { model: 'net.onnx', weights: 'redrawn' } });
    expect(spec.search.start).toEqual({ strategy: 'random' });
    expect(spec.task.scaling).toBeUndefined();
  });
});
