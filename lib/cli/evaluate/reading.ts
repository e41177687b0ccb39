/** Data that tickets are given: those of their run, or of a file by the features and the classes that the ticket names. */
import { parseArtifact } from '../../base/artifact-json.ts';
import { defined } from '../../base/defined.ts';
import { UserError } from '../../base/errors.ts';
import type { OpenSource } from '../../base/source.ts';
import { namesOfClasses } from '../../data/class-order.ts';
import type { Part } from '../../data/dataset.ts';
import { type KnownData, readFeatures, readTable } from '../../data/samples/network-data.ts';
import type { FileOptions } from '../../data/samples/sample-file.ts';
import { required } from '../../runs/run.ts';
import { type RunData, readRunData } from '../../runs/run-data.ts';
import { completeSpecSchema } from '../../runspec/schema.ts';
import * as keys from '../../store/keys.ts';
import type { Store } from '../../store/store.ts';
import { flagOf, labelColumn, type TableOptions } from '../data-options.ts';
import type { GroupedSamples } from './fairness.ts';
import type { OpenedTicket } from './target.ts';

export interface ReadingOptions extends TableOptions {
  readonly ignore?: readonly string[] | undefined;
  /** The column of groups. */
  readonly group?: string | undefined;
}

/** The options that say how the table is read. */
function readingOf(options: ReadingOptions): FileOptions {
  const { label, header, delimiter, decimal, ignore, group } = options;
  return defined({
    label: label === undefined ? undefined : labelColumn(label),
    header,
    delimiter,
    decimal,
    ignore,
    group: group === undefined ? undefined : { column: labelColumn(group), feature: false },
  });
}

/** Throws UserError where options are for data in a file and there is none, or for a run's own data and there is one. */
export function refuseOtherData(
  options: ReadingOptions & { readonly data?: string | undefined; readonly on?: Part | undefined },
): void {
  const { data, on } = options;
  const [reading] = Object.keys(readingOf(options));
  if (reading !== undefined && data === undefined) {
    throw new UserError(
      `${flagOf(reading)}: is for data in a file; add --data FILE, or leave it out: a run knows its own data`,
    );
  }
  if (on !== undefined && data !== undefined) {
    throw new UserError(
      "--on: chooses a part of the run's own data, and --data names other data; leave one of them out",
    );
  }
}

/** The run's own data, as far as it has those parts. */
export async function readOwnData(store: Store, parts: readonly Part[], open: OpenSource): Promise<RunData> {
  const spec = parseArtifact(keys.SPEC, store, await required(store, keys.SPEC), completeSpecSchema);
  return readRunData(store, spec, parts, open);
}

export function readSamples(
  file: string,
  ticket: OpenedTicket,
  options: ReadingOptions,
  open: OpenSource,
): Promise<GroupedSamples> {
  return readTable(file, open, knownBy(ticket), withImage(options, ticket));
}

/** The raw features alone, samples × features, row-major. */
export function readUnlabelled(
  file: string,
  ticket: OpenedTicket,
  options: ReadingOptions,
  open: OpenSource,
): Promise<Float32Array> {
  return readFeatures(file, open, knownBy(ticket), withImage(options, ticket));
}

function knownBy({ name, info }: OpenedTicket): KnownData {
  const { features, featureNames } = info;
  return { what: `the ticket ${name}`, features, featureNames, classNames: namesOfClasses(info) };
}

function withImage(options: ReadingOptions, { info: { image } }: OpenedTicket): FileOptions {
  return defined({ ...readingOf(options), image });
}
