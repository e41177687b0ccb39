/** From finished runs to a prior, and from a prior to a search that starts with it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { random } from '../../lib/base/random.ts';
import { resolveSweep } from '../../lib/cli/sweep/resolution.ts';
import { convnet } from '../../lib/network/convnets.ts';
import { redraw, uniformNetwork } from '../../lib/network/initializer.ts';
import { readGraph } from '../../lib/network/reading/graph-reader.ts';
import { sourceOpener } from '../../lib/places/sources.ts';
import { openStore } from '../../lib/places/store.ts';
import { openFinishedRun } from '../../lib/runs/finished-run.ts';
import { decodeSurvivors } from '../../lib/runs/individuals.ts';
import { networkArtifact } from '../../lib/runs/networks.ts';
import { learnPrior } from '../../lib/runs/prior/learning.ts';
import { fitLogistic, predict } from '../../lib/runs/prior/logistic.ts';
import { encodePrior, type Prior, probabilitiesOf, weightsDigest } from '../../lib/runs/prior/prior.ts';
import { specHash } from '../../lib/runspec/identity.ts';
import { learnedGenome } from '../../lib/search/drawing.ts';
import { countOnes, unpack } from '../../lib/search/genome.ts';
import * as keys from '../../lib/store/keys.ts';
import { parseSweep } from '../../lib/sweep/cells.ts';
import { finalize, prepare, search } from '../lambdas/invoke.ts';
import { placeOf, SMALL_SPEC, temporaryFolder } from './../steps/small-run.ts';

const BITS = 48;

async function finished(spec: object) {
  const folder = await temporaryFolder();
  const state = await search(await prepare({ ...SMALL_SPEC, ...spec, run: placeOf(folder) }));
  await finalize(state);
  return {
    folder,
    state,
    run: await openFinishedRun(await openStore(placeOf(folder)), 'one', sourceOpener()),
  };
}

/** The same weights, two searches; and other weights. */
async function threeRuns() {
  const network = { ...SMALL_SPEC.network, seed: 5 };
  const [one, two, other] = [
    await finished({ network }),
    await finished({ network, seed: 1 }),
    await finished({ seed: 9 }),
  ];
  return [one.run, two.run, other.run];
}

test('logistic regression finds the law that labels were drawn by', () => {
  const stream = random(0, 'dataset');
  const rows = Array.from({ length: 4_000 }, () => {
    const [a, b] = [stream.normal(), 3 + 2 * stream.normal()];
    return { x: Float64Array.of(a, b), label: stream.uniform() < 1 / (1 + Math.exp(1 - 2 * a)) ? 1 : 0 };
  });
  const model = fitLogistic(2, (visit) => {
    for (const { x, label } of rows) visit(x, label);
  });
  expect(predict(model, Float64Array.of(0, 3))).toBeCloseTo(1 / (1 + Math.E), 1);
  expect(predict(model, Float64Array.of(1, 3))).toBeCloseTo(1 / (1 + Math.exp(-1)), 1);
  expect(Math.abs(model.coefficients[1] ?? 1)).toBeLessThan(0.15);
});

test('masks follow the probabilities; of several components each mask has its own mixture', () => {
  const keep = [Float32Array.of(1, 1, 0, 0), Float32Array.of(0, 0, 1, 1)];
  const [first = new Float32Array()] = keep;
  expect(unpack(learnedGenome(random(0, 'start'), [first]), 4)).toEqual(Uint8Array.of(1, 1, 0, 0));
  const masks = Array.from({ length: 400 }, (_, index) =>
    unpack(learnedGenome(random(0, 'start', 0, index), keep), 4),
  );
  const same = masks.filter(([a, b, c, d]) => a === b && c === d && a !== c).length;
  // Of independent bits it would be one mask in eight.
  expect(same).toBeGreaterThan(150);
  expect(same).toBeLessThan(390);
});

test('weights are the same once they were stored, and others where other ones are pruned', () => {
  const graph = redraw(convnet('conv-small', [1, 8, 8], 3), 'uniform', 1);
  const stored = readGraph(networkArtifact(graph).bytes, 'graph.onnx', {});
  expect(weightsDigest(stored)).toBe(weightsDigest(graph));
  expect(weightsDigest({ ...graph, prunable: graph.prunable.slice(1) })).not.toBe(weightsDigest(graph));
});

