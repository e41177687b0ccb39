/** Data files for a network that is there already: its features and classes are known. */
import { defined } from '../../base/defined.ts';
import { UserError } from '../../base/errors.ts';
import { listed } from '../../base/listed.ts';
import type { OpenSource } from '../../base/source.ts';
import type { DataSource } from '../../runspec/files.ts';
import type { Part, Samples } from '../dataset.ts';
import { Classes, NO_LABELS } from '../labels.ts';
import { Problems, throwProblems } from '../problems.ts';
import { collect, featuresOf, samplesOf } from './collection.ts';
import { readGroups } from './groups.ts';
import { requireIgnored } from './naming.ts';
import { openFeatures, openSamples } from './opening.ts';
import type { FileOptions } from './sample-file.ts';

/** Facts that the network has about its data. */
export interface KnownData {
  /** Its name in errors: "the ticket my-run/ticket.onnx". */
  readonly what: string;
  readonly features: number;
  /** If given, columns of a file with a header are found by these names, whatever their order. */
  readonly featureNames?: readonly string[] | undefined;
  /** In the order of the network's outputs. */
  readonly classNames: readonly string[];
}

/**
 * The samples of a file, or of two, their labels mapped to the known classes. Of NPZ and safetensors files that name
 * parts, `part` is taken. Throws UserError: which file, where in it, what was found and what to do.
 */
export async function readTable(
  source: DataSource,
  open: OpenSource,
  known: KnownData,
  options: FileOptions & { readonly part?: Part } = {},
): Promise<Samples & { readonly groupNames?: readonly string[] }> {
  const { what, features, featureNames, classNames } = known;
  const file = await openSamples(source, options.part ?? 'test', open, options, {
    what,
    features,
    featureNames,
    image: options.image,
    leftOut: 'any',
  });
  requireIgnored([file]);
  const problems = file.problems();
  const collected = await collect(file, new Classes(classNames), problems);
  if (problems.count('unseen') > 0) {
    throw new UserError(
      `${problems.lines().join('\n')}\n${file.label.where}: the classes of ${what} are ${listed(classNames, 20)}; is this the label column? name another with --label`,
    );
  }
  throwProblems([problems]);
  const grouped = await readGroups(file, collected.count);
  const samples = samplesOf({ ...collected, groups: grouped?.codes });
  return { ...samples, ...(grouped && { groupNames: grouped.groups.names }) };
}

/**
 * The raw features of a file's samples, samples × features, row-major: what there is without labels. Columns beside the
 * known features do no harm where all have names. Throws UserError as `readTable` does.
 */
export async function readFeatures(
  uri: string,
  open: OpenSource,
  { what, features, featureNames }: KnownData,
  options: FileOptions = {},
): Promise<Float32Array> {
  const known = { what, features, featureNames, image: options.image, leftOut: 'any' } as const;
  const side = await openFeatures(await open(uri), 'test', options, known);
  requireIgnored([side]);
  const problems = new Problems(side.name, side.columnNames);
  const file = {
    name: side.name,
    features,
    ...defined({ rows: side.rows }),
    async *blocks() {
      for await (const x of side.blocks(problems)) yield { x };
    },
  };
  const collected = await collect(file, NO_LABELS, problems);
  throwProblems([problems]);
  return featuresOf(collected);
}
