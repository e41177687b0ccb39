/** Multilayer perceptrons: layer widths, and where each layer's weights sit in a genome. */

/**
 * One dense layer: `outputs` × `inputs` prunable weights, row-major, from `offset` in the genome. A convolution is one, too: its inputs are
 * those of one position.
 */
export interface DenseLayer {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly offset: number;
}

/** What a network's weights are: the widths of a multilayer perceptron, or, of other networks, the layers themselves. */
export type Widths = readonly number[] | readonly DenseLayer[];

const isLayers = (widths: Widths): widths is readonly DenseLayer[] => typeof widths[0] === 'object';

/** The dense layers between the given widths, e.g. [2, 20, 2]: two layers, 80 prunable weights. */
export function denseLayers(widths: Widths): readonly DenseLayer[] {
  if (isLayers(widths)) return widths;
  let offset = 0;
  return widths.slice(1).map((outputs, index) => {
    const inputs = widths[index] ?? 0;
    const layer = { name: `layers.${index}`, inputs, outputs, offset };
    offset += inputs * outputs;
    return layer;
  });
}

/** Prunable weights: the length of a genome in bits. Biases are not among them. */
export function countWeights(widths: Widths): number {
  return denseLayers(widths).reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
}

/** A network whose weights are frozen. */
export interface Network {
  /** Width of every layer, inputs first. */
  readonly widths: readonly number[];
  /** Per dense layer its weights, `outputs` × `inputs`, row-major. */
  readonly weights: readonly Float32Array[];
  /** Per dense layer its biases, `outputs`. Never masked. */
  readonly biases: readonly Float32Array[];
}
