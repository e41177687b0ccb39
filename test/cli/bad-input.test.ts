/** What users get wrong on the command line: exit code 2 and one clear error; nothing on standard output. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { OWN_SECTIONS } from '../../lib/algorithms/registry.ts';
import { shown } from '../../lib/cli/paths.ts';
import { filesIn, SMALL_SPEC, temporaryFolder } from '../steps/small-run.ts';
import { tombola } from './command.ts';
import { runMain, runMainIn } from './main.ts';

/** The keys of a run spec. */
const KEYS = `preset, algorithm, seed, task, network, search, stop, pruning, ${Object.keys(OWN_SECTIONS).join(', ')}, budget, evaluation, keepGenerations`;

const HELP = "(see 'tombola --help' and 'tombola COMMAND --help')\n";

describe('arguments', () => {
  test.each([
    [['runn'], `error: unknown command 'runn'\n(Did you mean run?)\n${HELP}`],
    [['run', '--sed', '1'], `error: unknown option '--sed'\n(Did you mean --seed?)\n${HELP}`],
    [
      ['run', 'moons-a', 'moons-b'],
      `error: too many arguments for 'run'. Expected 1 argument but got 2: moons-a, moons-b.\n${HELP}`,
    ],
    [['resume'], `error: missing required argument 'dir'\n${HELP}`],
    [['report'], `error: missing required argument 'dir'\n${HELP}`],
    [['run', '--seed'], `error: option '--seed <n>' argument missing\n${HELP}`],
    [
      ['run', '--seed', 'one'],
      `error: option '--seed <n>' argument 'one' is invalid. Expected a whole number, at least 0.\n${HELP}`,
    ],
    [
      ['run', '--seed', '-1'],
      `error: option '--seed <n>' argument '-1' is invalid. Expected a whole number, at least 0.\n${HELP}`,
    ],
    [
      ['run', '--seed', '1.5'],
      `error: option '--seed <n>' argument '1.5' is invalid. Expected a whole number, at least 0.\n${HELP}`,
    ],
    [
      ['run', '--seed', '1e20'],
      `error: option '--seed <n>' argument '1e20' is invalid. Expected a whole number, at least 0.\n${HELP}`,
    ],
    [
      ['run', '--generations', '-5'],
      `error: option '--generations <n>' argument '-5' is invalid. Expected a whole number, at least 0.\n${HELP}`,
    ],
    [
      ['run', '--population', '1'],
      `error: option '--population <n>' argument '1' is invalid. Expected a whole number, at least 2.\n${HELP}`,
    ],
    [
      ['submit', '--budget', '10'],
      `error: option '--budget <amounts>' argument '10' is invalid. Expected money, time or both, such as 0.5usd, 30min, 2h or 0.5usd,30min.\n${HELP}`,
    ],
    [
      ['sweep', 'moons-a', '--budget', '10'],
      `error: option '--budget <time>' argument '10' is invalid. A run on this computer costs nothing: expected a time, such as 30min or 2h.\n${HELP}`,
    ],
    [
      ['run', '--budget', '0.5usd'],
      `error: option '--budget <time>' argument '0.5usd' is invalid. A run on this computer costs nothing: expected a time, such as 30min or 2h.\n${HELP}`,
    ],
    [
      ['run', '--workers', '0'],
      `error: option '--workers <n>' argument '0' is invalid. Expected a whole number, at least 1.\n${HELP}`,
    ],
  ])('%j', async (args, stderr) => {
    expect(await runMain(...args)).toEqual({ code: 2, stdout: '', stderr });
  });

  test('no command shows the help, with exit code 2', async () => {
    const { code, stdout, stderr } = await runMain();
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: tombola [options] [command]');
  });

  test.each([[['--help']], [['help']], [['run', '--help']], [['help', 'resume']], [['schema', '-h']]])(
    '%j is no mistake',
    async (args) => {
      const { code, stdout, stderr } = await runMain(...args);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^Usage: tombola /);
    },
  );
});

