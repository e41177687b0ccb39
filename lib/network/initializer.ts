/** Draws the initial weights: frozen in a search for masks, the starting point of backpropagation. */
import { type Random, random } from '../search/random.ts';
import { denseLayers, type Network } from './architecture.ts';

interface Fans {
  readonly inputs: number;
  readonly outputs: number;
}

/** Draws layer by layer, weights before biases, from one stream. */
function drawn(
  widths: readonly number[],
  seed: number,
  weight: (stream: Random, fans: Fans) => number,
  bias: (stream: Random) => number = () => 0,
): Network {
  const stream = random(seed, 'weights');
  const weights: Float32Array[] = [];
  const biases: Float32Array[] = [];
  for (const { inputs, outputs } of denseLayers(widths)) {
    const fans = { inputs, outputs };
    weights.push(Float32Array.from({ length: inputs * outputs }, () => weight(stream, fans)));
    biases.push(Float32Array.from({ length: outputs }, () => bias(stream)));
  }
  return { widths, weights, biases };
}

/** Weights and biases from U[-1, 1], as in the papers. */
export function uniformNetwork(widths: readonly number[], seed: number): Network {
  const draw = (stream: Random) => 2 * stream.uniform() - 1;
  return drawn(widths, seed, draw, draw);
}

/** Standard deviation sqrt(2 / fan-in) (He et al. 2015, arXiv 1502.01852, eq. 10); biases 0. */
export function kaimingNormalNetwork(widths: readonly number[], seed: number): Network {
  return drawn(widths, seed, (stream, { inputs }) => stream.normal() * Math.sqrt(2 / inputs));
}

/**
 * Every weight + or − the Kaiming standard deviation, each sign as likely; biases 0. With `keptShare` k the deviation is
 * that of a layer of k · fan-in inputs (Ramanujan et al. 2020, arXiv 1911.13299, sections 4.6 and 3.2).
 */
export function signedKaimingConstantNetwork(
  widths: readonly number[],
  seed: number,
  keptShare = 1,
): Network {
  return drawn(widths, seed, (stream, { inputs }) => {
    const deviation = Math.sqrt(2 / (inputs * keptShare));
    return stream.uniform() < 0.5 ? -deviation : deviation;
  });
}

/** U[-b, b] with b = sqrt(6 / (fan-in + fan-out)) (Glorot and Bengio 2010, eq. 16); biases 0. */
export function xavierNetwork(widths: readonly number[], seed: number): Network {
  return drawn(widths, seed, (stream, { inputs, outputs }) => {
    return (2 * stream.uniform() - 1) * Math.sqrt(6 / (inputs + outputs));
  });
}

/** The names that a spec may give. */
export const INITIALIZER_NAMES = ['uniform', 'kaiming-normal', 'signed-kaiming-constant', 'xavier'] as const;
export type InitializerName = (typeof INITIALIZER_NAMES)[number];

/** A network of the given widths; a pure function of its arguments. */
export type Initializer = (widths: readonly number[], seed: number, keptShare?: number) => Network;

export const INITIALIZERS: Readonly<Record<InitializerName, Initializer>> = {
  uniform: uniformNetwork,
  'kaiming-normal': kaimingNormalNetwork,
  'signed-kaiming-constant': signedKaimingConstantNetwork,
  xavier: xavierNetwork,
};
