/** Which kept weights cannot matter, found from the mask alone. */
import { getBit, pack, unpack } from '../../search/genome.ts';
import { countWeights, denseLayers, type Network } from '../architecture.ts';
import { type Graph, prunableBits } from '../graph.ts';
import { type AnyNetwork, isGraph } from '../network.ts';
import type { Wiring } from '../weight-matrices.ts';
import { constantValues, linksOf } from './constant-values.ts';
import { reachBack } from './reachability.ts';

/**
 * The genome without the kept weights whose removal provably changes no output: those into a unit or channel that
 * reaches no output, and those out of one that always emits zero. Values are taken to be finite. Returns the same array
 * where there are none.
 */
export function withoutDeadWeights(network: AnyNetwork, genome: Uint8Array): Uint8Array {
  return isGraph(network) ? withoutDeadInGraph(network, genome) : withoutDeadInLayers(network, genome);
}

/** Whether kept weights connect any input with any output. Of a multilayer perceptron the widths suffice. */
export function hasLivePath(network: Wiring, genome: Uint8Array): boolean {
  return 'nodes' in network
    ? hasLivePathInGraph(network, genome)
    : hasLivePathInLayers(network.widths, genome);
}

/** A hidden unit always emits zero where it has no live input and a bias of at most 0; without inputs it emits the ReLU of its bias. */
function withoutDeadInLayers(network: Network, genome: Uint8Array): Uint8Array {
  const layers = denseLayers(network.widths);
  const mask = unpack(genome, countWeights(network.widths));
  // Forward: the units that may emit anything but zero.
  let emits = new Uint8Array(network.widths[0] ?? 0).fill(1);
  const emitting = [emits];
  for (const [index, { inputs, outputs, offset }] of layers.entries()) {
    const before = emits;
    emits = new Uint8Array(outputs);
    for (let output = 0; output < outputs; output++) {
      let alive = (network.biases[index]?.[output] ?? 0) > 0;
      const row = offset + output * inputs;
      for (let input = 0; input < inputs && !alive; input++) {
        alive = before[input] === 1 && mask[row + input] === 1;
      }
      if (alive) emits[output] = 1;
    }
    emitting.push(emits);
  }
  // Backward: the units from which an output can be reached.
  let reaches = new Uint8Array(network.widths.at(-1) ?? 0).fill(1);
  let dead = false;
  for (const [index, { inputs, outputs, offset }] of [...layers.entries()].reverse()) {
    const after = reaches;
    const before = emitting[index];
    reaches = new Uint8Array(inputs);
    for (let output = 0; output < outputs; output++) {
      const row = offset + output * inputs;
      for (let input = 0; input < inputs; input++) {
        if (mask[row + input] === 0) continue;
        if (after[output] === 1 && before?.[input] === 1) reaches[input] = 1;
        else {
          mask[row + input] = 0;
          dead = true;
        }
      }
    }
  }
  return dead ? pack(mask) : genome;
}

function withoutDeadInGraph(graph: Graph, genome: Uint8Array): Uint8Array {
  const mask = unpack(genome, prunableBits(graph));
  const links = linksOf(graph, mask);
  const { used } = reachBack(graph, constantValues(graph, links), links);
  let dead = false;
  for (const { name, offset, size } of graph.prunable) {
    const uses = used.get(name);
    for (let index = 0; index < size; index++) {
      if (mask[offset + index] === 0 || uses?.[index] === 1) continue;
      mask[offset + index] = 0;
      dead = true;
    }
  }
  return dead ? pack(mask) : genome;
}

/** Found by the first path: quick where there are many. */
function hasLivePathInLayers(widths: readonly number[], genome: Uint8Array): boolean {
  const layers = denseLayers(widths);
  const visited = widths.map((width) => new Uint8Array(width));
  /** From unit `unit` of layer `depth` back to the inputs. */
  const reachesInput = (depth: number, unit: number): boolean => {
    if (depth === 0) return true;
    const seen = visited[depth];
    if (seen?.[unit] === 1) return false;
    if (seen) seen[unit] = 1;
    const { inputs = 0, offset = 0 } = layers[depth - 1] ?? {};
    const row = offset + unit * inputs;
    for (let input = 0; input < inputs; input++) {
      if (getBit(genome, row + input) === 1 && reachesInput(depth - 1, input)) return true;
    }
    return false;
  };
  const outputs = widths.at(-1) ?? 0;
  for (let output = 0; output < outputs; output++) if (reachesInput(layers.length, output)) return true;
  return false;
}

/** Some logit depends on the input: it is no constant. */
function hasLivePathInGraph(graph: Graph, genome: Uint8Array): boolean {
  const links = linksOf(graph, unpack(genome, prunableBits(graph)));
  return constantValues(graph, links).get(graph.output)?.value.some(Number.isNaN) ?? false;
}
