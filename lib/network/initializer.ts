/** Draws the initial weights: frozen in a search for masks, the starting point of backpropagation. */
import { blocksOf, type Random, random } from '../base/random.ts';
import { namesOf, recordOf } from '../base/record.ts';
import { denseLayers, type Network } from './architecture.ts';
import type { Graph, PrunableTensor } from './graph.ts';
import { type Destination, destinationInLayers, destinationsIn } from './incoming-edges.ts';

type Fans = Pick<PrunableTensor, 'fanIn' | 'fanOut'> & Destination;

/** Fills a block with what the stream gives next. */
type Distribution = (stream: Random, block: Float64Array) => void;

/** How weights are drawn: from a distribution, times a scale. Biases are 0 unless they are drawn, from the distribution as it is. */
interface Law {
  readonly from: Distribution;
  readonly scale: (fans: Fans, keptShare: number) => number;
  readonly drawsBiases?: boolean;
}

/** U[-1, 1]. */
const symmetric: Distribution = (stream, block) => map(stream.uniforms(block), (drawn) => 2 * drawn - 1);

/** −1 or 1, as likely. */
const sign: Distribution = (stream, block) => map(stream.uniforms(block), (drawn) => (drawn < 0.5 ? -1 : 1));

const normal: Distribution = (stream, block) => stream.normals(block);

const LAWS = {
  /** Weights and biases from U[-1, 1], as in the papers. */
  uniform: { from: symmetric, scale: () => 1, drawsBiases: true },
  /** Standard deviation sqrt(2 / fan-in) (He et al. 2015, arXiv 1502.01852, eq. 10); biases 0. */
  'kaiming-normal': { from: normal, scale: ({ fanIn }) => Math.sqrt(2 / fanIn) },
  /**
   * Every weight + or − the Kaiming standard deviation, each sign as likely; biases 0. With `keptShare` k the deviation is
   * that of a layer of k · fan-in inputs (Ramanujan et al. 2020, arXiv 1911.13299, sections 4.6 and 3.2).
   */
  'signed-kaiming-constant': {
    from: sign,
    scale: ({ fanIn }, keptShare) => Math.sqrt(2 / (fanIn * keptShare)),
  },
  /** U[-b, b] with b = sqrt(6 / (fan-in + fan-out)) (Glorot and Bengio 2010, eq. 16); biases 0. */
  xavier: { from: symmetric, scale: ({ fanIn, fanOut }) => Math.sqrt(6 / (fanIn + fanOut)) },
  /**
   * Variance 2 / (d · fan-in) where d values are summed; the deviation of the logits' layer squared; biases 0 (arXiv
   * 2402.17440). With `keptShare` k, k · fan-in: the fan-in that a mask is expected to leave.
   */
  'architecture-aware': {
    from: normal,
    scale: ({ fanIn, edges, readout }, keptShare) => {
      const variance = 2 / (edges * fanIn * keptShare);
      return readout ? variance : Math.sqrt(variance);
    },
  },
} satisfies Readonly<Record<string, Law>>;

/** In place. */
function map(block: Float64Array, value: (drawn: number) => number): void {
  for (let index = 0; index < block.length; index++) block[index] = value(block[index] ?? 0);
}

function drawn(stream: Random, from: Distribution, length: number, scale: number): Float32Array {
  const values = new Float32Array(length);
  for (const [first, block] of blocksOf(length)) {
    from(stream, block);
    for (let index = 0; index < block.length; index++) values[first + index] = scale * (block[index] ?? 0);
  }
  return values;
}

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
  (law: Law): Initializer =>
  (widths, seed, keptShare = 1) => {
    const stream = random(seed, 'weights');
    const layers = denseLayers(widths).map(({ inputs: fanIn, outputs: fanOut }, index) => {
      const fans = { fanIn, fanOut, ...destinationInLayers(index, widths.length - 1) };
      return {
        weights: drawnWeights(stream, law, fanIn * fanOut, fans, keptShare),
        biases: drawnBiases(stream, law, fanOut),
      };
    });
    return { widths, weights: layers.map((one) => one.weights), biases: layers.map((one) => one.biases) };
  };

function drawnWeights(stream: Random, { from, scale }: Law, length: number, fans: Fans, keptShare: number) {
  return drawn(stream, from, length, scale(fans, keptShare));
}

function drawnBiases(stream: Random, { from, drawsBiases = false }: Law, length: number) {
  return drawsBiases ? drawn(stream, from, length, 1) : new Float32Array(length);
}

export const INITIALIZERS = recordOf(INITIALIZER_NAMES, (name) => initializer(LAWS[name]));

export const uniformNetwork = INITIALIZERS.uniform;

/**
 * The graph with its prunable weights and their biases drawn anew: tensor by tensor in the order of the genome, each
 * tensor's weights before its bias, from one stream, so that a multilayer perceptron gets the same weights either way.
 * All other constants (batch norm, weights that are not prunable) stay as they are.
 */
export function redraw(graph: Graph, name: InitializerName, seed: number, keptShare = 1): Graph {
  const law: Law = LAWS[name];
  const stream = random(seed, 'weights');
  const constants = new Map(graph.constants);
  const redrawn = new Set<string>();
  const draw = (tensor: string, values: (length: number) => Float32Array) => {
    const constant = graph.constants.get(tensor);
    if (constant === undefined || redrawn.has(tensor)) return;
    redrawn.add(tensor);
    constants.set(tensor, { ...constant, data: values(constant.data.length) });
  };
  const destinationOf = destinationsIn(graph);
  for (const tensor of graph.prunable) {
    const fans = { ...tensor, ...destinationOf(tensor.node) };
    draw(tensor.name, (length) => drawnWeights(stream, law, length, fans, keptShare));
    if (tensor.bias !== undefined) draw(tensor.bias, (length) => drawnBiases(stream, law, length));
  }
  return { ...graph, constants };
}
