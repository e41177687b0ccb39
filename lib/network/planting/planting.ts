/**
 * Plants a small network in a larger one of random weights, as arXiv 2111.11153 does: layer by layer each of its units takes
 * the place of the unit that is nearest to it up to a factor, which the ReLU passes on and the next layer divides out.
 */
import { at } from '../../base/at.ts';
import { pack } from '../../search/genome.ts';
import { countWeights, denseLayers, type Network } from '../architecture.ts';

interface Planted {
  readonly network: Network;
  /** Packed: keeps the weights of the ticket, and no other. */
  readonly genome: Uint8Array;
}

interface Place {
  readonly unit: number;
  /** The planted unit's output is the target's times this: a power of two, which rounds nothing. */
  readonly factor: number;
}

/** Widths agree at both ends; no hidden layer of the source is narrower than the target's. */
export function plant(source: Network, target: Network): Planted {
  const network = {
    ...source,
    weights: source.weights.map((weights) => weights.slice()),
    biases: source.biases.map((biases) => biases.slice()),
  };
  const bits = new Uint8Array(countWeights(source.widths));
  const small = denseLayers(target.widths);
  let places = Array.from({ length: at(source.widths, 0) }, (_, unit): Place => ({ unit, factor: 1 }));
  for (const [index, { inputs, outputs, offset }] of denseLayers(source.widths).entries()) {
    const weights = at(network.weights, index);
    const biases = at(network.biases, index);
    const before = places;
    const last = index === small.length - 1;
    const free = new Set(Array.from({ length: outputs }, (_, unit) => unit));
    places = Array.from({ length: at(small, index).outputs }, (_, number): Place => {
      const row = at(target.weights, index).subarray(number * before.length, (number + 1) * before.length);
      const parts = before.flatMap(({ unit, factor }, input) => {
        const weight = at(row, input);
        return weight === 0 ? [] : [{ unit, value: weight / factor }];
      });
      const bias = at(at(target.biases, index), number);
      const wanted = [bias, ...parts.map(({ value }) => value)];
      const found = (unit: number) => [
        at(biases, unit),
        ...parts.map((part) => at(weights, unit * inputs + part.unit)),
      ];
      const place = last ? { unit: number, factor: 1 } : nearest(wanted, free, found);
      free.delete(place.unit);
      biases[place.unit] = place.factor * bias;
      for (const { unit, value } of parts) {
        const position = place.unit * inputs + unit;
        weights[position] = place.factor * value;
        bits[offset + position] = 1;
      }
      return place;
    });
  }
  return { network, genome: pack(bits) };
}

/** The free unit whose parameters are nearest to the wanted ones, times a positive factor; the first where none points that way. */
function nearest(
  wanted: readonly number[],
  free: ReadonlySet<number>,
  found: (unit: number) => readonly number[],
): Place {
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, index) => sum + value * at(b, index), 0);
  const [first = 0] = free;
  let best: Place & { readonly distance: number } = { unit: first, factor: 1, distance: Infinity };
  for (const unit of free) {
    const there = found(unit);
    const ratio = dot(wanted, there) / dot(wanted, wanted);
    if (!(ratio > 0)) continue;
    const factor = 2 ** Math.round(Math.log2(ratio));
    const distance = there.reduce((sum, value, index) => sum + (value / factor - at(wanted, index)) ** 2, 0);
    if (distance < best.distance) best = { unit, factor, distance };
  }
  return { unit: best.unit, factor: best.factor };
}

/** The same network over scaled features, x · scale + offset, in place of raw ones. */
export function overScaled(network: Network, scale: readonly number[], offset: readonly number[]): Network {
  const [inputs = 0, units = 0] = network.widths;
  const weights = at(network.weights, 0).slice();
  const biases = at(network.biases, 0).slice();
  for (let unit = 0; unit < units; unit++) {
    for (let input = 0; input < inputs; input++) {
      const [by = 1, plus = 0] = [scale[input % scale.length], offset[input % offset.length]];
      const weight = at(weights, unit * inputs + input) / by;
      weights[unit * inputs + input] = weight;
      biases[unit] = at(biases, unit) - weight * plus;
    }
  }
  return {
    ...network,
    weights: [weights, ...network.weights.slice(1)],
    biases: [biases, ...network.biases.slice(1)],
  };
}
