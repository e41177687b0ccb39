/** Algorithms and objectives that a program brings along. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Run, resume, type SearchOptions, search } from '../../lib/library/library.ts';

const SPEC = {
  task: { dataset: 'moons', train: 100, test: 50 },
  network: { layers: [2, 4, 2] },
  search: { population: 6 },
  stop: { maxGenerations: 4, targetAccuracy: null },
};

/** Keeps each weight by a probability that it learns; a state of an array and a number. */
const ALGORITHM = `export default {
  name: 'coin-flips',
  start: ({ bits }) => ({ kept: new Float64Array(bits).fill(0.5), asked: 0 }),
  ask(state, { population, random, survivors, generation }) {
    if (survivors.length !== (generation === 0 ? 0 : population)) throw new Error('survivors');
    state.asked += 1;
    return Array.from({ length: population }, () => Array.from(state.kept, (p) => (random.uniform() < p ? 1 : 0)));
  },
  tell({ kept, asked }, scored, { generation }) {
    if (asked !== generation + 1) throw new Error('the state was lost');
    const [best] = scored.toSorted((a, b) => b.fitness - a.fitness);
    return { asked, kept: kept.map((p, bit) => 0.8 * p + 0.2 * best.mask[bit]) };
  },
};`;

/** The worse of both recalls; it writes into what it is given, which must not matter. */
const OBJECTIVE = `export default {
  name: 'worst-recall',
  fitness({ classes, samples, logits, predictions, labels }) {
    if (logits.length !== samples * classes || classes !== 2) throw new Error('shapes');
    const recalls = [0, 1].map((label) => {
      const places = [...labels.keys()].filter((place) => labels[place] === label);
      return places.filter((place) => predictions[place] === label).length / places.length;
    });
    logits.fill(0);
    labels.fill(0);
    return Math.min(...recalls);
  },
};`;

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tombola-'));
  await writeFile(at('coin-flips.mjs'), ALGORITHM);
  await writeFile(at('worst-recall.mjs'), OBJECTIVE);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

let out = 0;
const go = (options: SearchOptions, more: object = {}): Promise<Run> =>
  search({ ...SPEC, ...more }, { out: at(`run-${out++}`), workers: 0, ...options });

/** A module with this default export. */
async function module(text: string): Promise<string> {
  const path = at(`module-${out++}.mjs`);
  await writeFile(path, `export default ${text};`);
  return path;
}

