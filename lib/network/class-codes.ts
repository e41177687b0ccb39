/**
 * Codewords in a network: the units before the last layer are cut into groups, and only units of the groups in a class's
 * codeword may feed its logit.
 */
import { at } from '../base/at.ts';
import { pack } from '../search/genome.ts';
import { countWeights, denseLayers } from './architecture.ts';
import { codewordsOf } from './codewords.ts';
import { type Graph, prunableBits } from './graph.ts';
import { type WeightMatrix, type Wiring, weightMatrices } from './weight-matrices.ts';

export interface ClassCodes {
  readonly groups: number;
  /** Groups in each codeword. */
  readonly weight: number;
}

/** The dense layer that gives the logits, and the hidden units or channels that it reads. */
interface LastLayer {
  readonly matrix: WeightMatrix;
  readonly units: number;
}

/** Undefined where no prunable dense layer gives the logits of hidden units. */
export function lastLayerOf(network: Wiring): LastLayer | undefined {
  const matrix = weightMatrices(network).at(-1);
  if (!matrix) return undefined;
  if ('nodes' in network) {
    const units = unitsBefore(network, matrix);
    return units === undefined ? undefined : { matrix, units };
  }
  return denseLayers(network.widths).length > 1 ? { matrix, units: matrix.inputs } : undefined;
}

/** Channels, where the layer reads flattened ones. */
function unitsBefore(graph: Graph, { value, op, inputs }: WeightMatrix): number | undefined {
  const makers = new Map(graph.nodes.map((node) => [node.output, node]));
  const node = makers.get(graph.output);
  if (value !== graph.output || op === 'Conv' || !node) return undefined;
  let before = at(node.inputs, 0);
  if (graph.shapes.get(before)?.length !== 1) return undefined;
  for (let maker = makers.get(before); maker?.op === 'Reshape'; maker = makers.get(before))
    before = at(maker.inputs, 0);
  if (before === graph.input) return undefined;
  const [channels = 1, ...sides] = graph.shapes.get(before) ?? [];
  return sides.length > 0 && inputs % channels === 0 ? channels : inputs;
}

/** The group of each unit: as equal in size as they can be, in the order of the units. */
function groupOfUnit(unit: number, units: number, groups: number): number {
  return Math.floor((unit * groups) / units);
}

/** A genome that keeps all weights but those by which a unit would feed a class outside its groups. */
export function allowedByCodes(network: Wiring, { groups, weight }: ClassCodes): Uint8Array {
  const last = lastLayerOf(network);
  if (!last) throw new TypeError('the network has no last layer that codes could restrict');
  const { matrix, units } = last;
  const { outputs, inputs, offset, outputStride, inputStride } = matrix;
  const bits = 'nodes' in network ? prunableBits(network) : countWeights(network.widths);
  const allowed = new Uint8Array(bits).fill(1);
  for (const [label, word] of codewordsOf(outputs, groups, weight).entries()) {
    for (let input = 0; input < inputs; input++) {
      const unit = Math.floor((input * units) / inputs);
      if (word.includes(groupOfUnit(unit, units, groups))) continue;
      allowed[offset + label * outputStride + input * inputStride] = 0;
    }
  }
  return pack(allowed);
}
