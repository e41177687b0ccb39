/** The options for data are laid over every spec that the parser takes, and change nothing else. */
import { expect, test } from 'vitest';
import { UserError } from '../../lib/base/errors.ts';
import { flagOf, withData } from '../../lib/cli/data-options.ts';
import { specFrom } from '../../lib/cli/input.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';
import { runMain } from './main.ts';

test.each([
  ['fewer points of a preset', { preset: 'moons-a', task: { train: 5_000 } }],
  ['fewer points and less noise', { preset: 'circles-b', task: { train: 5_000, noise: 0.1 } }],
  ['fewer points of the default preset', { task: { train: 5_000 } }],
  ['a file', { task: { train: 'a.csv' } }],
  ['two files', { preset: 'digits-10', task: { train: { x: 'x.npy', y: 'y.npy' } } }],
  ['a data set', { task: { dataset: 'blobs' }, network: { hidden: [5] } }],
])('%s: the command line takes what the cloud takes', async (_, written) => {
  expect(await specFrom(written)).toEqual(parseSpec(written));
});

test('options are laid over what was written', async () => {
  const written = {
    stop: { stagnation: 7 },
    search: { mutation: { rate: 0.5 }, start: { strategy: 'adaptive-bound', bound: 0.8 } },
  };
  const options = { seed: 3, generations: 9, population: 12, start: 'adaptive-bound' };
  expect(await specFrom(written, options)).toMatchObject({
    seed: 3,
    stop: { stagnation: 7, maxGenerations: 9 },
    search: { population: 12, mutation: { rate: 0.5 }, start: { bound: 0.8 } },
  });
  const { search } = await specFrom(written, { start: 'random' });
  expect(search.start).toEqual({ strategy: 'random' });
  expect(await specFrom(written)).toEqual(parseSpec(written));
  for (const stop of [5, null, []]) {
    await expect(specFrom({ stop }, options)).rejects.toThrow(
      /^stop: found .*, expected an object in braces$/,
    );
  }
});

test('an objective is laid over the search, of algorithms that have one', async () => {
  const { search } = await specFrom({ preset: 'digits-3' }, { objective: 'macro-f1' });
  expect(search).toEqual({ ...parseSpec({ preset: 'digits-3' }).search, objective: 'macro-f1' });
  await expect(specFrom({}, { objective: 'accuracy', algorithm: 'backprop' })).rejects.toThrow(
    new UserError('--objective: backprop has none; leave it out'),
  );
});

test.each(['data', 'estimate', 'evaluate', 'network', 'predict', 'run', 'spec', 'submit'])(
  'tombola %s takes what is said of tables',
  async (command) => {
    const { stdout } = await runMain(command, '--help');
    for (const option of ['--label', '--header', '--no-header', '--delimiter', '--decimal']) {
      expect(stdout).toMatch(new RegExp(`^  ${option} `, 'm'));
    }
  },
);

test('what is said of tables becomes a part of the spec', async () => {
  const said = ['--label', '-1', '--no-header', '--delimiter', 'tab', '--decimal', ',', '--ignore', 'a', 'b'];
  const { stdout } = await runMain('spec', '--data', '/a.csv', ...said);
  expect(JSON.parse(stdout).task).toMatchObject({
    label: -1,
    header: false,
    delimiter: '\t',
    decimal: ',',
    ignore: ['a', 'b'],
  });
  expect(await runMain('run', '--data', 'a.csv', '--delimiter', 'two')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("argument 'two' is invalid. Expected one character, or 'tab'."),
  });
});

test.each(['header', 'delimiter', 'decimal', 'ignore', 'label', 'testData'] as const)(
  '%s is for data in files',
  (name) => {
    const options = { [name]: 'x' };
    expect(() => withData({ preset: 'moons-a' }, options)).toThrow(
      new UserError(`${flagOf(name)}: is for data in files, and the spec names none; add --data FILE`),
    );
  },
);

test('a spec with a count of points names no files', () => {
  const written = { preset: 'moons-a', task: { train: 5_000 } };
  expect(() => withData(written, { label: 'y' })).toThrow(
    new UserError('--label: is for data in files, and the spec names none; add --data FILE'),
  );
  expect(withData(written, { data: '/a.csv' }).task).toEqual({ dataset: 'files', train: '/a.csv' });
});
