/** Draws the frozen weights. */
import { random } from '../search/random.ts';
import { denseLayers, type Network } from './architecture.ts';

/** Weights and biases from U[-1, 1], as in the papers: layer by layer, weights before biases, from one stream. */
export function uniformNetwork(widths: readonly number[], seed: number): Network {
  const stream = random(seed, 'weights');
  const draw = (length: number) => Float32Array.from({ length }, () => 2 * stream.uniform() - 1);
  const weights: Float32Array[] = [];
  const biases: Float32Array[] = [];
  for (const { inputs, outputs } of denseLayers(widths)) {
    weights.push(draw(inputs * outputs));
    biases.push(draw(outputs));
  }
  return { widths, weights, biases };
}

export const INITIALIZERS = { uniform: uniformNetwork } as const;
