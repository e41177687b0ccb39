/** A run's network as an artifact: safetensors for multilayer perceptrons, ONNX for graphs, and both with a mask. */

import { DamagedArtifact } from '../base/errors.ts';
import { SEAL, seal, UNSEALED } from '../base/seal.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor, tensorNamed } from '../data/safetensors.ts';
import { countWeights, denseLayers, type Network } from '../network/architecture.ts';
import { type Graph, prunableBits } from '../network/graph.ts';
import { type AnyNetwork, isGraph } from '../network/network.ts';
import { encodeGraph } from '../network/onnx/graph-encoder.ts';
import { readGraph } from '../network/reading/graph-reader.ts';
import type { RunSpec } from '../runspec/schema.ts';
import { pack, unpack } from '../search/genome.ts';
import * as keys from '../store/keys.ts';
import { type Run, required, verify } from './run.ts';

/** The network as the artifact that the steps read. */
export function networkArtifact(network: AnyNetwork): { readonly key: string; readonly bytes: Uint8Array } {
  return isGraph(network)
    ? { key: keys.GRAPH, bytes: encodeGraph(network) }
    : { key: keys.WEIGHTS, bytes: encodeNetwork(network) };
}

/** Reads a verified artifact of a run. */
export type ReadArtifact = (key: string) => Promise<Uint8Array>;

/** The network of a run, unpruned. `read`: if another way than straight from the store. Throws DamagedArtifact. */
export async function readNetwork(run: Run, read: ReadArtifact = verified(run)): Promise<AnyNetwork> {
  const { checksums } = run.manifest;
  if (checksums[keys.GRAPH] !== undefined) return decodeGraph(await read(keys.GRAPH), run.spec, keys.GRAPH);
  return decodeNetwork(await read(keys.WEIGHTS), keys.WEIGHTS);
}

/** The same for those who take multilayer perceptrons only. */
export async function readLayers(run: Run, read: ReadArtifact = verified(run)): Promise<Network> {
  return layersOf(await readNetwork(run, read));
}

/** A network that is known to be a multilayer perceptron. */
function layersOf(network: AnyNetwork): Network {
  if (isGraph(network)) throw new TypeError('found a graph, expected a multilayer perceptron');
  return network;
}

/** Reads artifacts from the run's store, held against its manifest. */
export function verified({ store, manifest }: Run): ReadArtifact {
  return async (key) => verify(store, key, await required(store, key), manifest.checksums[key]);
}

export function decodeGraph(bytes: Uint8Array, { network }: RunSpec, name: string): Graph {
  return readGraph(bytes, name, 'model' in network ? network : {});
}

/** `layers.N.weight` and `layers.N.bias`; with a genome also `layers.N.mask`, 0 or 1 per weight. */
function encodeNetwork(
  network: Network,
  mask?: Uint8Array,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const entries = denseLayers(network.widths).flatMap(({ name, inputs, outputs, offset }, index) => {
    const shape = [outputs, inputs];
    return [
      [`${name}.weight`, { shape, data: network.weights[index] ?? new Float32Array() }] as const,
      [`${name}.bias`, { shape: [outputs], data: network.biases[index] ?? new Float32Array() }] as const,
      ...(mask
        ? [[`${name}.mask`, { shape, data: mask.slice(offset, offset + inputs * outputs) }] as const]
        : []),
    ];
  });
  return encodeSafetensors(Object.fromEntries(entries), metadata);
}

/** Throws DamagedArtifact where the tensors make no network. */
export function decodeNetwork(bytes: Uint8Array, name: string): Network {
  const tensors = decodeSafetensors(bytes, name);
  const depth = [...tensors.keys()].filter((key) => /^layers\.\d+\.weight$/.test(key)).length;
  const weights = Array.from({ length: depth }, (_, index) =>
    tensorNamed(tensors, `layers.${index}.weight`, 'F32', name),
  );
  const [first] = weights;
  const widths = [first?.shape[1] ?? 0, ...weights.map(({ shape: [outputs = 0] }) => outputs)];
  const layers = denseLayers(widths);
  const fits = layers.every(({ inputs, outputs }, index) => {
    const { shape } = weights[index] ?? { shape: [] };
    return shape.length === 2 && shape[0] === outputs && shape[1] === inputs;
  });
  if (!first || !fits) throw new DamagedArtifact(`${name}: its tensors are not the layers of a network`);
  return {
    widths,
    weights: weights.map(({ data }) => data),
    biases: layers.map((layer) => tensorNamed(tensors, `${layer.name}.bias`, 'F32', name).data),
  };
}

/**
 * ticket.safetensors: the network and the mask over it, 0 or 1 per weight. Of a graph each constant by its name, and
 * `NAME.mask` beside those that can be pruned.
 */
export function encodeTicket(
  network: AnyNetwork,
  genome: Uint8Array,
  bits: number,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const mask = unpack(genome, bits);
  const unsealed = { ...metadata, [SEAL]: UNSEALED };
  if (!isGraph(network)) return seal(encodeNetwork(network, mask, unsealed));
  const tensors: [string, Tensor][] = [...network.constants].map(([name, { shape, data }]) => [
    name,
    { shape, data },
  ]);
  for (const { name, shape, offset, size } of network.prunable) {
    tensors.push([`${name}.mask`, { shape, data: mask.slice(offset, offset + size) }]);
  }
  return seal(encodeSafetensors(Object.fromEntries(tensors), unsealed));
}

/** The packed mask that ticket.safetensors holds of a network. Throws DamagedArtifact. */
export function decodeTicket(bytes: Uint8Array, network: AnyNetwork, name: string): Uint8Array {
  const tensors = decodeSafetensors(bytes, name);
  const parts = isGraph(network)
    ? network.prunable.map((tensor) => ({ ...tensor, mask: `${tensor.name}.mask` }))
    : denseLayers(network.widths).map(({ name: layer, inputs, outputs, offset }) => ({
        mask: `${layer}.mask`,
        shape: [outputs, inputs],
        offset,
        size: inputs * outputs,
      }));
  const mask = new Uint8Array(bitsOf(network));
  for (const { mask: key, shape, offset, size } of parts) {
    const { data } = tensorNamed(tensors, key, 'U8', name);
    if (data.length !== size) {
      throw new DamagedArtifact(`${name}: '${key}' is not ${shape.join(' × ')}, as the spec's network is`);
    }
    mask.set(data, offset);
  }
  return pack(mask);
}

/** Prunable weights. */
export function bitsOf(network: AnyNetwork): number {
  if (isGraph(network)) return prunableBits(network);
  return countWeights(network.widths);
}
