/**
 * A step of a training that finds a mask: the weights are frozen and have scores; scores open the gates of weights, and learn
 * by stochastic gradient descent. Methods differ in their gates.
 */
import { at } from '../../base/at.ts';
import { denseLayers, type Widths } from '../../network/architecture.ts';
import type { GraphBuilder } from '../../network/onnx/graph-builder.ts';
import type { Trainable } from '../../network/trainable.ts';
import type { Parameters, StepDefinition } from '../parts/training-method.ts';

/** How scores open the gates of weights and what they learn, as nodes of a step's graph. */
export interface Gates {
  /** Scores in all. */
  readonly scores: number;
  /** Vectors that no step changes, with their lengths; `weights`, if it is one of them, takes the place of the network's. */
  readonly fixed?: Readonly<Record<string, number>>;
  /** Scalars that may differ from step to step. */
  readonly rates?: readonly string[];
  /** Random numbers of a step: vectors, with their lengths. */
  readonly noise?: Readonly<Record<string, number>>;
  /** The gates of each dense layer, flat: a factor for every weight. */
  open(step: GraphBuilder): readonly string[];
  /** The gradient of the scores. `ofGates`: that of all gates, flat, in the order of a genome. */
  slope(step: GraphBuilder, ofGates: string): string;
  /** Scores that a step has changed, where they have limits. */
  within?(step: GraphBuilder, scores: string): string;
}

export interface Descent {
  readonly momentum: number;
  readonly weightDecay: number;
}

/**
 * State: `scores`, `momentum`, and what the gates keep. Rates: `learningRate`, and those of the gates.
 * The update is stochastic gradient descent as PyTorch's: g = gradient + decay · s; b = momentum · b + g; s = s − rate · b.
 */
export function gatedStep(
  network: Trainable,
  gates: Gates,
  { momentum, weightDecay }: Descent,
): StepDefinition {
  const layers = denseLayers(network.widths);

  const isGiven = gates.fixed?.weights !== undefined;

  function parameters(step: GraphBuilder): Parameters {
    const opened = gates.open(step);
    const given = isGiven ? splitLayers(step, network.widths, 'weights', 'frozen') : [];
    const weights = layers.map(({ name, inputs, outputs }, index) => {
      const shape = step.ints(`${name}.shape`, [outputs, inputs]);
      const shaped = step.node('Reshape', [at(opened, index), shape], `${name}.gates.shaped`);
      const frozen = isGiven
        ? step.node('Reshape', [at(given, index), shape], `${name}.weight`)
        : step.floats(`${name}.weight`, [outputs, inputs], at(network.weights, index));
      return step.node('Mul', [shaped, frozen], `${name}.weight.masked`);
    });
    const biases = layers.map(({ name, outputs }, index) => {
      const own = at(network.biases, index);
      return own.length === 0 ? '' : step.floats(`${name}.bias`, [outputs], own);
    });
    return { weights, biases };
  }

  function update(step: GraphBuilder, gradients: Parameters): string[] {
    const flat = layers.map(({ name }, index) => {
      const length = step.ints(`${name}.flat`, [-1]);
      return step.node('Reshape', [at(gradients.weights, index), length], `${name}.gradient`);
    });
    const all = step.node('Concat', flat, 'weights.gradient', { axis: 0 });
    const frozen = flatWeights(network);
    const weights = isGiven ? 'weights' : step.floats('weights', [frozen.length], frozen);
    const ofGates = step.node('Mul', [all, weights], 'gates.gradient');
    let gradient = gates.slope(step, ofGates);
    if (weightDecay > 0) {
      const share = step.floats('weight.decay', [], [weightDecay]);
      const decay = step.node('Mul', ['scores', share], 'scores.decay');
      gradient = step.node('Add', [gradient, decay], 'scores.gradient.decayed');
    }
    const past = step.node('Mul', ['momentum', step.floats('momentum.share', [], [momentum])], 'past');
    const velocity = step.node('Add', [past, gradient], 'momentum.after');
    const change = step.node('Mul', [velocity, 'learningRate'], 'change');
    const after = step.node('Sub', ['scores', change], 'scores.after');
    const kept = Object.keys(gates.fixed ?? {}).map((name) => step.node('Identity', [name], `${name}.after`));
    return [gates.within?.(step, after) ?? after, velocity, ...kept];
  }

  return {
    state: { scores: gates.scores, momentum: gates.scores, ...gates.fixed },
    rates: ['learningRate', ...(gates.rates ?? [])],
    noise: gates.noise ?? {},
    trainsBiases: false,
    parameters,
    update,
  };
}

/** All weights in the order of a genome. */
function flatWeights({ widths, weights }: Trainable): Float32Array {
  const layers = denseLayers(widths);
  const flat = new Float32Array(layers.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0));
  for (const [index, { offset }] of layers.entries()) flat.set(at(weights, index), offset);
  return flat;
}

/** Splits a flat vector in the order of a genome into its layers'. */
export function splitLayers(step: GraphBuilder, widths: Widths, flat: string, suffix: string) {
  const layers = denseLayers(widths);
  const sizes = layers.map(({ inputs, outputs }) => inputs * outputs);
  const parts = layers.map(({ name }) => `${name}.${suffix}`);
  step.nodes('Split', [flat, step.ints(`${suffix}.sizes`, sizes)], parts, { axis: 0 });
  return parts;
}
