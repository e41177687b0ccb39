/** Whether a ticket has seen the data that it is scored on: they are its training data, or hold samples of them. */
import { dirname, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { artifactIfSound } from '../../base/artifact-json.ts';
import { defined } from '../../base/defined.ts';
import { DamagedArtifact, UserError } from '../../base/errors.ts';
import { counted, whole } from '../../base/format.ts';
import type { OpenSource } from '../../base/source.ts';
import type { Samples } from '../../data/dataset.ts';
import { hashed } from '../../data/hashed-source.ts';
import { Rows } from '../../data/samples/rows.ts';
import type { TicketInfo } from '../../network/models/ticket-info.ts';
import { openStore } from '../../places/store.ts';
import { manifestSchema } from '../../runs/manifest.ts';
import { readRunData } from '../../runs/run-data.ts';
import { completeSpecSchema } from '../../runspec/schema.ts';
import * as keys from '../../store/keys.ts';
import { getIfThere, type Store } from '../../store/store.ts';

export interface Seen {
  /** Whether it is the file that the training data were taken from. */
  readonly sameFile: boolean;
  /** How many samples have the features of a training sample; undefined where the run's data are gone or too large. */
  readonly samples?: number;
}

/** Values of training data that are looked through, at most: a second or so. */
const MOST_VALUES = 2 ** 27;

/** Of a data file. `store`: of the ticket's run, where it is known. Undefined where nothing of it was seen. */
export async function seenOf(
  file: string,
  samples: Samples,
  { trainedOn, spec }: TicketInfo,
  store: Store | undefined,
  open: OpenSource,
): Promise<Seen | undefined> {
  const sameFile = trainedOn !== undefined && (await digestOf(file, open)) === trainedOn;
  const shared = store && (await sharedWith(store, samples, spec, open));
  return sameFile || (shared ?? 0) > 0 ? { sameFile, ...defined({ samples: shared }) } : undefined;
}

/** The store of the run beside the local file of a ticket. */
export async function storeBeside(path: string): Promise<Store> {
  return openStore(pathToFileURL(`${dirname(path)}${sep}`).href);
}

async function digestOf(file: string, open: OpenSource): Promise<string> {
  return (await hashed(await open(file))).digest();
}

/** Undefined without the training data of the run that made the ticket. */
async function sharedWith(
  store: Store,
  samples: Samples,
  hash: string | undefined,
  open: OpenSource,
): Promise<number | undefined> {
  const read = (key: string) => getIfThere(store, key);
  const manifest = artifactIfSound(keys.MANIFEST, store, await read(keys.MANIFEST), manifestSchema);
  const spec = artifactIfSound(keys.SPEC, store, await read(keys.SPEC), completeSpecSchema);
  if (!manifest || !spec || manifest.specHash !== hash) return undefined;
  if (manifest.trainSamples * manifest.features > MOST_VALUES) return undefined;
  try {
    const { parts } = await readRunData(store, spec, ['train'], open);
    const train = parts.get('train');
    if (!train) return undefined;
    const rows = new Rows();
    rows.remember(train, train.features);
    return rows.complete ? rows.count(samples, samples.features) : undefined;
  } catch (error) {
    // Data that cannot be had any more are no reason against a score.
    if (error instanceof UserError || error instanceof DamagedArtifact) return undefined;
    throw error;
  }
}

/** Wording. `run`: name of the run, if one was given. */
export function seenText(file: string, total: number, { sameFile, samples }: Seen, run?: string): string {
  const which = `${whole(samples ?? 0)} of ${counted(total, 'sample')}`;
  const verb = samples === 1 ? 'is' : 'are';
  const said = sameFile
    ? `${file} is the file that the ticket was trained on${samples === undefined ? '' : `; ${which} ${verb} training data`}`
    : `${file}: ${which} ${verb} in the training data of the ticket as well`;
  return run === undefined
    ? said
    : `${said}.\nOn data that it has not seen: npx tombola evaluate ${run} --on test`;
}
