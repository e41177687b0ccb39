/** The papers' studies (arXiv 2411.04658 and 2508.08877) as sweeps, by name. */
import type { Json } from '../runspec/written-spec.ts';

/** A sweep as a user would write it. */
export interface SweepPreset {
  readonly description: string;
  readonly sweep: Json;
}

const GA = 'GA';
const ADAPTIVE = 'GA (adaptive AB)';

/** The GA and the baselines that match the tickets of `reference`: all with the same weights and data at the same seed. */
const beside = (reference: string) => [
  { name: GA, spec: {} },
  { name: 'random search', spec: { algorithm: 'random-search' }, match: { evaluations: reference } },
  {
    name: 'edge-popup (authors)',
    spec: { algorithm: 'edge-popup', edgePopup: { keep: [0.5], shuffle: false } },
  },
  {
    name: 'edge-popup (fair)',
    spec: {
      algorithm: 'edge-popup',
      edgePopup: { keep: [0.3, 0.5, 0.7], shuffle: true, validationShare: 0.1 },
    },
  },
  {
    name: 'edge-popup (GA’s sparsity)',
    spec: { algorithm: 'edge-popup', edgePopup: { shuffle: false } },
    match: { sparsity: reference },
  },
  { name: 'backpropagation', spec: { algorithm: 'backprop' } },
];

const WITH_ADAPTIVE = [
  { name: ADAPTIVE, spec: { search: { start: { strategy: 'adaptive-bound' } } } },
  ...beside(ADAPTIVE),
];

/** The papers' centres, to four decimals: scikit-learn's make_blobs(centers=10, center_box=(-20, 40), random_state=10). */
const BLOB_CENTERS = [
  [26.2792, -18.7549],
  [18.0189, 24.9282],
  [9.9104, -6.5122],
  [-8.1162, 25.6318],
  [-9.8533, -14.6996],
  [21.1216, 37.2036],
  [-19.7631, 10.7315],
  [28.7573, 16.7516],
  [23.3053, -2.4874],
  [35.0664, 22.8745],
];

/** As many runs as the papers made, per grid point and algorithm. */
const RUNS = { binary: 50, multiClass: 25 } as const;

function study(
  name: string,
  description: string,
  presets: readonly string[],
  seeds: number,
): [string, SweepPreset] {
  const sweep = { name, grid: { preset: presets }, algorithms: WITH_ADAPTIVE, seeds, reference: ADAPTIVE };
  return [name, { description, sweep }];
}

/** The papers' adaptive bound is one of two classes: their GA of blobs is the plain one. */
const BLOBS: SweepPreset = {
  description: 'blobs of 2 to 10 classes; the GA and its baselines',
  sweep: {
    name: 'paper-blobs',
    base: {
      task: { centers: BLOB_CENTERS },
      // The authors' code of 2025 compares the last five of the losses that it notes every 50 generations.
      stop: { stagnation: 200 },
    },
    grid: { preset: [2, 4, 6, 8, 10].map((classes) => `blobs-${classes}`) },
    algorithms: beside(GA),
    seeds: RUNS.multiClass,
    reference: GA,
  },
};

/** Masks of the same weights that different searches find, by two fitnesses, as the classes grow in number. */
const LANDSCAPE: SweepPreset = {
  description:
    'many searches on the same weights, digits of 2 to 10 classes: accuracy and cross-entropy as fitness',
  sweep: {
    name: 'paper-landscape',
    // The weights are those of one seed throughout: what differs from run to run is the search alone.
    base: {
      network: { seed: 0 },
      stop: { minGenerations: 0, maxGenerations: 2_000, stagnation: null, targetAccuracy: null },
    },
    grid: { preset: ['digits-2', 'digits-3', 'digits-4', 'digits-5', 'digits-10'] },
    algorithms: [
      { name: 'accuracy', spec: { search: { objective: 'accuracy' } } },
      { name: 'cross-entropy', spec: { search: { objective: 'cross-entropy' } } },
    ],
    seeds: 10,
    reference: 'accuracy',
  },
};

export const SWEEP_PRESETS: ReadonlyMap<string, SweepPreset> = new Map([
  study(
    'paper-binary',
    'two moons and two circles, networks A to D; the GA and its baselines',
    ['moons', 'circles'].flatMap((task) => ['a', 'b', 'c', 'd'].map((network) => `${task}-${network}`)),
    RUNS.binary,
  ),
  ['paper-blobs', BLOBS],
  study(
    'paper-digits',
    'digits of 2 to 10 classes, [64,75,k]; the GA and its baselines',
    [2, 3, 4, 5, 10].map((classes) => `digits-${classes}`),
    RUNS.multiClass,
  ),
  ['paper-landscape', LANDSCAPE],
]);

/** Runs of a sweep that names a run preset instead of a sweep. */
export const DEFAULT_RUNS = 20;