describe('a prior', () => {
  let made: Promise<{ runs: Awaited<ReturnType<typeof threeRuns>>; prior: Prior }> | undefined;
  // Within the first test: the folders are gone after it, but what was read of them stays.
  const learned = () => (made ??= threeRuns().then((runs) => ({ runs, prior: learnPrior(runs) })));

  test('of the same weights is how often their tickets keep each; of others it is by their looks', async () => {
    const { runs, prior } = await learned();
    const [one, two] = runs;
    if (!one || !two) throw new Error('there are runs');
    const counts = unpack(one.ticket, BITS).map((bit, index) => bit + (unpack(two.ticket, BITS)[index] ?? 0));
    const [kept] = probabilitiesOf(prior, one.network, 'uniform', {}, 'p.json');
    expect(kept).toEqual(Float32Array.from(counts, (count) => (count + 0.5) / 3));
    const unknown = uniformNetwork([2, 30, 2], 7);
    const [looks = new Float32Array()] = probabilitiesOf(prior, unknown, 'uniform', {}, 'p.json');
    expect(looks.length).toBe(120);
    const mean = looks.reduce((sum, value) => sum + value, 0) / 120;
    const wanted = 1 - (prior.runs.map(({ sparsity }) => sparsity).toSorted((a, b) => a - b)[1] ?? 0);
    expect(Math.abs(mean - wanted)).toBeLessThan(0.15);
    const [sparser = new Float32Array()] = probabilitiesOf(
      prior,
      unknown,
      'uniform',
      { sparsity: 0.97 },
      'p',
    );
    expect(sparser).not.toEqual(looks);
    const tickets = probabilitiesOf(prior, one.network, 'uniform', { use: 'tickets' }, 'p.json');
    expect(tickets.length).toBe(2);
  });

  test('refuses other weights, other laws, and runs that do not agree', async () => {
    const { runs, prior } = await learned();
    const other = uniformNetwork([2, 12, 2], 77);
    expect(() => probabilitiesOf(prior, other, 'uniform', { use: 'tickets' }, 'p.json')).toThrow(
      /^search\.start\.use: found "tickets", but p\.json has no ticket of these weights \(SHA-256 [0-9a-f]{12}…\), only of 2 others: set network\.seed/,
    );
    expect(() => probabilitiesOf(prior, other, 'xavier', {}, 'p.json')).toThrow(
      'search.start.prior: p.json was learned from weights that were uniform, and these are xavier: their looks cannot be compared; set network.initializer to uniform, or learn from other runs',
    );
    const [one, two] = runs;
    if (!one || !two) throw new Error('there are runs');
    expect(() => learnPrior([one])).toThrow(
      'learn: found 1 run, expected 2 or more, whose tickets can agree',
    );
    const given = {
      ...two,
      spec: { ...two.spec, network: { layers: [2, 12, 2], initializer: 'xavier', keptShare: 1 } },
    } as const;
    expect(() =>
      learnPrior([
        one,
        { ...given, spec: { ...given.spec, network: { ...given.spec.network, layers: [2, 12, 2] } } },
      ]),
    ).toThrow(
      'learn: found runs whose weights were drawn by uniform (one) and xavier (one); expected one initializer',
    );
  });

  test('starts a search: its first masks are as sparse as the tickets, and the run is a function of the prior’s digest', async () => {
    const { prior } = await learned();
    const folder = await temporaryFolder();
    const file = join(folder, 'prior.json');
    await writeFile(file, encodePrior(prior));
    const start = { strategy: 'learned', prior: file, use: 'frequencies' };
    const spec = {
      network: { ...SMALL_SPEC.network, seed: 5 },
      stop: { minGenerations: 0, maxGenerations: 0 },
    };
    const { folder: place, run } = await finished({
      ...spec,
      search: { ...SMALL_SPEC.search, start },
      keepGenerations: true,
    });
    const survivors = decodeSurvivors(await readFile(join(place, keys.survivorsOf(0))), BITS, 'survivors');
    const kept = survivors.reduce((sum, { genome }) => sum + countOnes(genome), 0) / survivors.length;
    expect(kept).toBeLessThan(0.42 * BITS);
    expect(run.spec.search.start).toMatchObject({
      ...start,
      found: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });

    const moved = join(folder, 'moved.json');
    await writeFile(moved, encodePrior(prior));
    const again = await finished({
      ...spec,
      search: { ...SMALL_SPEC.search, start: { ...start, prior: moved } },
    });
    expect(again.run.summary.specHash).toBe(run.summary.specHash);

    // By that a sweep knows its cells that are done.
    const base = { ...SMALL_SPEC, ...spec, search: { ...SMALL_SPEC.search, start } };
    const { cells } = await resolveSweep(parseSweep({ base, seeds: 1 }), Number.POSITIVE_INFINITY);
    expect(cells.map((cell) => specHash(cell.spec))).toEqual([run.summary.specHash]);
  });

  test.each([
    [
      'damaged',
      (text: string) => text.replace('"uniform"', '"xavier"'),
      'it has changed since it was written; learn it anew',
    ],
    [
      'another file',
      () => '{"a": 1}',
      "is no prior of this version; give the file that 'tombola learn RUNS' wrote",
    ],
    [
      'no JSON',
      () => 'weights',
      "is no prior of this version; give the file that 'tombola learn RUNS' wrote",
    ],
  ])('%s is refused', async (_, change, message) => {
    const { prior } = await learned();
    const file = join(await temporaryFolder(), 'prior.json');
    await writeFile(file, change(Buffer.from(encodePrior(prior)).toString()));
    const start = { strategy: 'learned', prior: file };
    await expect(
      prepare({ ...SMALL_SPEC, search: { start }, run: placeOf(await temporaryFolder()) }),
    ).rejects.toThrow(`search.start.prior: ${file}: ${message}`);
  });

  test('that is not the one of the spec is refused, and so is a file that is not there', async () => {
    const { prior } = await learned();
    const file = join(await temporaryFolder(), 'prior.json');
    const start = { strategy: 'learned', prior: file };
    const run = placeOf(await temporaryFolder());
    await expect(prepare({ ...SMALL_SPEC, search: { start }, run })).rejects.toThrow(file);
    await writeFile(file, encodePrior(prior));
    const found = { sha256: 'ab'.repeat(32) };
    await expect(prepare({ ...SMALL_SPEC, search: { start: { ...start, found } }, run })).rejects.toThrow(
      'search.start.found.sha256: found abababababab…, but',
    );
  });
});
