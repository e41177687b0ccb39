import fc from 'fast-check';
import { expect, it } from 'vitest';
import { randomGenome } from '../../../lib/algorithms/parts/operators.ts';
import { random } from '../../../lib/base/random.ts';
import { IDENTITY } from '../../../lib/data/dataset.ts';
import { createEvaluator } from '../../../lib/evaluation/evaluator-choice.ts';
import { openFlipWalk } from '../../../lib/evaluation/flips/exact.ts';
import { convnet } from '../../../lib/network/convnets.ts';
import { graphOfLayers } from '../../../lib/network/layers-graph.ts';
import { type PackedMasks, packGenomes } from '../../../lib/search/genome.ts';
import { byEvaluation, byFlips, prune } from '../../../lib/search/pruning.ts';
import { evaluatorCases, layerWidths } from '../cases.ts';

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
          const whole = await prune(genome, bits, byEvaluation(bits, baseline, measure), most);
          await evaluator.release();
          const walk = openFlipWalk(
            asGraph ? graphOfLayers(network) : network,
            samples,
            IDENTITY,
            genome,
            average,
          );
          expect(walk?.figure()).toBe(baseline);
          if (walk) expect(await prune(genome, bits, byFlips(walk, baseline), most)).toEqual(whole);
        },
      ),
      { numRuns: 15 },
    );
  },
);

it('leaves networks that are no multilayer perceptrons to the evaluator', () => {
  const graph = convnet('conv-small', [1, 8, 8], 2);
  const samples = { features: 64, x: new Float32Array(64), labels: Uint16Array.of(1) };
  expect(openFlipWalk(graph, samples, IDENTITY, new Uint8Array(), undefined)).toBeUndefined();
});
