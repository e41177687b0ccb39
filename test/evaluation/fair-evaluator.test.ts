/** Gaps by the evaluator that searches use, against those of the ticket's own predictions. */
import { expect, test } from 'vitest';
import { randomGenome } from '../../lib/algorithms/parts/operators.ts';
import { random } from '../../lib/base/random.ts';
import { makeDataset } from '../../lib/data/builtin/generators.ts';
import type { Samples } from '../../lib/data/dataset.ts';
import { scoreAt } from '../../lib/evaluation/evaluator.ts';
import { createEvaluator } from '../../lib/evaluation/evaluator-choice.ts';
import { createFairEvaluator } from '../../lib/evaluation/fair-evaluator.ts';
import { TicketSession } from '../../lib/evaluation/ticket.ts';
import { countWeights } from '../../lib/network/architecture.ts';
import { uniformNetwork } from '../../lib/network/initializer.ts';
import { buildTicketModel } from '../../lib/network/models/ticket-model.ts';
import { countsOfGroups } from '../../lib/report/fairness.ts';
import { builtInTaskSchema } from '../../lib/runspec/task.ts';
import { fairnessOf } from '../../lib/search/fairness.ts';
import { packGenomes } from '../../lib/search/genome.ts';
import type { Objective } from '../../lib/search/individual.ts';

const LIMITS = { demographicParity: { atMost: 0.02 }, equalisedOdds: { atMost: 0.05 } };

/** Digits, in groups that depend on the class. */
function grouped(samples: Samples): Samples {
  return { ...samples, groups: samples.labels.map((label, row) => (row + label) % 3) };
}

test.each<[string, object, number[], number, Objective]>([
  ['two classes, by few inputs', { dataset: 'two-groups', train: 400, test: 10 }, [2, 30, 2], 1, 'accuracy'],
  [
    'two classes, the first is positive',
    { dataset: 'two-groups', train: 200, test: 10 },
    [2, 20, 20, 2],
    0,
    'macro-f1',
  ],
  ['five classes, three groups', { dataset: 'digits', classes: 5 }, [64, 30, 5], 2, 'cross-entropy'],
])('%s', async (_, task, layers, positive, objective) => {
  const { train, scaling } = makeDataset(builtInTaskSchema.parse(task));
  const samples = train.groups ? train : grouped(train);
  const network = uniformNetwork(layers, 5);
  const bits = countWeights(layers);
  const genomes = Array.from({ length: 20 }, (__, index) => randomGenome(random(1, 'start', index), bits));
  const masks = packGenomes(genomes, bits);
  const plain = await createEvaluator(network, samples, scaling, { objective });
  const expected = await plain.evaluate(masks);
  await plain.release();
  const fair = await createFairEvaluator(
    network,
    samples,
    scaling,
    { objective },
    { positive, limits: LIMITS },
  );
  const scores = await fair.evaluate(masks);
  await fair.release();
  for (const [index, genome] of genomes.entries()) {
    const { fairness, ...score } = scoreAt(scores, index);
    expect(score).toEqual(scoreAt(expected, index));
    await using session = await TicketSession.open(buildTicketModel(network, genome, scaling));
    const { groups = [] } = await session.score(samples);
    expect(groups).toHaveLength(train.groups ? 2 : 3);
    expect(fairness).toEqual(fairnessOf(countsOfGroups(groups, positive), LIMITS));
  }
  const parities = genomes.map((__, index) => scoreAt(scores, index).fairness?.demographicParity);
  expect(new Set(parities).size).toBeGreaterThan(4);
});
