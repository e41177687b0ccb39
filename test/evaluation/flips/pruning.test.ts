import fc from 'fast-check';
import { expect, it } from 'vitest';
import { randomGenome } from '../../../lib/algorithms/parts/operators.ts';
import { random } from '../../../lib/base/random.ts';
import { IDENTITY } from '../../../lib/data/dataset.ts';
import { createEvaluator } from '../../../lib/evaluation/evaluator-choice.ts';
import { openFlipWalk } from '../../../lib/evaluation/flips/exact.ts';
import { graphOfLayers } from '../../../lib/network/layers-graph.ts';
import { type PackedMasks, packGenomes } from '../../../lib/search/genome.ts';
import { byEvaluation, byFlips, prune } from '../../../lib/search/pruning.ts';
import { evaluatorCases, layerWidths } from '../cases.ts';
import { SmallGraph } from '../small-graph.ts';
import { bitsOf, convolutionCases, denseByInputsCases } from './positions.ts';

it.each(['accuracy', 'balanced-accuracy', 'macro-f1'] as const)(
  'a pruning pass by flips that keeps %s gives the mask that one by whole networks gives',
  async (objective) => {
    await fc.assert(
      fc.asyncProperty(
        evaluatorCases(layerWidths),
        fc.boolean(),
        async ({ network, samples, seed }, asGraph) => {
          const bits = network.weights.reduce((sum, { length }) => sum + length, 0);
          const genome = randomGenome(random(seed, 'start'), bits);
          const average = objective === 'accuracy' ? undefined : objective;
          const evaluator = await createEvaluator(network, samples, IDENTITY, { objective, threads: 1 });
          const measure = async (masks: PackedMasks) =>
            (await evaluator.evaluate(masks))[average ? 'macroAverage' : 'correct'];
          const [baseline = Number.NaN] = await measure(packGenomes([genome], bits));
          const most = 400;
          const whole = await prune(genome, bits, byEvaluation(bits, baseline, measure), {
            maxEvaluations: most,
            passes: 1,
          });
          await evaluator.release();
          const walk = openFlipWalk(
            asGraph ? graphOfLayers(network) : network,
            samples,
            IDENTITY,
            genome,
            objective,
          );
          expect(walk?.figure()).toBe(baseline);
          if (walk)
            expect(
              await prune(genome, bits, byFlips(walk, baseline), { maxEvaluations: most, passes: 1 }),
            ).toEqual(whole);
        },
      ),
      { numRuns: 15 },
    );
  },
);

it('by accuracy first loses no prediction and, where it gains none, no cross-entropy', async () => {
  await fc.assert(
    fc.asyncProperty(evaluatorCases(layerWidths), async ({ network, samples, seed }) => {
      const bits = network.weights.reduce((sum, { length }) => sum + length, 0);
      const genome = randomGenome(random(seed, 'start'), bits);
      const objective = 'accuracy-then-cross-entropy';
      const walk = openFlipWalk(network, samples, IDENTITY, genome, objective);
      if (!walk) throw new Error('no walk');
      const limits = { maxEvaluations: 400, passes: 2 };
      const { genome: pruned } = await prune(genome, bits, byFlips(walk, walk.figure()), limits);
      const evaluator = await createEvaluator(network, samples, IDENTITY, { objective, threads: 1 });
      const { correct, loss } = await evaluator.evaluate(packGenomes([genome, pruned], bits));
      await evaluator.release();
      const [[before = 0, after = 0], [lossBefore = 0, lossAfter = 0]] = [correct, loss];
      expect(after).toBeGreaterThanOrEqual(before);
      if (after === before)
        expect((lossAfter - lossBefore) / samples.labels.length).toBeLessThanOrEqual(1e-3);
    }),
    { numRuns: 10 },
  );
});

it('does the same on convolutional networks and layers stored by inputs, where it can', async () => {
  let walks = 0;
  const limits = { maxEvaluations: 200, passes: 1 };
  await fc.assert(
    fc.asyncProperty(fc.oneof(convolutionCases, denseByInputsCases), async ({ network, data, seed }) => {
      const bits = bitsOf(network);
      const genome = randomGenome(random(seed, 'start'), bits);
      const walk = openFlipWalk(network, data, IDENTITY, genome, 'accuracy');
      if (!walk) return;
      walks++;
      const baseline = walk.figure();
      const byWalk = await prune(genome, bits, byFlips(walk, baseline), limits);
      const evaluator = await createEvaluator(network, data, IDENTITY, { objective: 'accuracy', threads: 1 });
      const measure = async (masks: PackedMasks) => (await evaluator.evaluate(masks)).correct;
      expect(await measure(packGenomes([genome], bits))).toEqual(Uint32Array.of(baseline));
      expect(byWalk).toEqual(await prune(genome, bits, byEvaluation(bits, baseline, measure), limits));
      await evaluator.release();
    }),
    { numRuns: 25 },
  );
  expect(walks).toBeGreaterThan(0);
});

it('leaves networks with other operations before the layers to the evaluator', () => {
  const small = new SmallGraph([1, 4, 4], 1);
  const bent = small.node({ op: 'Tanh' }, small.conv('x', 2, [3, 3]));
  const graph = small.build(small.dense(small.flatten(bent), 2));
  const samples = { features: 16, x: new Float32Array(16), labels: Uint16Array.of(1) };
  for (const figure of ['accuracy', 'cross-entropy'] as const)
    expect(openFlipWalk(graph, samples, IDENTITY, new Uint8Array(7), figure)).toBeUndefined();
});

it('by cross-entropy keeps it where it was, but for the tolerance', async () => {
  await fc.assert(
    fc.asyncProperty(
      evaluatorCases(layerWidths),
      fc.double({ min: 0, max: 0.2, noNaN: true }),
      async (given, tolerance) => {
        const { network, samples, seed } = given;
        const bits = network.weights.reduce((sum, { length }) => sum + length, 0);
        const genome = randomGenome(random(seed, 'start'), bits);
        const walk = openFlipWalk(network, samples, IDENTITY, genome, 'cross-entropy');
        if (!walk) throw new Error('no walk');
        const count = samples.labels.length;
        const baseline = walk.figure() - tolerance * count;
        const limits = { maxEvaluations: 400, passes: 3 };
        const { genome: pruned } = await prune(genome, bits, byFlips(walk, baseline), limits);
        const evaluator = await createEvaluator(network, samples, IDENTITY, {
          objective: 'cross-entropy',
          threads: 1,
        });
        const { loss } = await evaluator.evaluate(packGenomes([genome, pruned], bits));
        await evaluator.release();
        const [before = Number.NaN, after = Number.NaN] = loss;
        expect((after - before) / count).toBeLessThanOrEqual(tolerance + 1e-3);
        expect(-walk.figure() / count).toBeCloseTo(after / count, 3);
      },
    ),
    { numRuns: 10 },
  );
});
