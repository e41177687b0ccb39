/** Which kept weights cannot matter, told from the mask alone. */
import { getBit, withFlippedBit } from '../search/genome.ts';
import { denseLayers, type Network } from './architecture.ts';

/**
 * The genome without the kept weights whose removal provably changes no output: those into a hidden neuron that
 * reaches no output, and those out of a hidden neuron that always emits zero (no live input, bias at most 0).
 * A neuron without inputs still emits the ReLU of its bias. Returns the same array where there are none.
 */
export function withoutDeadWeights(network: Network, genome: Uint8Array): Uint8Array {
  const layers = denseLayers(network.widths);
  const kept = (offset: number) => getBit(genome, offset) === 1;

  // Forward: the neurons that may emit anything but zero.
  let emits: boolean[] = Array.from({ length: network.widths[0] ?? 0 }, () => true);
  const emitting = [emits];
  for (const [index, { inputs, outputs, offset }] of layers.entries()) {
    const before = emits;
    emits = Array.from({ length: outputs }, (_, output) => {
      if ((network.biases[index]?.[output] ?? 0) > 0) return true;
      return before.some((alive, input) => alive && kept(offset + output * inputs + input));
    });
    emitting.push(emits);
  }
  // Backward: the neurons from which an output can be reached.
  let reaches: boolean[] = Array.from({ length: network.widths.at(-1) ?? 0 }, () => true);
  let pruned = genome;
  for (const [index, { inputs, outputs, offset }] of [...layers.entries()].reverse()) {
    const after = reaches;
    const before = emitting[index] ?? [];
    reaches = Array.from({ length: inputs }, () => false);
    for (let output = 0; output < outputs; output++) {
      for (let input = 0; input < inputs; input++) {
        const bit = offset + output * inputs + input;
        if (!kept(bit)) continue;
        if (after[output] && before[input]) reaches[input] = true;
        else pruned = withFlippedBit(pruned, bit);
      }
    }
  }
  return pruned;
}

/** Whether a path of kept weights leads from any input to any output. Found by the first path: quick where there are many. */
export function hasLivePath(widths: readonly number[], genome: Uint8Array): boolean {
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
