/** Features and labels from files or arrays of their own, joined sample by sample. */
import { defined } from '../../base/defined.ts';
import { UserError } from '../../base/errors.ts';
import type { Image } from '../formats/table.ts';
import { Problems } from '../problems.ts';
import type { Lacking } from './naming.ts';
import type { LabelSide, SampleFile, Side } from './sample-file.ts';

export interface FeatureSide extends Side {
  readonly features: number;
  readonly featureNames?: readonly string[] | undefined;
  readonly image?: Image | undefined;
  /** Changes to the file's values, for people. */
  readonly note?: string | undefined;
  /** In a column of the same table. */
  readonly groups?: LabelSide | undefined;
  /** Of a table: columns to ignore that it lacks. */
  readonly lacking?: Lacking;
  blocks(problems: Problems): AsyncIterable<Float32Array<ArrayBuffer>>;
}

/** Samples of features and labels that are apart, in the same order. Throws UserError where their numbers differ. */
export function joined(name: string, form: string, x: FeatureSide, y: LabelSide): SampleFile {
  const { features, featureNames, image, rows } = x;
  if (rows !== undefined && y.rows !== undefined && rows !== y.rows)
    throw lengthsDiffer(x.name, rows, y.name, y.rows);
  return {
    name,
    form: x.note === undefined ? form : `${form}; ${x.note}`,
    features,
    ...defined({ featureNames, image, rows, groups: x.groups, lacking: x.lacking }),
    label: y.place,
    leftOut: [],
    parts: [],
    problems: () => new Problems(x.name, x.columnNames),
    async *blocks(codes, problems) {
      const labels = await y.codes(codes, problems.of(y.name, y.columnNames));
      let from = 0;
      for await (const block of x.blocks(problems)) {
        const to = from + block.length / features;
        yield { x: block, labels: labels.slice(from, to) };
        from = to;
      }
      // Rows that are wrong are left out while reading, and reported; then the numbers say nothing.
      if (from !== labels.length && problems.total === 0)
        throw lengthsDiffer(x.name, from, y.name, labels.length);
    },
  };
}

function lengthsDiffer(x: string, samples: number, y: string, labels: number): UserError {
  return new UserError(
    `${x} has ${samples} samples, ${y} has ${labels} labels; both must have as many, in the same order`,
  );
}

/** Parts as one array. */
export function concatenated(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((count, part) => count + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
