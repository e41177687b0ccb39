/** Draws the initial weights: frozen in a search for masks, the starting point of backpropagation. */
import { type Random, random } from '../base/random.ts';
import { namesOf, recordOf } from '../base/record.ts';
import { denseLayers, type Network } from './architecture.ts';
import type { Graph, PrunableTensor } from './graph.ts';

type Fans = Pick<PrunableTensor, 'fanIn' | 'fanOut'>;

/** How one weight is drawn, and one bias: 0 if absent. */
interface Law {
  readonly weight: (stream: Random, fans: Fans, keptShare: number) => number;
  readonly bias?: (stream: Random) => number;
}

const symmetric = (stream: Random) => 2 * stream.uniform() - 1;

const LAWS = {
  /** Weights and biases from U[-1, 1], as in the papers. */
  uniform: { weight: symmetric, bias: symmetric },
  /** Standard deviation sqrt(2 / fan-in) (He et al. 2015, arXiv 1502.01852, eq. 10); biases 0. */
  'kaiming-normal': { weight: (stream, { fanIn }) => stream.normal() * Math.sqrt(2 / fanIn) },
  /**
   * Every weight + or − the Kaiming standard deviation, each sign as likely; biases 0. With `keptShare` k the deviation is
   * that of a layer of k · fan-in inputs (Ramanujan et al. 2020, arXiv 1911.13299, sections 4.6 and 3.2).
   */
  'signed-kaiming-constant': {
    weight: (stream, { fanIn }, keptShare) => {
      const deviation = Math.sqrt(2 / (fanIn * keptShare));
      return stream.uniform() < 0.5 ? -deviation : deviation;
    },
  },
  /** U[-b, b] with b = sqrt(6 / (fan-in + fan-out)) (Glorot and Bengio 2010, eq. 16); biases 0. */
  xavier: { weight: (stream, { fanIn, fanOut }) => symmetric(stream) * Math.sqrt(6 / (fanIn + fanOut)) },
} satisfies Readonly<Record<string, Law>>;

/** The names that a spec may give. */
export type InitializerName = keyof typeof LAWS;
export const INITIALIZER_NAMES = namesOf(LAWS);

/** A network of the given widths; a pure function of its arguments. */
export type Initializer = (widths: readonly number[], seed: number, keptShare?: number) => Network;

/** Draws layer by layer, weights before biases, from one stream. */
const initializer =
  ({ weight, bias }: Law): Initializer =>
  (widths, seed, keptShare = 1) => {
    const stream = random(seed, 'weights');
    const layers = denseLayers(widths).map(({ inputs: fanIn, outputs: fanOut }) => ({
      weights: Float32Array.from({ length: fanIn * fanOut }, () =>
        weight(stream, { fanIn, fanOut }, keptShare),
      ),
      biases: Float32Array.from({ length: fanOut }, () => bias?.(stream) ?? 0),
    }));
    return { widths, weights: layers.map((one) => one.weights), biases: layers.map((one) => one.biases) };
  };

export const INITIALIZERS = recordOf(INITIALIZER_NAMES, (name) => initializer(LAWS[name]));

export const uniformNetwork = INITIALIZERS.uniform;

/**
 * The graph with its prunable weights and their biases drawn anew: tensor by tensor in the order of the genome, each
 * tensor's weights before its bias, from one stream, so that a multilayer perceptron gets the same weights either way.
 * All other constants (batch norm, weights that are not prunable) stay as they are.
 */
export function redraw(graph: Graph, name: InitializerName, seed: number, keptShare = 1): Graph {
  const { weight, bias }: Law = LAWS[name];
  const stream = random(seed, 'weights');
  const constants = new Map(graph.constants);
  const drawn = new Set<string>();
  const draw = (tensor: string, value: () => number) => {
    const constant = graph.constants.get(tensor);
    if (constant === undefined || drawn.has(tensor)) return;
    drawn.add(tensor);
    constants.set(tensor, { ...constant, data: Float32Array.from({ length: constant.data.length }, value) });
  };
  for (const tensor of graph.prunable) {
    draw(tensor.name, () => weight(stream, tensor, keptShare));
    if (tensor.bias !== undefined) draw(tensor.bias, () => bias?.(stream) ?? 0);
  }
  return { ...graph, constants };
}
