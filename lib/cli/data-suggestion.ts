/** How to run on data that were described. */
import { defined } from '../base/defined.ts';
import { shellWord } from '../base/shell-word.ts';
import type { Description, PartSource } from '../data/samples/description.ts';
import type { FileOptions } from '../data/samples/sample-file.ts';
import { NETWORK_OF_FILES } from '../runspec/defaults.ts';

export interface Suggestion {
  /** A run spec. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** The command that runs it from a file. */
  readonly run: string;
  /** The command that needs no file, where the options of the command line say all. */
  readonly short: string | null;
  /** For images: a network that may do better than the one that a run takes by itself. */
  readonly convolutional: string | null;
}

/** Pixels along a side from which a convolutional network is worth it. */
const SMALLEST_PICTURE = 8;
const PICTURE_NETWORK = 'conv-2';

/** undefined where the labels are no classes, so that there is nothing to run. */
export function suggest(
  parts: readonly PartSource[],
  description: Description,
  options: FileOptions,
): Suggestion | undefined {
  if (description.classes.length < 2 || description.features.length === 0) return undefined;
  const { image, label, groups } = description;
  const { header, delimiter, decimal } = options;
  const sources = Object.fromEntries(parts.map(({ part, source }) => [part, source]));
  const named = label.found === 'array' ? {} : { label: label.name };
  const group = groups?.place.name ?? undefined;
  const ignore = description.leftOut
    .filter(({ why }) => !why.startsWith('it has no name'))
    .map(({ name }) => name);
  const picture = image !== null && Math.min(image[1], image[2]) >= SMALLEST_PICTURE;
  const task = {
    dataset: 'files',
    ...sources,
    ...named,
    ...(ignore.length > 0 ? { ignore } : {}),
    ...defined({ group, header, delimiter, decimal }),
    scaling: image ? { method: 'min-max', per: 'all' } : { method: 'standard', per: 'feature' },
  };
  return {
    spec: { task, network: NETWORK_OF_FILES },
    run: 'npx tombola run my.json',
    short: shortCommand(parts, description, { ...options, ignore }),
    convolutional: picture ? PICTURE_NETWORK : null,
  };
}

function shortCommand(
  parts: readonly PartSource[],
  { label, groups }: Description,
  { header, delimiter, decimal, ignore = [] }: FileOptions,
): string | null {
  const [train, test, ...more] = parts;
  if (typeof train?.source !== 'string' || more.length > 0) return null;
  if (test && (typeof test.source !== 'string' || test.part !== 'test')) return null;
  return [
    'npx tombola run --data',
    shellWord(train.source),
    ...(typeof test?.source === 'string' ? ['--test-data', shellWord(test.source)] : []),
    ...(label.name === null ? [] : ['--label', shellWord(String(label.name))]),
    ...(groups ? ['--group', shellWord(String(groups.place.name))] : []),
    ...(header === undefined ? [] : [header ? '--header' : '--no-header']),
    ...(delimiter === undefined ? [] : ['--delimiter', delimiter === '\t' ? 'tab' : shellWord(delimiter)]),
    ...(decimal === undefined ? [] : ['--decimal', decimal]),
    ...(ignore.length === 0 ? [] : ['--ignore', ...ignore.map(shellWord)]),
  ].join(' ');
}
