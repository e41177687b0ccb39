/** Opens data files, and chooses which columns or arrays are the features and which the labels. */
import { UserError } from '../../base/errors.ts';
import type { Source } from '../../base/source.ts';
import type { DataSource } from '../../runspec/files.ts';
import type { Part } from '../dataset.ts';
import type { ArrayEntry } from '../formats/entry.ts';
import { type OpenedFile, openDataFile } from '../formats/formats.ts';
import { arrayFeatures, arrayWithLabel } from './array-features.ts';
import { arrayLabels } from './array-labels.ts';
import { findArray, findArrays, findGroups, hasPart, listedArrays } from './array-names.ts';
import { differ, type Known } from './columns.ts';
import type { FileOptions, OpenSide, SampleFile } from './sample-file.ts';
import { type FeatureSide, joined } from './sides.ts';
import { tableFeatures, tableLabels, tableSamples } from './table-samples.ts';

/** Opens what holds a part of the data; `known`: what it is to agree with. Throws UserError. */
export async function openSamples(
  source: DataSource,
  part: Part,
  open: OpenSide,
  given: FileOptions,
  known?: Known,
): Promise<SampleFile> {
  const options = { ...given, image: given.image ?? known?.image };
  const file =
    typeof source === 'string'
      ? await openOne(await open(source, undefined), part, options, known)
      : await openTwo(await open(source.x, 'x'), await open(source.y, 'y'), part, options, known);
  if (known) checkAgrees(file, known, options);
  return file;
}

/** The features of samples of which the classes need not be known. Throws UserError. */
export async function openFeatures(
  source: Source,
  part: Part,
  given: FileOptions,
  known: Known,
): Promise<FeatureSide> {
  const options = { ...given, image: given.image ?? known.image };
  const file = await openDataFile(source, options);
  if ('arrays' in file) refuseIgnored(source.name, options);
  const side =
    'table' in file
      ? tableFeatures(file.table, options, known)
      : arrayFeatures(featuresIn(file.arrays, part, source), options);
  checkAgrees(side, known, options);
  return side;
}

function checkAgrees(
  { name, features, image }: FeatureSide | SampleFile,
  known: Known,
  { input }: FileOptions,
): void {
  if (features !== known.features) throw differ(name, features, known);
  if (image && image[0] > 1 && !known.image && !input)
    throw new UserError(
      `${name}: has images of ${image.join(' × ')}, and ${known.what} has ${features} features without saying how an image fills them: give the samples flat, [samples, ${features}], in the order of the others`,
    );
  if (image && known.image && image.join() !== known.image.join()) {
    throw new UserError(
      `${name}: has images of ${image.join(' × ')}, ${known.what} has ${known.image.join(' × ')}; both must have the same`,
    );
  }
}

async function openOne(source: Source, part: Part, options: FileOptions, known?: Known): Promise<SampleFile> {
  const file = await openDataFile(source, options);
  if ('table' in file) return tableSamples(file.table, options, known);
  const { arrays, form } = file;
  const { name } = source;
  refuseIgnored(name, options);
  const [only] = arrays.values();
  if (only && arrays.size === 1) {
    if (options.group) throw groupless(name);
    if (options.label === undefined) throw unlabelled(only);
    return arrayWithLabel(only, options.label, form);
  }
  const { x, y } = findArrays(arrays, part, name);
  if (!y) {
    throw new UserError(`${name}: has no labels for ${x.name}: found ${listedArrays(arrays)}; call them y`);
  }
  const { group } = options;
  const groups = group && arrayLabels(findGroups(arrays, String(group.column), part, name));
  const parts = (['train', 'test', 'validation'] as const).filter((other) => hasPart(arrays, other));
  const all = `${form} with ${listedArrays(arrays)}`;
  return { ...joined(name, all, { ...arrayFeatures(x, options), groups }, arrayLabels(y)), parts };
}

function refuseIgnored(name: string, { ignore = [] }: FileOptions): void {
  if (ignore.length > 0)
    throw new UserError(`${name}: ignore: arrays have no columns with names; leave 'ignore' out`);
}

function groupless(name: string): UserError {
  return new UserError(
    `${name}: task.group: holds one array, without names: write features, labels and groups into one NPZ file, as x, y and group, or into a table`,
  );
}

function unlabelled({ name, shape }: ArrayEntry): UserError {
  const column =
    shape.length === 2 ? ', or say which of its columns is the label (label: -1 for the last)' : '';
  return new UserError(
    `${name}: holds one array, and no labels; give features and labels as separate files, {"x": …, "y": …}${column}`,
  );
}

async function openTwo(x: Source, y: Source, part: Part, options: FileOptions, known?: Known) {
  const features = await openDataFile(x, options);
  const labels = await openDataFile(y, options);
  if (options.group && !('table' in features)) throw groupless(x.name);
  const left =
    'table' in features
      ? tableFeatures(features.table, options, known)
      : arrayFeatures(arrayIn(features, 'x', part, x), options);
  const right =
    'table' in labels ? tableLabels(labels.table, options) : arrayLabels(arrayIn(labels, 'y', part, y));
  return joined(x.name, `${features.form}; labels: ${labels.form}`, left, right);
}

function featuresIn(arrays: ReadonlyMap<string, ArrayEntry>, part: Part, { name }: Source): ArrayEntry {
  const [only] = arrays.values();
  return only && arrays.size === 1 ? only : findArrays(arrays, part, name).x;
}

function arrayIn(file: OpenedFile, side: 'x' | 'y', part: Part, { name }: Source): ArrayEntry {
  return findArray('arrays' in file ? file.arrays : new Map(), side, part, name);
}
