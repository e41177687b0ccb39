/** How large the network is that a mask leaves, without building it where the widths of its layers suffice. */
import { getBit } from '../../search/genome.ts';
import { denseLayers } from '../architecture.ts';
import { type NetworkSize, sizeOfGraph } from '../network.ts';
import type { Wiring } from '../weight-matrices.ts';
import { minimise } from './minimisation.ts';

/** Units of the minimised network: those that depend on the input and on which an output depends; all outputs stay. */
export function minimisedSize(
  network: Wiring,
  genome: Uint8Array,
): Pick<NetworkSize, 'units' | 'multiplyAdds'> {
  return 'nodes' in network ? sizeOfGraph(minimise(network, genome).graph) : ofLayers(network.widths, genome);
}

function ofLayers(widths: readonly number[], genome: Uint8Array) {
  const layers = denseLayers(widths);
  const depends = widths.map((width) => new Uint8Array(width));
  const needed = widths.map((width) => new Uint8Array(width));
  depends[0]?.fill(1);
  needed.at(-1)?.fill(1);
  for (const [depth, { inputs, outputs, offset }] of layers.entries()) {
    const [before, after] = [depends[depth], depends[depth + 1]];
    for (let output = 0; output < outputs; output++) {
      const row = offset + output * inputs;
      for (let input = 0; input < inputs; input++) {
        if (before?.[input] !== 1 || getBit(genome, row + input) === 0) continue;
        if (after) after[output] = 1;
        break;
      }
    }
  }
  for (const [depth, { inputs, outputs, offset }] of [...layers.entries()].reverse()) {
    const [before, after] = [needed[depth], needed[depth + 1]];
    for (let output = 0; output < outputs; output++) {
      // A constant moves into the bias behind it, and its inputs are dropped.
      if (after?.[output] !== 1 || depends[depth + 1]?.[output] !== 1) continue;
      const row = offset + output * inputs;
      for (let input = 0; input < inputs; input++) {
        if (before && depends[depth]?.[input] === 1 && getBit(genome, row + input) === 1) before[input] = 1;
      }
    }
  }
  // Where no output depends on the input, the logits are constants.
  if (!depends.at(-1)?.includes(1)) return { units: 0, multiplyAdds: 0 };
  const counts = needed.map((layer) => layer.reduce((sum, one) => sum + one, 0));
  const multiplyAdds = layers.reduce(
    (sum, _, depth) => sum + (counts[depth] ?? 0) * (counts[depth + 1] ?? 0),
    0,
  );
  return { units: counts.slice(1).reduce((sum, count) => sum + count, 0), multiplyAdds };
}
