/** Specs and sweeps that nobody would write, through the commands that read them, and small ones to their end. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALGORITHM_NAMES } from '../../lib/algorithms/registry.ts';
import { UserError } from '../../lib/base/errors.ts';
import { runSearch } from '../../lib/engine/engine.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';
import { csv } from '../data/memory.ts';
import { placeOf, temporaryFolder } from '../steps/small-run.ts';
import { answered, bounded, damagedJson, HOSTILE_TEXTS, hostileValue, PATIENT } from './answers.ts';

const TABLE = csv(
  Array.from({ length: 40 }, (_, row) => [row % 7, (row * row) % 11, 'xyz'[row % 3] ?? '']),
  ['a', 'b', 'kind'],
);

const SPECS: readonly (readonly [string, object])[] = [
  ['of a preset', { preset: 'moons-a', seed: 3, stop: { maxGenerations: 9 } }],
  ['that says all', parseSpec({ preset: 'digits-10' })],
  [
    'of files',
    { task: { train: 'table.csv', label: 'kind', ignore: ['a'], decimal: ',' }, network: { hidden: [4] } },
  ],
  ['of a convolutional network', { preset: 'digits-10', network: { architecture: 'conv-small' } }],
  [
    'of a sweep',
    {
      base: { preset: 'moons-a' },
      grid: { 'search.population': [10, 20], seed: [1] },
      algorithms: ['sltn-ga', { name: 'pbil', spec: { pbil: { rate: 0.2 } } }],
      seeds: 2,
    },
  ],
];

const COMMANDS = [['spec'], ['estimate', '--json'], ['network', '--no-measure', '--json']];

describe('specs', PATIENT, () => {
  test.each(SPECS)('%s', async (_, document) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'table.csv'), TABLE);
    const file = join(folder, 'spec.json');
    await fc.assert(
      fc.asyncProperty(
        damagedJson(document),
        fc.constantFrom(...COMMANDS),
        async (spec, [command = '', ...options]) => {
          await writeFile(file, JSON.stringify(spec));
          const { code, stdout } = await answered(command, file, ...options);
          if (code === 0) JSON.parse(stdout);
        },
      ),
      bounded(),
    );
  });

  test('as texts that are hardly JSON', async () => {
    const file = join(await temporaryFolder(), 'spec.json');
    const whole = JSON.stringify(SPECS[1]?.[1], null, 1);
    const mark = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '\ufeff',
      '//',
      'null',
      '1e999',
      ...HOSTILE_TEXTS,
    );
    const text = fc.oneof(
      fc
        .tuple(fc.nat(whole.length), mark, fc.nat(3))
        .map(([at, put, cut]) => whole.slice(0, at) + put + whole.slice(at + cut)),
      fc
        .tuple(fc.constantFrom('[', '{"a":', '{"task":'), fc.nat(20_000))
        .map(([piece, times]) => piece.repeat(times)),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(text, async (written) => {
        await writeFile(file, written);
        await answered('spec', file);
      }),
      bounded(),
    );
  });

  test('by the options of the command line', async () => {
    const file = join(await temporaryFolder(), 'table.csv');
    await writeFile(file, TABLE);
    const options = [
      '--label',
      '--delimiter',
      '--decimal',
      '--ignore',
      '--network',
      '--seed',
      '--algorithm',
      '--objective',
    ];
    const value = fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), hostileValue.map(String), fc.string());
    const pair = fc.tuple(fc.constantFrom(...options), value).map(([name, given]) => `${name}=${given}`);
    const command = fc.constantFrom(
      ['spec', '--data', file],
      ['network', '--no-measure', '--json', '--data', file],
      ['data', file],
    );
    await fc.assert(
      fc.asyncProperty(command, fc.array(pair, { minLength: 1, maxLength: 2 }), async (args, given) => {
        await answered(...args, ...given);
      }),
      bounded(),
    );
  });
});

describe('small runs', PATIENT, () => {
  const few = (most: number) => fc.integer({ min: 1, max: most });
  const share = fc.oneof(fc.constantFrom(0, 1, 0.5), fc.double({ min: 0, max: 1, noNaN: true }));
  const task = fc.oneof(
    fc.record({
      dataset: fc.constantFrom('moons', 'circles', 'spirals'),
      train: few(60),
      test: few(9),
      noise: share,
    }),
    fc.record({ dataset: fc.constant('blobs'), classes: few(4), pointsPerClass: few(20), testShare: share }),
  );
  const spec = fc.record({
    algorithm: fc.constantFrom(...ALGORITHM_NAMES),
    seed: fc.nat(1000),
    task,
    network: fc.record({ hidden: fc.array(few(5), { maxLength: 2 }) }),
    search: fc.record(
      {
        population: fc.integer({ min: 2, max: 6 }),
        recombination: fc.record({ rate: share, mates: few(5) }),
        mutation: fc.record({ rate: share }),
        migration: fc.record({ rate: share }),
        start: fc.constantFrom(
          { strategy: 'random' },
          { strategy: 'random', sparsity: 0.8 },
          { strategy: 'dense' },
          { strategy: 'static-bound', bound: 0.5, tries: 50 },
        ),
      },
      { requiredKeys: ['population'] },
    ),
    stop: fc.record({ minGenerations: fc.constant(0), maxGenerations: fc.nat(2) }),
    ...Object.fromEntries(
      ['edgePopup', 'backprop'].map((key) => [key, fc.record({ epochs: few(2), batchSize: few(40) })]),
    ),
    ...Object.fromEntries(
      ['annealing', 'localSearch', 'memetic'].map((key) => [
        key,
        fc.record({ flips: few(50), starts: few(2) }),
      ]),
    ),
  });

  test('end, or are refused', async () => {
    await fc.assert(
      fc.asyncProperty(spec, async (written) => {
        const run = placeOf(await temporaryFolder());
        try {
          const outcome = await runSearch({ ...written, run }, { workers: 0, name: 'small' });
          expect(outcome.status).toBe('succeeded');
        } catch (error) {
          const name = error instanceof Error ? error.name : '';
          if (!(error instanceof UserError) && !['InvalidSpec', 'UserError'].includes(name)) throw error;
        }
      }),
      bounded(0.25),
    );
  });
});
