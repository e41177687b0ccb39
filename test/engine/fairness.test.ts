/** Constraints between groups, whole runs on the embedded engine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runSearch } from '../../lib/engine/engine.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';
import { runMain } from '../cli/main.ts';
import { placeOf } from '../steps/small-run.ts';
import { resultsOf, run, summaryOf } from './runs.ts';

const SPEC = {
  task: { dataset: 'two-groups', train: 300, test: 400 },
  network: { layers: [2, 8, 2] },
  search: {
    population: 12,
    recombination: { mates: 5 },
    constraints: { equalOpportunity: { atMost: 0.05 } },
  },
  stop: { minGenerations: 0, maxGenerations: 8 },
  evaluation: { minChunkSeconds: 0, maxConcurrency: 3 },
};
const NSGA = { ...SPEC, algorithm: 'nsga', nsga: { objectives: ['fitness', 'demographic-parity', 'loss'] } };

test.each([
  ['sltn-ga', SPEC],
  ['nsga', NSGA],
])(
  '%s satisfies its constraint on the training data, whatever the workers and where it was stopped',
  async (_, spec) => {
    const { folder, outcome } = await run(spec);
    expect(outcome.status).toBe('succeeded');
    const { fairness, trainAccuracy } = await summaryOf(folder);
    expect(fairness?.train.equalOpportunity).toBeLessThanOrEqual(0.05);
    expect(fairness).toMatchObject({ positive: '1', limits: SPEC.search.constraints, train: { excess: 0 } });
    expect(fairness?.groups.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(trainAccuracy).toBeGreaterThan(0.5);
    const history = await readFile(join(folder, 'history.csv'), 'utf8');
    expect(history.split('\n')[0]).toContain(
      'bestDemographicParity,bestEqualOpportunity,bestEqualisedOdds,feasibleSurvivors,',
    );

    const stop = new AbortController();
    const { folder: resumed } = await run(spec, {
      workers: 2,
      signal: stop.signal,
      onState: ({ generation }) => {
        if (generation === 4) stop.abort();
      },
    });
    await runSearch({ run: placeOf(resumed) }, { workers: 0, name: 'resumed' });
    expect(await resultsOf(resumed)).toEqual(await resultsOf(folder));
  },
);

test('without a constraint the gap is wider, and a front of fitness and gap shows what it costs', async () => {
  const { constraints: _, ...search } = SPEC.search;
  const objectives = ['fitness', 'equal-opportunity'];
  const { folder } = await run({ ...SPEC, search, algorithm: 'nsga', nsga: { objectives } });
  const { front = [], fairness } = await summaryOf(folder);
  expect(fairness?.limits).toBeUndefined();
  expect(front.length).toBeGreaterThan(2);
  // Of two tickets, the more accurate one has the wider gap.
  const order = front.toSorted((a, b) => a.trainAccuracy - b.trainAccuracy);
  const gaps = order.map(({ trainEqualOpportunity }) => trainEqualOpportunity ?? Number.NaN);
  expect(gaps).toEqual(gaps.toSorted((a, b) => a - b));
  const page = await readFile(join(folder, 'report.html'), 'utf8');
  expect(page).toContain('Gaps between groups');
  // On a narrow screen an interval takes several lines, each number with its unit.
  expect(page).toMatch(/<span class="wraps">[\d.]+\u00a0% to [\d.]+\u00a0%<\/span>/);

  // Over the weights of its own file, too.
  for (const weights of [[], ['--weights', join(folder, 'ticket.safetensors')]]) {
    const evaluated = await runMain('evaluate', folder, ...weights, '--on', 'test', '--json');
    const [{ gaps: measured, groups, positive }] = JSON.parse(evaluated.stdout).data;
    expect({ positive, test: measured, groups }).toEqual({
      positive: fairness?.positive,
      test: fairness?.test,
      groups: fairness?.groups,
    });
  }
  const { stdout } = await runMain('evaluate', folder, '--positive', '0');
  expect(stdout).toMatch(/^group, test +accuracy +answered 0 +true positives +false positives +samples$/m);
  expect(stdout).toMatch(/^gap of equalised odds +[\d.]+ % \(95 % interval/m);
  expect(await runMain('evaluate', folder, '--positive', '2')).toMatchObject({
    code: 2,
    stderr: "error: --positive: found '2', expected one of the classes 0, 1\n",
  });
});

test.each([
  [
    { algorithm: 'annealing', stop: {} },
    /^search\.constraints: found .* with "algorithm": "annealing", which ignores them; leave them out, or choose sltn-ga, .* or [a-z-]+$/,
  ],
  [
    { task: { dataset: 'moons' } },
    /^search\.constraints: .* the data set 'moons' have no groups: choose the data set two-groups, or files with task\.group$/,
  ],
  [{ search: { constraints: {} } }, /^search\.constraints: found {}: expected at least one limit$/],
  [
    { search: { constraints: { equalOpportunity: { atMost: 2 } } } },
    /^search\.constraints\.equalOpportunity\.atMost: found 2, expected at most 1$/,
  ],
  [
    { algorithm: 'nsga', nsga: { objectives: ['loss', 'fitness'] }, search: { objective: 'cross-entropy' } },
    /^nsga\.objectives: found "fitness" and "loss", which are the same/,
  ],
  [
    { algorithm: 'nsga', nsga: { objectives: ['loss', 'fitness'] }, search: { objective: 'macro-f1' } },
    /^nsga\.objectives: found "loss" with "search.objective": "macro-f1"/,
  ],
])('refuses %j in one line', (wrong, message) => {
  const { stop: _, ...spec } = { ...SPEC, ...wrong };
  expect(() => parseSpec(spec)).toThrow(message);
});

test('refuses a gap as an objective of samples without groups', async () => {
  const { constraints: _, ...search } = SPEC.search;
  const task = { dataset: 'moons', train: 100, test: 50 };
  await expect(run({ ...NSGA, search, task })).rejects.toMatchObject({
    name: 'InvalidSpec',
    message: expect.stringMatching(/^nsga\.objectives: the samples have no groups/),
  });
});
