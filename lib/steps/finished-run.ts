/**
 * A run that is over, as those see it who look at its ticket later: from few of its artifacts, since the large ones may
 * be gone. Data are functions of the spec, and every ticket comes with its weights.
 */
import { countSamples, type Dataset, type Samples } from '../data/dataset.ts';
import { makeDataset } from '../data/generate.ts';
import { decodeSafetensors, tensorNamed } from '../data/safetensors.ts';
import { countWeights, denseLayers, type Network } from '../network/architecture.ts';
import { parseSummary, type Summary } from '../report/summary.ts';
import { pack } from '../search/genome.ts';
import { DamagedArtifact, UserError } from '../spec/errors.ts';
import { specHash } from '../spec/identity.ts';
import { type RunSpec, runSpecSchema } from '../spec/schema.ts';
import * as keys from '../store/keys.ts';
import { checksum, getIfThere, type Store } from '../store/store.ts';
import {
  decodeNetwork,
  decodeSamples,
  decodeSurvivors,
  encodeNetwork,
  encodeSamples,
  type Manifest,
  manifestSchema,
} from './artifacts.ts';
import { parseArtifact, required, verify } from './run.ts';

export interface FinishedRun {
  readonly store: Store;
  /** As people call it: the path of its folder. */
  readonly name: string;
  readonly spec: RunSpec;
  readonly summary: Summary;
  /** Absent where only the small artifacts are left. */
  readonly manifest?: Manifest;
  readonly network: Network;
  /** Prunable weights. */
  readonly bits: number;
  /** The packed mask of the ticket, after pruning. */
  readonly ticket: Uint8Array;
  /** The packed masks of the final population, best first; none where it is gone or there never was one. */
  readonly population: readonly Uint8Array[];
  /** Of a cell of a sweep: its grid point and algorithm, as its id names them. */
  readonly group?: string;
}

/** Why a run has no ticket to look at: it is not over, or it trained the weights and has no mask. */
export type WithoutTicket = 'unfinished' | 'unmasked';

/** Throws UserError for a run that is not over or has no mask, DamagedArtifact for artifacts that do not fit together. */
export async function openFinishedRun(store: Store, name: string): Promise<FinishedRun> {
  const run = await findFinishedRun(store, name);
  if (run === 'unfinished') {
    throw new UserError(`${name}: the run is not finished; finish it with: npx tombola resume ${name}`);
  }
  if (run === 'unmasked') {
    throw new UserError(
      `${name}: backprop trains the weights, so there is no mask whose bits could be flipped`,
    );
  }
  return run;
}

/** The same, where a run may well be without a ticket. Throws DamagedArtifact. */
export async function findFinishedRun(store: Store, name: string): Promise<FinishedRun | WithoutTicket> {
  const [specBytes, manifestBytes, summaryBytes, ticketBytes] = await Promise.all([
    required(store, keys.SPEC),
    getIfThere(store, keys.MANIFEST),
    getIfThere(store, keys.SUMMARY),
    getIfThere(store, keys.TICKET_MASK),
  ]);
  const spec = parseArtifact(keys.SPEC, store, specBytes, runSpecSchema);
  if (spec.algorithm === 'backprop') return 'unmasked';
  const summary = summaryBytes && parseSummary(Buffer.from(summaryBytes).toString('utf8'));
  if (!summary || !ticketBytes || summary.status !== 'succeeded') return 'unfinished';
  const manifest = manifestBytes && parseArtifact(keys.MANIFEST, store, manifestBytes, manifestSchema);
  if (manifest) verify(store, keys.SPEC, specBytes, manifest.checksums[keys.SPEC]);
  else if (summary.specHash !== specHash(spec)) {
    throw new DamagedArtifact(`${store.uri}${keys.SUMMARY}: is the summary of another run than ${keys.SPEC}`);
  }
  const { layers } = spec.network;
  const bits = countWeights(layers);
  const network = decodeNetwork(ticketBytes, layers, keys.TICKET_MASK);
  if (manifest && checksum(encodeNetwork(network)) !== manifest.checksums[keys.WEIGHTS]) {
    throw new DamagedArtifact(`${store.uri}${keys.TICKET_MASK}: its weights are not those of the run`);
  }
  return {
    store,
    name,
    spec,
    summary,
    ...(manifest ? { manifest } : {}),
    network,
    bits,
    ticket: decodeTicket(ticketBytes, layers, `${store.uri}${keys.TICKET_MASK}`),
    population: await lastPopulation(store, bits),
  };
}

/** The packed mask that ticket.safetensors holds as `layers.N.mask`. Throws DamagedArtifact. */
function decodeTicket(bytes: Uint8Array, widths: readonly number[], name: string): Uint8Array {
  const tensors = decodeSafetensors(bytes, name);
  const mask = new Uint8Array(countWeights(widths));
  for (const { name: layer, inputs, outputs, offset } of denseLayers(widths)) {
    const { data } = tensorNamed(tensors, `${layer}.mask`, 'U8', name);
    if (data.length !== inputs * outputs) {
      throw new DamagedArtifact(
        `${name}: '${layer}.mask' is not ${outputs} × ${inputs}, as the spec's network is`,
      );
    }
    mask.set(data, offset);
  }
  return pack(mask);
}

async function lastPopulation(store: Store, bits: number): Promise<Uint8Array[]> {
  const last = (await store.list(keys.GENERATIONS))
    .filter((key) => key.endsWith('/survivors.safetensors'))
    .at(-1);
  if (last === undefined) return [];
  return decodeSurvivors(await required(store, last), bits, `${store.uri}${last}`).map(
    ({ genome }) => genome,
  );
}

export type TrainingData = Pick<Dataset, 'scaling'> & { readonly samples: Samples };

/** The run's training data: as it left them, or made anew and held against its checksums. Throws DamagedArtifact. */
export async function trainingData({ store, spec, manifest, summary }: FinishedRun): Promise<TrainingData> {
  const stored = manifest && (await getIfThere(store, keys.TRAIN));
  if (stored) {
    const bytes = verify(store, keys.TRAIN, stored, manifest.checksums[keys.TRAIN]);
    return { samples: decodeSamples(bytes, keys.TRAIN), scaling: manifest.scaling };
  }
  const { train, scaling } = makeDataset(spec.task);
  const same = manifest
    ? checksum(encodeSamples(train)) === manifest.checksums[keys.TRAIN]
    : countSamples(train) === summary.trainSamples;
  if (!same) {
    throw new DamagedArtifact(
      `${store.uri}${keys.TRAIN}: is gone, and the data that this version makes of the spec are others than the run's (version ${summary.version})`,
    );
  }
  return { samples: train, scaling };
}