describe('specs', () => {
  test.each([
    [
      ['run', 'mons-a'],
      `preset: found "mons-a", which is not a preset; did you mean moons-a, moons-b, moons-c? 'tombola presets' lists them all`,
    ],
    [['spec', 'xyzzy'], `preset: found "xyzzy", which is not a preset; 'tombola presets' lists them all`],
    [
      ['run', 'nowhere/spec.json'],
      "nowhere/spec.json: cannot be read: there is no such file; give a spec file, '-', or a preset ('tombola presets')",
    ],
    [['run', '.'], ".: cannot be read: is a folder; give a spec file, '-', or a preset ('tombola presets')"],
    [
      ['run', 'test'],
      "test: cannot be read: is a folder; give a spec file, '-', or a preset ('tombola presets')",
    ],
    [
      ['run', 'package.json/spec'],
      "package.json/spec: cannot be read: a part of the path is a file, not a folder; give a spec file, '-', or a preset ('tombola presets')",
    ],
    [
      ['run', 'moons-a', '--population', '2000000'],
      'search.population: found 2000000, expected at most 1000000',
    ],
    [
      ['run', 'docs/examples/iris.csv'],
      'docs/examples/iris.csv: found a data file, expected JSON; give it as --data docs/examples/iris.csv',
    ],
    [
      ['run', 'docs/studies/depth-annealing.json'],
      'docs/studies/depth-annealing.json: found a sweep, expected the spec of one run; run the sweep with: npx tombola sweep docs/studies/depth-annealing.json',
    ],
    [
      ['run', '--data', 'docs/examples/iris.csv', '--label', 'specis'],
      "docs/examples/iris.csv: label: there is no column 'specis'; its columns are 'sepal length', 'sepal width', 'petal length', 'petal width', 'species'; did you mean 'species'?",
    ],
  ])('%j', async (args, message) => {
    expect(await runMain(...args)).toEqual({ code: 2, stdout: '', stderr: `error: ${message}\n` });
  });

  test.each([
    ['{"seed": 1,}', ':FILE: not valid JSON at line 1, column 12: property name expected'],
    ['{\n  "seed": oops\n}', ':FILE: not valid JSON at line 2, column 11: invalid symbol'],
    ['', ':FILE: not valid JSON at line 1, column 1: value expected'],
    ['[]', 'spec: found []; a run spec is a JSON object, such as {"preset": "moons-a"}'],
    ['{"sed": 1}', `sed: unknown key; did you mean seed? known keys: ${KEYS}`],
    [
      '{"seed": -1, "search": {"population": 1}}',
      'seed: found -1, expected at least 0\nerror: search.population: found 1, expected at least 2',
    ],
    [
      '{"algorithm": "annealing", "annealing": {"flips": 0, "lambda": -0.1}}',
      'annealing.flips: found 0, expected at least 1\nerror: annealing.lambda: found -0.1, expected at least 0',
    ],
    [
      '{"algorithm": "annealing", "localSearch": {"flips": 9}}',
      'localSearch: found {"flips":9} with "algorithm": "annealing", which ignores it: leave it out, or choose "algorithm": "local-search"',
    ],
    ['{"run": "file:///tmp/x/"}', `run: unknown key; known keys: ${KEYS}`],
  ])('a file with %j', async (content, message) => {
    const file = join(await temporaryFolder(), 'spec.json');
    await writeFile(file, content);
    const stderr = `error: ${message.replace(':FILE:', `${file}:`)}\n`;
    expect(await runMain('run', file)).toEqual({ code: 2, stdout: '', stderr });
    expect(await runMain('spec', file)).toEqual({ code: 2, stdout: '', stderr });
  });

  test.each([
    ['{"stop": null}', ['--generations', '5'], 'stop: found null, expected an object in braces'],
    ['{"stop": 7}', ['--generations', '5'], 'stop: found 7, expected an object in braces'],
    ['{"search": []}', ['--population', '5'], 'search: found [], expected an object in braces'],
  ])('options do not cover up mistakes: %s with %j', async (content, options, message) => {
    const file = join(await temporaryFolder(), 'spec.json');
    await writeFile(file, content);
    expect(await runMain('run', file, ...options)).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: ${message}\n`,
    });
  });

  test('a file without an extension is a spec too', async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, 'myspec'), '{"seed": 5}');
    const { code, stdout } = await runMainIn(cwd, 'spec', 'myspec');
    expect([code, JSON.parse(stdout).seed]).toEqual([0, 5]);
  });

  test('from standard input', async () => {
    expect(await tombola(['run', '-'], { input: '{"seed": 1' })).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr: 'error: standard input: not valid JSON at line 1, column 11: close brace expected\n',
    });
  });

  test('data in a store that does not answer', async () => {
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_REGION: 'eu-west-1', AWS_MAX_ATTEMPTS: '1' };
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'none');
    onTestFinished(() => void vi.unstubAllEnvs());
    const cwd = await temporaryFolder();
    const { code, stdout, stderr } = await runMainIn(cwd, 'run', '--data', 's3://bucket/a.csv', '--quiet');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: AWS cannot be reached: .*; check the network and try again\n$/);
  });

  test('a network that fits no memory is refused with the estimate', async () => {
    const cwd = await temporaryFolder();
    await writeFile(
      join(cwd, 'huge.json'),
      JSON.stringify({ network: { layers: [2, 1_000_000, 1_000_000, 2] } }),
    );
    const { code, stderr } = await runMainIn(cwd, 'run', 'huge.json', '--json');
    expect([code, await filesIn(cwd)]).toEqual([2, ['huge.json']]);
    expect(stderr).toMatch(
      /^error: network\.layers: the run needs about 169 TB \(population and offspring [\d.]+ TB, network 92 TB, data [\d.]+ MB, Node\.js and onnxruntime 300 MB\), and [\d.]+ [MGT]B is available: make it smaller or use a larger machine\n$/,
    );
  });

  test('and so is a search whose positions fit none, before its folder is made, by the estimate as well', async () => {
    const cwd = await temporaryFolder();
    const task = { dataset: 'moons', train: 2_000_000 };
    const spec = { task, network: { layers: [2, 1_000, 1_000, 2] }, algorithm: 'annealing' };
    await writeFile(join(cwd, 'wide.json'), JSON.stringify(spec));
    for (const command of ['run', 'estimate']) {
      const { code, stderr } = await runMainIn(cwd, command, 'wide.json', '--json');
      expect([code, await filesIn(cwd)]).toEqual([2, ['wide.json']]);
      expect(stderr).toMatch(
        /^error: algorithm: found "annealing", which needs 16\.1 GB to evaluate single flips of this network on 2000000 samples, and at most [\d.]+ GB is available: /,
      );
    }
  });
});

describe('folders', () => {
  const small = async (cwd: string) => {
    await writeFile(join(cwd, 'spec.json'), JSON.stringify(SMALL_SPEC));
    return (...args: string[]) => runMainIn(cwd, ...args);
  };

  test('that cannot be written to, or hold something else', async () => {
    const cwd = await temporaryFolder();
    const run = await small(cwd);
    await writeFile(join(cwd, 'file'), '');
    await mkdir(join(cwd, 'photos'));
    await writeFile(join(cwd, 'photos', 'cat.jpg'), '');
    expect(await run('run', 'spec.json', '--out', 'file/run', '--json')).toMatchObject({
      code: 2,
      stdout: '',
      stderr:
        'error: file/run: cannot be written: a part of the path is a file, not a folder; check the path\n',
    });
    expect(await run('run', 'spec.json', '--out', 'photos', '--quiet')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'error: photos: is not empty (it holds cat.jpg); choose a new folder with --out\n',
    });
    expect(await filesIn(cwd)).toEqual(['file', 'photos/cat.jpg', 'spec.json']);
  });

  test.each([['resume'], ['report']])('that tombola %s finds no run in', async (command) => {
    const folder = await temporaryFolder();
    const nowhere = join(folder, 'nowhere');
    const nothing = await runMain(command, nowhere);
    expect(nothing).toMatchObject({ code: 2, stdout: '' });
    expect(nothing.stderr).toMatch(
      /^error: .*nowhere: there is no such folder; give the folder of a run \(its --out\)\n$/,
    );
    const empty = await runMain(command, folder);
    expect(empty).toMatchObject({ code: 2, stdout: '' });
    expect(empty.stderr).toMatch(
      /^error: .*: holds no run \(no run\.json\); give the folder of a run \(its --out\); 'tombola list' lists .*\n$/,
    );
    await writeFile(join(folder, 'sweep.json'), '{}');
    expect((await runMain(command, folder)).stderr).toMatch(
      /^error: .*: is a sweep; to continue it, repeat its 'tombola sweep' command; for one of its runs, .*\n$/,
    );
  });

  test('with a damaged run: named, and never used', async () => {
    const cwd = await temporaryFolder();
    const run = await small(cwd);
    expect(await run('run', 'spec.json', '--out', 'out', '--quiet')).toMatchObject({ code: 0 });
    const damage = async (name: string) => {
      const path = join(cwd, 'out', name);
      const bytes = await readFile(path);
      await writeFile(path, bytes.subarray(0, Math.floor(bytes.length / 2)));
      return () => writeFile(path, bytes);
    };

    // A summary that was cut short counts for nothing: the run is finished once more.
    await damage('summary.json');
    expect(await run('resume', 'out', '--quiet')).toMatchObject({ code: 0, stdout: 'out/ticket.onnx\n' });

    await damage('summary.json');
    for (const name of ['data/train.safetensors', 'run.json', 'spec.json']) {
      const repair = await damage(name);
      for (const command of ['resume', 'report']) {
        const { code, stdout, stderr } = await runMain(command, join(cwd, 'out'));
        expect([code, stdout], `${command}, ${name}`).toEqual([2, '']);
        expect(stderr).toContain(`error: ${shown(join(cwd, 'out', name))}: damaged`);
      }
      await repair();
    }
    expect(await run('resume', 'out', '--quiet')).toMatchObject({ code: 0, stdout: 'out/ticket.onnx\n' });
  });
});
