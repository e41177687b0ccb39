/** Output of `tombola data`: contents of data files, and how to run on them. */
import { at } from '../base/at.ts';
import { defined } from '../base/defined.ts';
import { UserError } from '../base/errors.ts';
import type { OpenSource, Source } from '../base/source.ts';
import { holdsOneArray } from '../data/formats/formats.ts';
import { type Description, describeFiles, type PartSource } from '../data/samples/description.ts';
import type { FileOptions } from '../data/samples/sample-file.ts';
import type { DataSource } from '../runspec/files.ts';
import type { TableOptions } from './data-options.ts';
import { suggest } from './data-suggestion.ts';
import { descriptionText } from './data-text.ts';
import { type Counter, createCounter } from './progress.ts';

export interface DataCommandOptions extends TableOptions {
  readonly ignore?: readonly string[] | undefined;
  /** Name or index of the column of groups. */
  readonly group?: string | undefined;
  readonly json: boolean;
}

/** What is in the files, for people or as JSON; and whether a run takes them. */
export interface DataReport {
  readonly text: string;
  readonly usable: boolean;
}

/** The output of the command. Throws UserError where files cannot be read as samples at all. */
export async function describeData(
  files: readonly string[],
  { json, group, ...given }: DataCommandOptions,
  open: OpenSource,
): Promise<DataReport> {
  const parts = partSources(files, given.label);
  const groups = group === undefined ? undefined : { column: group, feature: false };
  const options: FileOptions = defined({ ...given, group: groups });
  const counter = json ? undefined : createCounter(process.stderr, 'MB read');
  let description: Description;
  try {
    description = await describeFiles(parts, counter ? watched(open, counter) : open, options);
  } finally {
    counter?.end();
  }
  const suggestion = suggest(parts, description, options);
  const text = json
    ? JSON.stringify({ ...description, suggestion }, null, 2)
    : descriptionText(description, suggestion);
  return { text, usable: description.problems.length === 0 };
}

/** The parts that the files are: a file of one array is followed by its labels, unless they are a column of it. */
export function partSources(files: readonly string[], label?: string): PartSource[] {
  const sources: DataSource[] = [];
  const left = [...files];
  for (let file = left.shift(); file !== undefined; file = left.shift()) {
    const labels = holdsOneArray(file) && label === undefined;
    const y = labels ? left.shift() : undefined;
    if (labels && y === undefined) {
      throw new UserError(
        `${file}: holds one array; give the file of its labels after it, or --label with the column that is the label (-1 for the last)`,
      );
    }
    sources.push(y === undefined ? file : { x: file, y });
  }
  const names = ['train', 'test', 'validation'] as const;
  if (sources.length > names.length) {
    throw new UserError(
      `found ${files.length} files, expected at most three: training, test and validation data`,
    );
  }
  return sources.map((source, index) => ({ part: at(names, index), source }));
}

/** Counts the bytes that are read. */
function watched(open: OpenSource, counter: Counter): OpenSource {
  let done = 0;
  let total = 0;
  const tell = (bytes: number) => {
    done += bytes;
    counter.update(Math.min(done, total) / 1e6, total / 1e6);
  };
  return async (uri) => {
    const source = await open(uri);
    total += source.size;
    const counted: Source = {
      name: source.name,
      size: source.size,
      async read(from, to) {
        const bytes = await source.read(from, to);
        tell(bytes.length);
        return bytes;
      },
      async *stream() {
        for await (const piece of source.stream()) {
          tell(piece.length);
          yield piece;
        }
      },
    };
    return counted;
  };
}
