/** Network and data of a run, and its manifest: prepare writes them, and the other steps read them. */
import { classCounts } from '../base/classes.ts';
import { defined } from '../base/defined.ts';
import { discard } from '../data/array-release.ts';
import { countSamples, type Dataset, type Samples } from '../data/dataset.ts';
import type { AnyNetwork } from '../network/network.ts';
import { figuresOf } from '../runspec/figures.ts';
import { specHash } from '../runspec/identity.ts';
import * as keys from '../store/keys.ts';
import { checksum, type Store } from '../store/store.ts';
import { VERSION } from '../version.ts';
import { positiveClass } from './groups.ts';
import type { Manifest } from './manifest.ts';
import { bitsOf, networkArtifact, readNetwork, verified } from './networks.ts';
import type { Run } from './run.ts';
import { decodeSamples, encodeSamples } from './samples.ts';
import type { Resolved } from './spec-resolution.ts';

type Made = readonly [key: string, make: () => Uint8Array];

/** Their keys, and what makes the bytes. */
export function inputsOf(network: AnyNetwork, { train, test, validation }: Dataset): Made[] {
  const { key, bytes } = networkArtifact(network);
  return [
    [key, () => bytes],
    [keys.TRAIN, () => encodeSamples(train)],
    [keys.TEST, () => encodeSamples(test)],
    ...(validation ? [[keys.VALIDATION, () => encodeSamples(validation)] as const] : []),
  ];
}

/** Writes them; gives their checksums. */
export async function writeInputs(store: Store, network: AnyNetwork, dataset: Dataset) {
  const checksums: Record<string, string> = {};
  // One after the other: data may be most of what fits into memory.
  for (const [key, make] of inputsOf(network, dataset)) {
    const bytes = make();
    checksums[key] = checksum(bytes);
    await store.put(key, bytes);
    if (key !== keys.WEIGHTS && key !== keys.GRAPH) discard(bytes);
  }
  return checksums;
}

/** The manifest of a run whose inputs are written. */
export function manifestOf(
  uri: string,
  { spec, dataset, network }: Resolved,
  asked: string | undefined,
  checksums: Readonly<Record<string, string>>,
): Manifest {
  const { train, test, validation, classes, scaling, classNames, featureNames, groupNames, readAs } = dataset;
  return {
    version: VERSION,
    // The last folder of the run's place.
    runId: decodeURIComponent(uri.split('/').filter(Boolean).at(-1) ?? 'run'),
    specHash: specHash(spec),
    ...defined({ asked }),
    bits: bitsOf(network),
    classes,
    features: train.features,
    trainSamples: countSamples(train),
    classSizes: [...classCounts(train.labels, classes)],
    testSamples: countSamples(test),
    ...defined({ validationSamples: validation && countSamples(validation) }),
    scaling,
    ...defined({
      classNames: classNames && [...classNames],
      featureNames: featureNames && [...featureNames],
      groups: groupNames && { names: [...groupNames], positive: positiveClass(spec.task, dataset) },
      readAs,
    }),
    objective: figuresOf(spec).objective,
    checksums: { ...checksums },
  };
}

export interface Inputs {
  /** As it was drawn. */
  readonly network: AnyNetwork;
  readonly train: Samples;
  readonly test: Samples;
  readonly validation: Samples | undefined;
}

/** Reads them, verified. Throws DamagedArtifact. */
export async function readInputs(run: Run): Promise<Inputs> {
  const read = verified(run);
  const samples = async (key: string) => decodeSamples(await read(key), key);
  const [network, train, test, validation] = await Promise.all([
    readNetwork(run, read),
    samples(keys.TRAIN),
    samples(keys.TEST),
    run.manifest.checksums[keys.VALIDATION] === undefined ? undefined : samples(keys.VALIDATION),
  ]);
  return { network, train, test, validation };
}
