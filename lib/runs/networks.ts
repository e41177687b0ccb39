/** A run's network as an artifact: safetensors for multilayer perceptrons, ONNX for graphs, and both with a mask. */
import { at } from '../base/at.ts';
import { defined } from '../base/defined.ts';
import { DamagedArtifact } from '../base/errors.ts';
import { SEAL, seal, UNSEALED } from '../base/seal.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor, tensorNamed } from '../data/safetensors.ts';
import { countWeights, denseLayers, type Network } from '../network/architecture.ts';
import { type Constant, type Graph, prunableBits } from '../network/graph.ts';
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
    : { key: keys.WEIGHTS, bytes: encodeSafetensors(Object.fromEntries(namedTensors(network))) };
}

/** Reads a verified artifact of a run. */
export type ReadArtifact = (key: string) => Promise<Uint8Array>;

/** The network of a run, unpruned. `read`: if another way than straight from the store. Throws DamagedArtifact. */
export async function readNetwork(run: Run, read: ReadArtifact = verified(run)): Promise<AnyNetwork> {
  const { checksums } = run.manifest;
  if (checksums[keys.GRAPH] !== undefined) return decodeGraph(await read(keys.GRAPH), run.spec, keys.GRAPH);
  return decodeNetwork(await read(keys.WEIGHTS), keys.WEIGHTS);
}

/** Reads artifacts from the run's store, held against its manifest. */
export function verified({ store, manifest }: Run): ReadArtifact {
  return async (key) => verify(store, key, await required(store, key), manifest.checksums[key]);
}

export function decodeGraph(bytes: Uint8Array, { network }: RunSpec, name: string): Graph {
  return readGraph(bytes, name, 'model' in network ? network : {});
}

/** A tensor of a network, by the name that files give it. */
export interface NetworkTensor extends Constant {
  readonly name: string;
  /** Name of its mask, 0 or 1 per weight. */
  readonly mask: string;
  /** Its first bit in a genome, where masks prune it. */
  readonly offset?: number;
}

/** `layers.N.weight`, its mask `layers.N.mask`, and `layers.N.bias`; of a graph each constant by its name, and `NAME.mask`. */
export function tensorsOf(network: AnyNetwork): NetworkTensor[] {
  if (isGraph(network)) {
    const offsets = new Map(network.prunable.map(({ name, offset }) => [name, offset]));
    return [...network.constants].map(([name, constant]) => {
      return { name, mask: `${name}.mask`, ...constant, ...defined({ offset: offsets.get(name) }) };
    });
  }
  return denseLayers(network.widths).flatMap(({ name, inputs, outputs, offset }, index) => {
    const [weights, biases] = [at(network.weights, index), at(network.biases, index)];
    const shape = [outputs, inputs];
    return [
      { name: `${name}.weight`, mask: `${name}.mask`, shape, data: weights, offset },
      { name: `${name}.bias`, mask: `${name}.bias.mask`, shape: [outputs], data: biases },
    ];
  });
}

/** Prunable tensors, in the order of a genome. */
export function prunableOf(network: AnyNetwork): Required<NetworkTensor>[] {
  const tensors = tensorsOf(network).flatMap(({ offset, ...tensor }) =>
    offset === undefined ? [] : [{ ...tensor, offset }],
  );
  return tensors.sort((a, b) => a.offset - b.offset);
}

function namedTensors(network: AnyNetwork): [string, Tensor][] {
  return tensorsOf(network).map(({ name, shape, data }) => [name, { shape, data }]);
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

type Metadata = Readonly<Record<string, string>>;

/** ticket.safetensors: the network and the mask over it. */
export function encodeTicket(network: AnyNetwork, genome: Uint8Array, bits: number, metadata: Metadata) {
  const bytes = unpack(genome, bits);
  const masks = prunableOf(network).map(({ mask, shape, data, offset }): [string, Tensor] => {
    return [mask, { shape, data: bytes.slice(offset, offset + data.length) }];
  });
  const tensors = Object.fromEntries([...namedTensors(network), ...masks]);
  return seal(encodeSafetensors(tensors, { ...metadata, [SEAL]: UNSEALED }));
}

/** The packed mask that ticket.safetensors holds of a network. Throws DamagedArtifact. */
export function decodeTicket(bytes: Uint8Array, network: AnyNetwork, name: string): Uint8Array {
  const tensors = decodeSafetensors(bytes, name);
  const kept = new Uint8Array(bitsOf(network));
  for (const { mask, shape, data: weights, offset } of prunableOf(network)) {
    const { data } = tensorNamed(tensors, mask, 'U8', name);
    if (data.length !== weights.length)
      throw new DamagedArtifact(`${name}: '${mask}' is not ${shape.join(' × ')}, as the spec's network is`);
    kept.set(data, offset);
  }
  return pack(kept);
}

/** Prunable weights. */
export function bitsOf(network: AnyNetwork): number {
  if (isGraph(network)) return prunableBits(network);
  return countWeights(network.widths);
}
