/** The data of a run that is over: as it left them, or made or read anew from its spec. */
import { parseArtifact } from '../base/artifact-json.ts';
import { DamagedArtifact } from '../base/errors.ts';
import type { OpenSource } from '../base/source.ts';
import { inOrder } from '../data/class-order.ts';
import type { AffineScaling, Part, Samples } from '../data/dataset.ts';
import { loadDataset } from '../data/task-data.ts';
import type { RunSpec } from '../runspec/schema.ts';
import * as keys from '../store/keys.ts';
import { checksum, getIfThere, type Store } from '../store/store.ts';
import { type Manifest, manifestSchema } from './manifest.ts';
import { verify } from './run.ts';
import { decodeSamples, encodeSamples } from './samples.ts';

const KEYS: Record<Part, string> = { train: keys.TRAIN, test: keys.TEST, validation: keys.VALIDATION };

export interface RunData {
  readonly parts: ReadonlyMap<Part, Samples>;
  readonly scaling: AffineScaling;
  readonly classNames?: readonly string[] | undefined;
  readonly featureNames?: readonly string[] | undefined;
}

/** As far as the run has them. Throws DamagedArtifact for other data, UserError where files cannot be read. */
export async function readRunData(store: Store, spec: RunSpec, wanted: readonly Part[], open: OpenSource) {
  const bytes = await getIfThere(store, keys.MANIFEST);
  const manifest = bytes && parseArtifact(keys.MANIFEST, store, bytes, manifestSchema);
  return (
    (manifest && (await storedData(store, manifest, wanted))) ?? remade(store, spec, manifest, wanted, open)
  );
}

async function storedData(store: Store, manifest: Manifest, wanted: readonly Part[]) {
  const parts = new Map<Part, Samples>();
  for (const part of wanted) {
    const key = KEYS[part];
    const expected = manifest.checksums[key];
    if (expected === undefined) continue;
    const bytes = await getIfThere(store, key);
    if (!bytes) return undefined;
    parts.set(part, decodeSamples(verify(store, key, bytes, expected), key));
  }
  const { scaling, classNames, featureNames } = manifest;
  return { parts, scaling, classNames, featureNames };
}

async function remade(
  store: Store,
  spec: RunSpec,
  manifest: Manifest | undefined,
  wanted: readonly Part[],
  open: OpenSource,
): Promise<RunData> {
  const { dataset: loaded } = await loadDataset(spec.task, open);
  const dataset = inOrder(loaded, 'model' in spec.network ? spec.network.found.classNames : undefined);
  const parts = new Map<Part, Samples>();
  for (const part of wanted) {
    const samples = dataset[part];
    if (!samples) continue;
    const expected = manifest?.checksums[KEYS[part]];
    if (manifest && checksum(encodeSamples(samples)) !== expected)
      throw otherData(store, part, manifest.version);
    parts.set(part, samples);
  }
  const { scaling, classNames, featureNames } = dataset;
  return { parts, scaling, classNames, featureNames };
}

/** The error that a part made anew is not the one that the run, of that version, had. */
export function otherData(store: Store, part: Part, version: string): DamagedArtifact {
  return new DamagedArtifact(
    `${store.uri}${KEYS[part]}: is missing, and this version makes other data from the spec than version ${version} did`,
  );
}
