/** Specs that are refused: what is wrong, the spec, the exact message. */
import { ALGORITHM_NAMES, OWN_SECTIONS } from '../../lib/algorithms/registry.ts';

const SHARED = 'preset, algorithm, seed, task, network, search, stop, pruning';
const TOP = `${SHARED}, ${Object.keys(OWN_SECTIONS).join(', ')}, budget, evaluation, keepGenerations`;
const NAMES = ALGORITHM_NAMES.map((name) => JSON.stringify(name)).join(' or ');
const blobs = (task: object, classes = 2) => ({
  task: { dataset: 'blobs', ...task },
  network: { layers: [2, 5, classes] },
});

export const CASES: readonly (readonly [string, unknown, string])[] = [
  // A spec is an object.
  ['a list', [], 'spec: found []; a run spec is a JSON object, such as {"preset": "moons-a"}'],
  ['null', null, 'spec: found null; a run spec is a JSON object, such as {"preset": "moons-a"}'],
  ['a text', 'moons-a', 'spec: found "moons-a"; a run spec is a JSON object, such as {"preset": "moons-a"}'],
  ['nothing', undefined, 'spec: found nothing; a run spec is a JSON object, such as {"preset": "moons-a"}'],

  // Planted tickets.
  [
    'a ticket for a task of which none is known',
    { preset: 'digits-2', network: { planted: true } },
    "network.planted: found true with the data set 'digits', for which no ticket is known; expected one of moons, rings and teacher, or leave it out",
  ],
  [
    'a ticket in too few units',
    { preset: 'planted-moons', network: { layers: [2, 3, 2] } },
    'network.layers[1]: found 3, expected at least 4, the units of the ticket that network.planted puts there',
  ],
  [
    'a ticket in too few layers',
    { preset: 'planted-rings', network: { layers: [2, 30, 4] } },
    'network.layers: found 1 hidden layers, and the ticket that network.planted puts there takes at least 2 hidden layers',
  ],
  [
    'a ticket in a convolutional network',
    { preset: 'digits-10-conv', network: { planted: true } },
    'network.planted: found true, which is for network.layers: leave it out',
  ],
  [
    'a teacher of more classes than it can tell apart',
    { task: { dataset: 'teacher', layers: [1, 1, 40] }, network: { layers: [1, 5, 40] } },
    'task.layers: found [1,1,40], of which no random network divides the points among its 40 classes; choose fewer classes, or wider layers',
  ],

  // What another algorithm heeds.
  [
    'a section of another algorithm',
    { annealing: { flips: 10 } },
    'annealing: found {"flips":10} with "algorithm": "sltn-ga", which ignores it: leave it out, or choose "algorithm": "annealing"',
  ],
  [
    'sections of two others',
    { algorithm: 'pbil', backprop: { epochs: 2 }, edgePopup: { epochs: 2 } },
    'edgePopup: found {"epochs":2} with "algorithm": "pbil", which ignores it: leave it out, or choose "algorithm": "edge-popup"\nbackprop: found {"epochs":2} with "algorithm": "pbil", which ignores it: leave it out, or choose "algorithm": "backprop"',
  ],
  [
    'generations of a search that counts flips',
    { algorithm: 'local-search', stop: { maxGenerations: 9 } },
    'stop: found {"maxGenerations":9} with "algorithm": "local-search", which ends when its flips are used up: give localSearch.flips or a budget, and leave stop out',
  ],

  // Presets.
  [
    'a preset that is nearly one',
    { preset: 'mons-a' },
    `preset: found "mons-a", which is not a preset; did you mean moons-a, moons-b, moons-c? 'tombola presets' lists them all`,
  ],
  [
    'a preset in capitals',
    { preset: 'Moons-B' },
    `preset: found "Moons-B", which is not a preset; did you mean moons-b? 'tombola presets' lists them all`,
  ],
  [
    'half a preset',
    { preset: 'digits' },
    `preset: found "digits", which is not a preset; did you mean digits-2, digits-3, digits-4? 'tombola presets' lists them all`,
  ],
  [
    'nothing like a preset',
    { preset: 'mnist-fashion' },
    `preset: found "mnist-fashion", which is not a preset; 'tombola presets' lists them all`,
  ],
  [
    'no preset at all',
    { preset: '' },
    `preset: found "", which is not a preset; 'tombola presets' lists them all`,
  ],
  ['a preset by number', { preset: 5 }, 'preset: found 5, expected the name of a preset'],

  // Unknown keys, with their path.
  ['a typo at the top', { sed: 1 }, `sed: unknown key; did you mean seed? known keys: ${TOP}`],
  ['nothing known', { banana: 1 }, `banana: unknown key; known keys: ${TOP}`],
  [
    'a typo deeper down',
    { search: { mutation: { rat: 0.1 } } },
    'search.mutation.rat: unknown key; did you mean rate? known keys: rate',
  ],
  [
    'a typo in a section',
    { search: { mutaton: { rate: 1 } } },
    'search.mutaton: unknown key; did you mean mutation? known keys: objective, population, recombination, mutation, migration, constraints, codes, pick, start',
  ],
  [
    'a key of another data set',
    { task: { factor: 0.5 } },
    'task.factor: unknown key; known keys: dataset, seed, scaling, image, train, test, noise, rotation',
  ],
  ['a key that objects have anyway', { constructor: 1 }, `constructor: unknown key; known keys: ${TOP}`],
  [
    'a key that changes objects',
    JSON.parse('{"__proto__": {"seed": 5}}'),
    `__proto__: unknown key; known keys: ${TOP}`,
  ],

  // Types.
  ['a seed in quotes', { seed: '1' }, 'seed: found "1", expected a number'],
  ['half a seed', { seed: 1.5 }, 'seed: found 1.5, expected a whole number'],
  ['no seed', { seed: null }, 'seed: found null, expected a number'],
  ['a negative seed', { seed: -1 }, 'seed: found -1, expected at least 0'],
  [
    'a seed that doubles cannot tell from its neighbours',
    { seed: 2 ** 53 },
    'seed: found 9007199254740992, expected at most 9007199254740991',
  ],
  [
    'a rate in quotes',
    { search: { mutation: { rate: '0.1' } } },
    'search.mutation.rate: found "0.1", expected a number',
  ],
  [
    'a rate in place of its section',
    { search: { mutation: 0.1 } },
    'search.mutation: found 0.1, expected an object in braces',
  ],
  ['a section that is null', { search: null }, 'search: found null, expected an object in braces'],
  ['a section that is a list', { stop: [] }, 'stop: found [], expected an object in braces'],
  [
    'layers as a text',
    { network: { layers: '2,20,2' } },
    'network.layers: found "2,20,2", expected a list in brackets',
  ],
  [
    'a width in quotes',
    { network: { layers: [2, '20', 2] } },
    'network.layers[1]: found "20", expected a number',
  ],
  [
    'half a neuron',
    { network: { layers: [2, 2.5, 2] } },
    'network.layers[1]: found 2.5, expected a whole number',
  ],
  ['yes', { keepGenerations: 'yes' }, 'keepGenerations: found "yes", expected true or false'],
  [
    'an unknown data set',
    { task: { dataset: 'moon' } },
    'task.dataset: found "moon", expected one of moons, circles, blobs, two-groups, digits, rings, teacher, files',
  ],
  [
    'an unknown fitness',
    { search: { objective: 'f1' } },
    'search.objective: found "f1", expected "accuracy" or "accuracy-then-cross-entropy" or "balanced-accuracy" or "macro-f1" or "cross-entropy"',
  ],
  ['an unknown algorithm', { algorithm: 'ga' }, `algorithm: found "ga", expected ${NAMES}`],
  [
    'an unknown scaling',
    { task: { scaling: { method: 'max' } } },
    'task.scaling.method: found "max", expected "none" or "min-max"',
  ],
  [
    'half a range',
    { task: { scaling: { method: 'min-max', range: [1] } } },
    'task.scaling.range: found [1], expected at least 2 entries',
  ],

  // Rates.
  [
    'more than everyone mutates',
    { search: { mutation: { rate: 1.5 } } },
    'search.mutation.rate: found 1.5, expected at most 1',
  ],
  [
    'fewer than none mate',
    { search: { recombination: { rate: -0.1 } } },
    'search.recombination.rate: found -0.1, expected at least 0',
  ],
  [
    'more migrants than survivors',
    { search: { migration: { rate: 2 } } },
    'search.migration.rate: found 2, expected at most 1',
  ],
  [
    'a mate from nobody',
    { search: { recombination: { mates: 0 } } },
    'search.recombination.mates: found 0, expected at least 1',
  ],
  [
    'more than everything right',
    { stop: { targetAccuracy: 1.01 } },
    'stop.targetAccuracy: found 1.01, expected at most 1',
  ],

  // Layers and data.
  [
    'more inputs than features',
    { network: { layers: [3, 20, 2] } },
    "network.layers[0]: found 3, expected 2: the data set 'moons' has 2 features",
  ],
  [
    'more outputs than classes',
    { network: { layers: [2, 20, 3] } },
    "network.layers[2]: found 3, expected 2: one output per class of 'moons'",
  ],
  [
    'another data set on the layers of a preset',
    { task: { dataset: 'digits' } },
    "network.layers[0]: found 2, expected 64: the data set 'digits' has 64 features\nnetwork.layers[2]: found 2, expected 10: one output per class of 'digits'",
  ],
  [
    'more classes than outputs',
    { preset: 'digits-2', task: { classes: 3 } },
    "network.layers[2]: found 2, expected 3: one output per class of 'digits'",
  ],
  ['a single layer', { network: { layers: [2] } }, 'network.layers: found [2], expected at least 2 entries'],
  ['no layers', { network: { layers: [] } }, 'network.layers: found [], expected at least 2 entries'],
  ['an empty layer', { network: { layers: [2, 0, 2] } }, 'network.layers[1]: found 0, expected at least 1'],

  // Sizes.
  ['no classes', blobs({ classes: 0 }), 'task.classes: found 0, expected at least 2'],
  ['one class', blobs({ classes: 1 }), 'task.classes: found 1, expected at least 2'],
  [
    'more classes than digits',
    { preset: 'digits-10', task: { classes: 11 } },
    'task.classes: found 11, expected at most 10',
  ],
  ['a population of one', { search: { population: 1 } }, 'search.population: found 1, expected at least 2'],
  [
    'nobody to be ranked beside another',
    { algorithm: 'nes', search: { population: 2 } },
    'search.population: found 2 with "algorithm": "nes", expected at least 3: one mask is the most probable one, and only two others can be ranked',
  ],
  ['nobody', { search: { population: 0 } }, 'search.population: found 0, expected at least 2'],
  [
    'a billion individuals',
    { search: { population: 1e9 } },
    'search.population: found 1000000000, expected at most 1000000',
  ],
  [
    'negative generations',
    { stop: { maxGenerations: -1 } },
    'stop.maxGenerations: found -1, expected at least 0',
  ],
  ['stagnation at once', { stop: { stagnation: 0 } }, 'stop.stagnation: found 0, expected at least 1'],
  ['one point', { task: { train: 1 } }, 'task.train: found 1, expected at least 2'],
  ['negative noise', { task: { noise: -0.1 } }, 'task.noise: found -0.1, expected at least 0'],
  [
    'a circle in itself',
    { preset: 'circles-a', task: { factor: 1 } },
    'task.factor: found 1, expected less than 1',
  ],
  [
    'everything for testing',
    { preset: 'digits-2', task: { testShare: 1 } },
    'task.testShare: found 1, expected less than 1',
  ],
  [
    'blobs without extent',
    blobs({ standardDeviation: 0 }),
    'task.standardDeviation: found 0, expected more than 0',
  ],
  [
    'no chunk at a time',
    { evaluation: { maxConcurrency: 0 } },
    'evaluation.maxConcurrency: found 0, expected at least 1',
  ],
  [
    'an unknown fan-out',
    { evaluation: { fanOut: 'wide' } },
    'evaluation.fanOut: found "wide", expected "auto" or "inline" or "distributed"',
  ],
  [
    'more events than Step Functions has',
    { evaluation: { maxEvents: 25_000 } },
    'evaluation.maxEvents: found 25000, expected at most 24000',
  ],

  // Several at once.
  [
    'three mistakes',
    { sed: 1, seed: -1, search: { population: 1 } },
    `seed: found -1, expected at least 0\nsearch.population: found 1, expected at least 2\nsed: unknown key; did you mean seed? known keys: ${TOP}`,
  ],
];
