/** A table of layers, with the weights that the ticket keeps of each. */
import { percent, whole } from '../../base/format.ts';
import { type AnyNetwork, isGraph } from '../../network/network.ts';
import { type WeightMatrix, weightMatrices } from '../../network/weight-matrices.ts';
import { unpack } from '../../search/genome.ts';
import { channelRoles, countKept, type UnitRole, unitRoles } from '../figures/wiring.ts';
import { type Html, html } from '../html.ts';
import { numbersTable } from './table.ts';

/** A layer with prunable weights, under a mask. */
export interface MaskedLayer extends WeightMatrix {
  readonly kept: number;
  /** Roles of the units or channels that its weights compute; undefined if the network is too large to look at them all. */
  readonly roles: readonly UnitRole[] | undefined;
  /** Shape of one sample of its output. */
  readonly shape: readonly number[];
}

/** Networks up to this many prunable weights have their idle units counted, which reads every weight. */
const MOST_WEIGHTS_READ = 2_000_000;

export function maskedLayers(network: AnyNetwork, ticket: Uint8Array): MaskedLayer[] {
  const matrices = weightMatrices(network);
  const weights = matrices.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
  const known = weights <= MOST_WEIGHTS_READ;
  const roles = known && !isGraph(network) ? unitRoles(network, ticket) : undefined;
  const channels = known && isGraph(network) ? channelRoles(network, ticket) : undefined;
  return matrices.map((matrix, index) => ({
    ...matrix,
    kept: countKept(ticket, matrix.offset, matrix.offset + matrix.inputs * matrix.outputs),
    roles: roles?.[index + 1] ?? channels?.get(matrix.value ?? ''),
    shape: isGraph(network) ? (network.shapes.get(matrix.value ?? '') ?? []) : [matrix.outputs],
  }));
}

/** Per unit or filter of a layer, the share of its weights that the mask keeps. */
export function keptPerUnit(matrix: WeightMatrix, ticket: Uint8Array, bits: number): number[] {
  const mask = unpack(ticket, bits);
  const { outputs, inputs, offset, outputStride, inputStride } = matrix;
  return Array.from({ length: outputs }, (_, output) => {
    let kept = 0;
    for (let input = 0; input < inputs; input++) {
      kept += mask[offset + output * outputStride + input * inputStride] ?? 0;
    }
    return kept / inputs;
  });
}

const OPERATORS = { Conv: 'convolution', Gemm: 'dense', MatMul: 'dense' } as const;

/** Weights kept per layer, and how many of its units or channels the ticket leaves at work. */
export function layersTable(network: AnyNetwork, ticket: Uint8Array): Html {
  const graph = isGraph(network);
  const rows = maskedLayers(network, ticket).map((layer) => {
    const { name, op, inputs, outputs, kept, roles = [], shape } = layer;
    const size = inputs * outputs;
    const live = roles.filter((role) => role === 'live').length;
    const shownLive = graph ? `${whole(live)} of ${whole(roles.length)}` : whole(live);
    return [
      html`${name}${graph && html`<br><small>${OPERATORS[op]}</small>`}`,
      graph ? shape.map(whole).join(' × ') : `${whole(inputs)} → ${whole(outputs)}`,
      `${whole(kept)} of ${whole(size)}`,
      percent(1 - kept / size),
      layer.roles ? shownLive : '–',
    ];
  });
  const heads = [
    'layer',
    graph ? 'output' : 'size',
    'kept',
    'sparsity',
    `live ${graph ? 'channels' : 'units'}`,
  ];
  return numbersTable('Layers', heads, rows);
}
