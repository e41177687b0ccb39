/** Draws the frozen weights. */
import { random } from '../search/random.ts';
import { denseLayers, type Network } from './architecture.ts';

/** Weights and biases from U[-1, 1], as in the papers; layer by layer from streams of their own. */
export function uniformNetwork(widths: readonly number[], seed: number): Network {
  const layers = denseLayers(widths);
  const draw = (purpose: 'weights' | 'biases', layer: number, length: number) => {
    const stream = random(seed, purpose, layer);
    return Float32Array.from({ length }, () => 2 * stream.uniform() - 1);
  };
  return {
    widths,
    weights: layers.map(({ inputs, outputs }, index) => draw('weights', index, inputs * outputs)),
    biases: layers.map(({ outputs }, index) => draw('biases', index, outputs)),
  };
}

export const INITIALIZERS = { uniform: uniformNetwork } as const;
