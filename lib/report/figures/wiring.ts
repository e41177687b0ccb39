/** The units of a masked network that still do something, and the weights that still matter. */
import { denseLayers, type Network } from '../../network/architecture.ts';
import { type Graph, prunableBits } from '../../network/graph.ts';
import { constantValues, linksOf } from '../../network/minimising/constant-values.ts';
import { reachBack } from '../../network/minimising/reachability.ts';
import { channelEntries, spreadBlocks } from '../../network/operators/entries.ts';
import { sizeOf } from '../../network/tensor.ts';
import { countOnes, getBit, unpack } from '../../search/genome.ts';

/**
 * live: its output depends on the input and reaches an output of the network.
 * constant: reaches an output, but no input reaches it: it gives what its bias gives.
 * dead: whatever it computes, no output depends on it (or it is always 0).
 */
export type UnitRole = 'live' | 'constant' | 'dead';

/** A unit's value for every input, or `undefined` if it depends on the input. */
type Constant = number | undefined;

/** The role of every unit, layer by layer, inputs first. Outputs are never dead. */
export function unitRoles(network: Network, ticket: Uint8Array): UnitRole[][] {
  const { widths } = network;
  const constants = constantUnits(network, ticket);
  const last = widths.length - 1;
  let reaching: boolean[] = Array.from({ length: widths[last] ?? 0 }, () => true);
  const roles: UnitRole[][] = [];
  for (let layer = last; layer >= 0; layer--) {
    const own = constants[layer] ?? [];
    if (layer < last) reaching = unitsReaching(network, ticket, layer, reaching);
    const reached = reaching;
    roles.unshift(
      own.map((constant, unit) => {
        if (!reached[unit] || (constant === 0 && layer < last)) return 'dead';
        return constant === undefined ? 'live' : 'constant';
      }),
    );
  }
  return roles;
}

function constantUnits({ widths, weights, biases }: Network, ticket: Uint8Array): Constant[][] {
  const inputs = new Array<Constant>(widths[0] ?? 0).fill(undefined);
  const constants = [inputs];
  for (const [index, { inputs: width, outputs, offset }] of denseLayers(widths).entries()) {
    const isLast = index === widths.length - 2;
    const before = constants.at(-1) ?? [];
    const units: Constant[] = [];
    for (let unit = 0; unit < outputs; unit++) {
      let sum: Constant = biases[index]?.[unit] ?? 0;
      for (let from = 0; from < width && sum !== undefined; from++) {
        const weight = weights[index]?.[unit * width + from] ?? 0;
        if (weight === 0 || getBit(ticket, offset + unit * width + from) === 0) continue;
        const value = before[from];
        sum = value === undefined ? undefined : sum + weight * value;
      }
      units.push(sum === undefined || isLast ? sum : Math.max(0, sum));
    }
    constants.push(units);
  }
  return constants;
}

/** Which units of `layer` have a kept weight to a unit of the next layer that reaches an output. */
function unitsReaching(
  { widths }: Network,
  ticket: Uint8Array,
  layer: number,
  next: readonly boolean[],
): boolean[] {
  const dense = denseLayers(widths)[layer];
  return Array.from({ length: widths[layer] ?? 0 }, (_, from) =>
    next.some(
      (reaches, to) =>
        reaches && dense !== undefined && getBit(ticket, dense.offset + to * dense.inputs + from) === 1,
    ),
  );
}

/** Ones among the bits `start`..`end`−1 of a genome. */
export function countKept(genome: Uint8Array, start: number, end: number): number {
  const firstByte = Math.min(Math.ceil(start / 8), Math.floor(end / 8));
  const lastByte = Math.floor(end / 8);
  let kept = 0;
  for (let bit = start; bit < Math.min(end, firstByte * 8); bit++) kept += getBit(genome, bit);
  kept += countOnes(genome.subarray(firstByte, lastByte));
  for (let bit = Math.max(start, lastByte * 8); bit < end; bit++) kept += getBit(genome, bit);
  return kept;
}

/** The role of every channel of each value of a graph; a channel is a place along the first axis of a sample. */
export function channelRoles(graph: Graph, ticket: Uint8Array): Map<string, UnitRole[]> {
  const links = linksOf(graph, unpack(ticket, prunableBits(graph)));
  const known = constantValues(graph, links);
  const { reached } = reachBack(graph, known, links);
  const roles = new Map<string, UnitRole[]>();
  for (const [value, entries] of known) {
    const [channels = 1, ...rest] = graph.shapes.get(value) ?? [];
    const size = sizeOf(rest);
    const marks = reached.get(value);
    const { value: constants, error } = channelEntries(spreadBlocks(entries), channels, 1, size);
    roles.set(
      value,
      Array.from({ length: channels }, (_, channel) => {
        if (!marks?.subarray(channel * size, (channel + 1) * size).includes(1)) return 'dead';
        if (Number.isNaN(constants[channel])) return 'live';
        const zero = constants[channel] === 0 && error[channel] === 0;
        return zero && value !== graph.output ? 'dead' : 'constant';
      }),
    );
  }
  return roles;
}
