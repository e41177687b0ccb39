/** Which arrays of a file are features and labels, of training, test and validation data: found from their names. */
import { UserError } from '../../base/errors.ts';
import { listed } from '../../base/listed.ts';
import type { Part } from '../dataset.ts';
import { type ArrayEntry, entryWords } from '../formats/entry.ts';

/** Names of features and of labels, the most telling first. */
const FEATURES = ['x', 'data', 'features', 'images', 'image', 'inputs', 'input', 'arr_0'];
const LABELS = ['y', 'labels', 'label', 'targets', 'target', 'classes', 'class', 'arr_1'];

const PARTS: Readonly<Record<string, Part | undefined>> = {
  train: 'train',
  training: 'train',
  test: 'test',
  testing: 'test',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
};

type Entries = ReadonlyMap<string, ArrayEntry>;

/** Features, labels and parts of a name: x_train and train_images are features of training data. */
function read(name: string): { readonly part: Part | undefined; readonly rest: string } {
  const words = name.toLowerCase().split(/[_\-./ ]+/);
  const part = words.map((word) => PARTS[word]).find((found) => found !== undefined);
  return { part, rest: words.filter((word) => PARTS[word] === undefined).join('_') };
}

function find(entries: Entries, names: readonly string[], part: Part | undefined): ArrayEntry | undefined {
  for (const wanted of names) {
    for (const [name, entry] of entries) {
      const found = read(name);
      if (found.rest === wanted && found.part === part) return entry;
    }
  }
  return undefined;
}

/** Whether the file has features of that part by name. */
export function hasPart(entries: Entries, part: Part): boolean {
  return find(entries, FEATURES, part) !== undefined;
}

/** The array of that name, or of it with the name of the part: group, or group_train. Throws UserError. */
export function findGroups(entries: Entries, name: string, part: Part, file: string): ArrayEntry {
  const wanted = read(name).rest;
  const found = entries.get(name) ?? find(entries, [wanted], part) ?? find(entries, [wanted], undefined);
  if (found) return found;
  throw new UserError(`${file}: task.group: has no array '${name}': found ${listedArrays(entries)}`);
}

export function listedArrays(entries: Entries): string {
  const all = [...entries].map(([name, entry]) => `'${name}' ${entryWords(entry)}`);
  return listed(all, 20, `… (${all.length} in all)`);
}

/** The features and labels of a part, or of the file if it names no parts. Throws UserError. */
export function findArrays(entries: Entries, part: Part, file: string) {
  for (const wanted of [part, undefined]) {
    const x = find(entries, FEATURES, wanted);
    if (x) return { x, y: find(entries, LABELS, wanted) };
  }
  const all = [...entries.values()];
  const x = all.filter(({ shape }) => shape.length >= 2);
  const y = all.filter(({ shape }) => shape.length === 1);
  const [features] = x;
  if (features && x.length === 1 && y.length <= 1) return { x: features, y: y[0] };
  throw new UserError(
    `${file}: cannot tell which array holds the features: found ${listedArrays(entries)}; call them x and y, or x_train, y_train, x_test, y_test`,
  );
}

/** The only array of a file, or the one of such a name. Throws UserError. */
export function findArray(entries: Entries, side: 'x' | 'y', part: Part, file: string): ArrayEntry {
  const [only] = entries.values();
  if (only && entries.size === 1) return only;
  const names = side === 'x' ? FEATURES : LABELS;
  const found = find(entries, names, part) ?? find(entries, names, undefined);
  if (found) return found;
  throw new UserError(
    `${file}: cannot tell which array is ${side}: found ${listedArrays(entries)}; call it '${side}'`,
  );
}
