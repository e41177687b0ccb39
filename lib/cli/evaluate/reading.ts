/** Data files that tickets are given: their samples, by the features and the classes that the ticket names. */
import { defined } from '../../base/defined.ts';
import type { OpenSource } from '../../base/source.ts';
import { type KnownData, readFeatures, readTable } from '../../data/samples/network-data.ts';
import type { FileOptions } from '../../data/samples/sample-file.ts';
import { labelColumn, type TableOptions } from '../data-options.ts';
import type { GroupedSamples } from './fairness.ts';
import type { OpenedTicket } from './target.ts';

export interface ReadingOptions extends TableOptions {
  readonly ignore?: readonly string[] | undefined;
  /** The column of groups. */
  readonly group?: string | undefined;
}

/** The options that say how the table is read. */
export function readingOf(options: ReadingOptions): FileOptions {
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

/** The names of a ticket's classes; their numbers where it names none. */
export function ticketClasses({ info }: Pick<OpenedTicket, 'info'>): readonly string[] {
  return info.classNames ?? Array.from({ length: info.classes }, (_, index) => String(index));
}

function knownBy(ticket: OpenedTicket): KnownData {
  const { features, featureNames } = ticket.info;
  return { what: `the ticket ${ticket.name}`, features, featureNames, classNames: ticketClasses(ticket) };
}

function withImage(options: ReadingOptions, { info: { image } }: OpenedTicket): FileOptions {
  return defined({ ...readingOf(options), image });
}
