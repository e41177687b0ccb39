/** The hashes by which a run is known again stay as they are: runs that were begun with them go on. */
import { expect, test } from 'vitest';
import { askedHash, specHash } from '../../lib/runspec/identity.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';
import { PRESETS } from '../../lib/runspec/presets.ts';

/** The first digits of each. */
const short = (hash: string | undefined) => hash?.slice(0, 16);

const HASHES: Readonly<Record<string, string>> = {
  'moons-a': '20c2a9e7ad595570',
  'moons-b': '513f08e4d466406b',
  'moons-c': 'e7c6d9948610f867',
  'moons-d': '2d6cd8a3c52335b4',
  'circles-a': '811b51f4ec00633d',
  'circles-b': '86248d65d9f36409',
  'circles-c': '65c0171b48e0cad7',
  'circles-d': '075c49cac0c2502f',
  'blobs-2': 'ca52f47c414132ff',
  'blobs-3': '2201929eee1fafe6',
  'blobs-4': '2d4f6645d4bdbf8f',
  'blobs-5': '09ea9e52f4596492',
  'blobs-6': '2b8f3c3ee67250c4',
  'blobs-7': '643141c3b721d026',
  'blobs-8': '4cdc19b52b0c0d4f',
  'blobs-9': '62d0cab3291134b6',
  'blobs-10': 'd07b94c5374db093',
  'blobs-2-scaled': '0415e51b5aa17547',
  'blobs-3-scaled': 'a0729a69a60e3166',
  'blobs-4-scaled': '055e16ecf4714f54',
  'blobs-5-scaled': '726e925407da8116',
  'blobs-6-scaled': '16f9da0130adc8ff',
  'blobs-7-scaled': '60f0de943b09939a',
  'blobs-8-scaled': '167ff98054cd3474',
  'blobs-9-scaled': 'ab3c464181a0aaa5',
  'blobs-10-scaled': '83d8fae9c165f1cc',
  'digits-2': 'a61e97a4254d125f',
  'digits-3': '31cd319113543579',
  'digits-4': '320c9318c411e257',
  'digits-5': '5e5d5a3ccc355adf',
  'digits-10': '6e2555f99689cc90',
  'digits-2-a': 'fdfa399b2f547db3',
  'digits-2-b': 'a61e97a4254d125f',
  'digits-2-c': 'b984b856b1477ed0',
  'digits-2-d': 'da891ad5d0259fbb',
  'digits-10-a': '84bbf488d618d9a5',
  'digits-10-b': '6e2555f99689cc90',
  'digits-10-c': '1355222080c62f93',
  'digits-10-d': 'fd6767f34f5925d8',
  'digits-10-conv': 'db58b259e7158c2b',
  'planted-moons': '6cc20abe9798804f',
  'planted-wide': 'a57f97d222972b67',
  'planted-deep': 'dcd99d533d227971',
  'planted-rings-50': '33497f895e47cde3',
  'planted-rings': '4081629fa1d6b7d7',
  mnist: '1b9902621de54314',
  'mnist-lenet-5': 'dd79b2667664e28a',
};

test('of every preset', () => {
  const hashes = [...PRESETS.keys()].map((preset) => [preset, short(specHash(parseSpec({ preset })))]);
  expect(Object.fromEntries(hashes)).toEqual(HASHES);
});

const FOUND = { features: 4, classes: 3, train: 90, test: 50, validation: 10, sha256: { train: 'ab12' } };
const MODEL = { sha256: 'cd34', weights: 30, multiplyAdds: 60, units: 9, features: 4, classes: 3 };
const FILES = { train: 'a.csv', found: FOUND };
const TWO_CLASSES = { train: 'a.csv', found: { ...FOUND, classes: 2 } };
/** The default of files before it was cross-entropy: specs that name it keep their hashes. */
const ACCURACY = { objective: 'accuracy' };

