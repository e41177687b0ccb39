/**
 * A step of edge-popup (Ramanujan et al. 2020, arXiv 1911.13299, section 3.1): the weights are frozen and have scores;
 * each layer keeps the weights with the largest |score|, and the scores are trained as if all were kept.
 */
import { at } from '../../base/at.ts';
import { denseLayers, type Network } from '../../network/architecture.ts';
import type { GraphBuilder } from '../../network/onnx/graph-builder.ts';
import type { Parameters, StepDefinition } from '../parts/training-method.ts';

/** Weights of a layer that are kept: all but ⌊(1 − keep) · weights⌋, as in the authors' code. */
export function keptCount(weights: number, keep: number): number {
  // A rounding error of the product is not a weight: (1 − 0.9) · 10 is one.
  return weights - Math.floor((1 - keep) * weights + 1e-9);
}

export interface ScoreDescent {
  readonly momentum: number;
  readonly weightDecay: number;
}

/**
 * State: `scores` and `momentum`, one per prunable weight in the order of a genome. Rates: `learningRate`.
 * The update is stochastic gradient descent as PyTorch's: g = gradient + decay · s; b = momentum · b + g; s = s − rate · b.
 */
export function edgePopupStep(
  network: Network,
  keep: number,
  { momentum, weightDecay }: ScoreDescent,
): StepDefinition {
  const layers = denseLayers(network.widths);
  const sizes = layers.map(({ inputs, outputs }) => inputs * outputs);
  const bits = sizes.reduce((sum, size) => sum + size, 0);

  function parameters(step: GraphBuilder): Parameters {
    const ranks = step.node('Abs', ['scores'], 'ranks');
    const parts = layers.map(({ name }) => `${name}.ranks`);
    step.nodes('Split', [ranks, step.ints('sizes', sizes)], parts, { axis: 0 });
    const weights = layers.map(({ name, inputs, outputs }, index) => {
      const size = at(sizes, index);
      const kept = keptCount(size, keep);
      const none = step.floats(`${name}.none`, [size], new Float32Array(size));
      const ones = step.floats(`${name}.ones`, [kept], new Float32Array(kept).fill(1));
      // The first of equal ranks wins: the operator's standard says so.
      const ranked = [`${name}.ranks`, step.ints(`${name}.kept`, [kept])];
      const chosen = `${name}.chosen`;
      step.nodes('TopK', ranked, [`${name}.largest`, chosen], { axis: 0, largest: 1, sorted: 0 });
      const mask = step.node('ScatterElements', [none, chosen, ones], `${name}.mask`, { axis: 0 });
      const shape = step.ints(`${name}.shape`, [outputs, inputs]);
      const shaped = step.node('Reshape', [mask, shape], `${name}.mask.shaped`);
      const frozen = step.floats(`${name}.weight`, [outputs, inputs], at(network.weights, index));
      return step.node('Mul', [shaped, frozen], `${name}.weight.masked`);
    });
    const biases = layers.map(({ name, outputs }, index) =>
      step.floats(`${name}.bias`, [outputs], at(network.biases, index)),
    );
    return { weights, biases };
  }

  function update(step: GraphBuilder, gradients: Parameters): string[] {
    const flat = layers.map(({ name }, index) => {
      const length = step.ints(`${name}.flat`, [-1]);
      return step.node('Reshape', [at(gradients.weights, index), length], `${name}.gradient`);
    });
    const all = step.node('Concat', flat, 'weights.gradient', { axis: 0 });
    const frozen = new Float32Array(bits);
    for (const [index, { offset }] of layers.entries()) frozen.set(at(network.weights, index), offset);
    // Straight through the choice of the largest, but not through |score|, whose gradient is the score's sign.
    const own = step.node('Mul', [all, step.floats('weights', [bits], frozen)], 'ranks.gradient');
    const sign = step.node('Sign', ['scores'], 'scores.sign');
    let gradient = step.node('Mul', [own, sign], 'scores.gradient');
    if (weightDecay > 0) {
      const share = step.floats('weight.decay', [], [weightDecay]);
      const decay = step.node('Mul', ['scores', share], 'scores.decay');
      gradient = step.node('Add', [gradient, decay], 'scores.gradient.decayed');
    }
    const past = step.node('Mul', ['momentum', step.floats('momentum.share', [], [momentum])], 'past');
    const velocity = step.node('Add', [past, gradient], 'momentum.after');
    const change = step.node('Mul', [velocity, 'learningRate'], 'change');
    return [step.node('Sub', ['scores', change], 'scores.after'), velocity];
  }

  return {
    state: { scores: bits, momentum: bits },
    rates: ['learningRate'],
    trainsBiases: false,
    parameters,
    update,
  };
}