test('a run of both is the same on threads, in one thread, and when it was stopped', async () => {
  const own = { algorithm: at('coin-flips.mjs'), objective: at('worst-recall.mjs') };
  const whole = await go(own);
  expect(whole.summary).toMatchObject({
    algorithm: 'own',
    objective: 'own',
    own: { algorithm: 'coin-flips', objective: 'worst-recall' },
    evaluations: expect.any(Number),
  });
  const { trainOwnObjective, trainAccuracy = 0 } = whole.summary ?? {};
  expect(trainOwnObjective).toBeLessThanOrEqual(trainAccuracy);
  // The pass after the search makes the fitness no worse.
  expect(trainOwnObjective).toBeGreaterThanOrEqual(Number(whole.history.at(-1)?.bestMacroAverage));
  expect(whole.history.map(({ generation }) => generation)).toEqual([0, 1, 2, 3, 4]);

  const stop = new AbortController();
  stop.abort();
  const cut = await go({ ...own, workers: 1, signal: stop.signal });
  expect(cut.status).toBe('stopped');
  await expect(resume(cut.folder, { algorithm: own.algorithm })).rejects.toThrow(
    "was begun with the own objective worst-recall: give its module, as in resume(folder, { objective: 'worst-recall.js' })",
  );
  await writeFile(at('changed.mjs'), `${ALGORITHM}\n`);
  await expect(resume(cut.folder, { ...own, algorithm: at('changed.mjs') })).rejects.toThrow(
    /^algorithm: changed\.mjs is not the file that .* was begun with \(SHA-256 .*restore that file/,
  );
  const resumed = await resume(cut.folder, { ...own, workers: 1 });
  expect(resumed.history).toEqual(whole.history);
  expect(await readFile(resumed.files?.ticket ?? '')).toEqual(await readFile(whole.files?.ticket ?? ''));
  await expect(resume((await go({ signal: stop.signal })).folder, own)).rejects.toThrow(
    'was begun without an own algorithm: leave it out',
  );
});

test('fitness is what the function says: nsga takes it as well', async () => {
  // All masks that predict one class for everything have the largest fitness; the sparsest of them keeps nothing.
  const oneSided = await module(`{
    name: 'one-sided',
    fitness({ predictions }) {
      const share = predictions.reduce((sum, label) => sum + label, 0) / predictions.length;
      return Math.max(share, 1 - share);
    },
  }`);
  const { summary } = await go(
    { objective: oneSided },
    { algorithm: 'nsga', network: { layers: [2, 2, 2] } },
  );
  expect(summary).toMatchObject({
    own: { objective: 'one-sided' },
    trainOwnObjective: 1,
    testOwnObjective: 1,
  });
});

const ASK = (body: string) => `{ name: 'mine', ask: (state, { bits, generation }) => ${body} }`;
const KEEP = 'new Uint8Array(bits).fill(1)';
const FITNESS = (body: string) => `{ name: 'mine', fitness: ({ logits }) => ${body} }`;

test.each([
  ['nothing', 'undefined', 'found nothing as its default export, expected an object with name and ask'],
  ['a taken name', `{ name: 'pbil', ask() {} }`, 'name: found "pbil", which is an algorithm of Tombola'],
  ['a bad name', `{ name: '<b>', ask() {} }`, 'name: found "<b>", expected up to 40 lower-case letters'],
  [
    'other keys',
    `{ name: 'mine', ask: 3, Tell() {} }`,
    'ask: found number, expected a function; unknown Tell',
  ],
  ['no array', ASK('3'), 'algorithm mine: ask of generation 0: found number, expected an array of masks'],
  ['no masks', ASK('[]'), 'found 0 masks, expected 1 to 1000000'],
  ['a number for a mask', ASK('[3]'), 'mask 0: found number, expected a Uint8Array or an array'],
  ['a short mask', ASK(`[${KEEP}, [1, 0]]`), 'mask 1: found 2 entries, expected 16, one for each prunable'],
  [
    'an entry',
    ASK(`[[...${KEEP}].fill(NaN, 7)]`),
    'mask 0: found NaN at 7, expected 1 to keep the weight or 0',
  ],
  ['a promise', ASK('Promise.reject(new Error())'), 'found a promise, expected the result itself'],
  [
    'a later throw',
    ASK(`{ if (generation > 1) throw new RangeError('two'); return [${KEEP}]; }`),
    'ask of generation 2: threw RangeError: two (module-',
  ],
  [
    'a date',
    ASK(`{ state.at = new Date(0); return [${KEEP}]; }`),
    'state.at: found Date, expected a finite number',
  ],
  [
    'NaN',
    ASK(`{ state.a = { b: [1, NaN] }; return [${KEEP}]; }`),
    'state.a.b[1]: found NaN, expected a finite',
  ],
])('an algorithm with %s is refused in one line', async (_, text, message) => {
  const failed = go({ algorithm: await module(text) });
  await expect(failed).rejects.toThrow(message);
  await expect(failed).rejects.not.toThrow('\n');
});

test.each([
  ['NaN', FITNESS('NaN'), {}, 'objective mine: fitness: found NaN, expected a number from 0 to 1'],
  ['more than 1', FITNESS('1.5'), {}, 'found 1.5, expected a number from 0 to 1'],
  ['a promise', FITNESS('Promise.resolve(1)'), {}, 'found a promise, expected the result itself'],
  ['a throw', FITNESS('logits.none.length'), {}, 'fitness: threw TypeError: Cannot read'],
  [
    'flips',
    FITNESS('1'),
    { algorithm: 'annealing', stop: {} },
    'objective: found mine with "algorithm": "annealing", which takes no own',
  ],
  [
    'a training',
    FITNESS('1'),
    { algorithm: 'backprop' },
    'found mine with "algorithm": "backprop", which takes no own',
  ],
  [
    'another objective',
    FITNESS('1'),
    { search: { objective: 'accuracy' } },
    'objective: found mine, and search.objective "accuracy" in the spec: give one',
  ],
])('an objective with %s is refused in one line', async (_, text, more, message) => {
  await expect(go({ objective: await module(text) }, more)).rejects.toThrow(message);
});

test('modules that cannot be loaded', async () => {
  await expect(go({ algorithm: 'none.mjs' })).rejects.toThrow('algorithm: none.mjs: there is no such file');
  await expect(go({ algorithm: 'https://example.org/a.mjs' })).rejects.toThrow(
    'expected the path of a module',
  );
  await expect(go({ algorithm: await module('] [') })).rejects.toThrow(/cannot be loaded: .*Error/);
  await expect(go({}, { algorithm: 'own' })).rejects.toThrow(
    'algorithm: found "own", which stands for a module of a program that uses the library; commands and the cloud cannot run it',
  );
  await expect(go({}, { own: { objective: { name: 'mine', sha256: '1' } } })).rejects.toThrow(
    'own.objective: found mine, which nothing asks for: leave it out',
  );
});