// [what it is, the spec, the hash, that of what was asked for]
const WRITTEN: readonly (readonly [string, object, string, string?])[] = [
  ['another seed', { seed: 5 }, '43b809468fb02fd6'],
  ['a budget', { budget: { dollars: 0.5, minutes: 30 } }, '5cb559bd18ee7a4e'],
  ['other chunks', { evaluation: { fanOut: 'inline' }, keepGenerations: true }, '20c2a9e7ad595570'],
  ['hidden layers', { network: { hidden: [7, 5], seed: 3 } }, 'd4ab446c6a54872c'],
  [
    'another initializer',
    { network: { layers: [2, 9, 2], initializer: 'signed-kaiming-constant', keptShare: 0.5 } },
    '98e664ca1b0b8371',
  ],
  ['random search', { algorithm: 'random-search', stop: { maxEvaluations: 50 } }, '2d7cb1e01299efe5'],
  [
    'edge-popup',
    { preset: 'digits-2', algorithm: 'edge-popup', edgePopup: { keep: [0.3] } },
    'd80510374c6ad78d',
  ],
  ['backprop', { preset: 'digits-2', algorithm: 'backprop' }, 'a8f73d5f2436ea41'],
  [
    'an adaptive bound',
    { preset: 'moons-b', search: { start: { strategy: 'adaptive-bound' } } },
    '5282eb3028b1c927',
  ],
  [
    'a static bound',
    { preset: 'digits-5', search: { start: { strategy: 'static-bound' } } },
    '9740f8275284a3a3',
  ],
  [
    'an architecture',
    { preset: 'digits-10', network: { architecture: 'conv-small', seed: 4 } },
    '58cd82cc316dc9a4',
  ],
  ['files', { task: FILES, search: ACCURACY }, 'c94d925182fe81e8', '7ec42af0dfc32bed'],
  ['files, by default', { task: FILES }, '0bc52fde5ab7c88d', 'b20bb0a29e44b4a3'],
  ['files not read', { task: { train: 'a.csv' }, search: ACCURACY }, '7ba7eb5fc45638ad', '7ba7eb5fc45638ad'],
  ['files not read, by default', { task: { train: 'a.csv' } }, '0022c31021be1978', '0022c31021be1978'],
  [
    'files not read, a static bound',
    {
      task: { train: { x: 'x.npy', y: 'y.npy' } },
      search: { ...ACCURACY, start: { strategy: 'static-bound' } },
    },
    '92517c9703aacb92',
    '92517c9703aacb92',
  ],
  [
    'a model',
    { task: FILES, search: ACCURACY, network: { model: 'm.onnx', found: MODEL } },
    '819fdaa8986eab28',
    '33203fcf742ecd49',
  ],
  [
    'a model redrawn',
    {
      task: FILES,
      search: ACCURACY,
      network: { model: 'm.onnx', weights: 'redrawn', include: ['a*'], found: MODEL },
    },
    '291789d6ccc3db2f',
    '36a3cbedda8a8672',
  ],
  [
    'a model not read',
    { task: { train: 'a.csv' }, search: ACCURACY, network: { model: 'm.onnx', exclude: ['b*'] } },
    'bd690473df5a3e3a',
    'bd690473df5a3e3a',
  ],
  [
    'a model for a data set',
    { preset: 'digits-10', network: { model: 'm.onnx', weights: 'redrawn', keptShare: 0.5 } },
    '19eab1b12eee2c7a',
    '19eab1b12eee2c7a',
  ],
];

test.each(WRITTEN)('of %s', (_, spec, hash, asked) => {
  const parsed = parseSpec(spec);
  expect([short(specHash(parsed)), short(askedHash(parsed))]).toEqual([hash, asked]);
});

test('files of two classes are the search that names the default of more', () => {
  const spec = (search: object) => specHash(parseSpec({ task: TWO_CLASSES, search }));
  expect(spec({})).toBe(spec({ objective: 'cross-entropy' }));
  expect(spec({})).not.toBe(spec(ACCURACY));
});
