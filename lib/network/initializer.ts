/** Draws the initial weights: frozen in a search for masks, the starting point of backpropagation. */
import { type Random, random } from '../base/random.ts';
import { namesOf, recordOf } from '../base/record.ts';
import { denseLayers, type Network } from './architecture.ts';
import type { Graph, PrunableTensor } from './graph.ts';
import { type Destination, destinationInLayers, destinationsIn } from './incoming-edges.ts';

type Fans = Pick<PrunableTensor, 'fanIn' | 'fanOut'> & Destination;

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
  /**
   * Variance 2 / (d · fan-in) where d values are summed; the deviation of the logits' layer squared; biases 0 (arXiv
   * 2402.17440). With `keptShare` k, k · fan-in: the fan-in that a mask is expected to leave.
   */
  'architecture-aware': {
    weight: (stream, { fanIn, edges, readout }, keptShare) => {
      const variance = 2 / (edges * fanIn * keptShare);
      return stream.normal() * (readout ? variance : Math.sqrt(variance));
    },
  },
} satisfies Readonly<Record<string, Law>>;

/** The initializers that take the share of the weights that masks are expected to keep. */
export const KEPT_SHARE_INITIALIZERS: readonly InitializerName[] = [
  'signed-kaiming-constant',
  'architecture-aware',
];

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
    const layers = denseLayers(widths).map(({ inputs: fanIn, outputs: fanOut }, index) => {
      const fans = { fanIn, fanOut, ...destinationInLayers(index, widths.length - 1) };
      return {
        weights: Float32Array.from({ length: fanIn * fanOut }, () => weight(stream, fans, keptShare)),
        biases: Float32Array.from({ length: fanOut }, () => bias?.(stream) ?? 0),
      };
    });
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
  const destinationOf = destinationsIn(graph);
  for (const tensor of graph.prunable) {
    const fans = { ...tensor, ...destinationOf(tensor.node) };
    draw(tensor.name, () => weight(stream, fans, keptShare));
    if (tensor.bias !== undefined) draw(tensor.bias, () => bias?.(stream) ?? 0);
  }
  return { ...graph, constants };
}
