/** Classes in another order than that of their names: the order of a model that has one of its own. */
import { at } from '../base/at.ts';
import { type ClassSize, classCounts } from '../base/classes.ts';
import { defined } from '../base/defined.ts';
import type { Dataset, Samples } from './dataset.ts';
import { Classes, UNSEEN } from './labels.ts';

/** The data's classes in the order of a model that calls them `names`; undefined where they are other classes. */
export function orderOf(own: readonly string[], names: readonly string[]): readonly string[] | undefined {
  const classes = new Classes(own);
  const codes = names.map((name) => classes.code(name));
  const same = !codes.includes(UNSEEN) && new Set(codes).size === own.length;
  return same ? codes.map((code) => at(own, code)) : undefined;
}

/** Class names; their numbers if the data have no names. */
export function namesOfClasses({
  classes,
  classNames,
}: Pick<Dataset, 'classes' | 'classNames'>): readonly string[] {
  return classNames ?? Array.from({ length: classes }, (_, index) => String(index));
}

/** The classes of the training data. */
export function sizesOfClasses(dataset: Dataset): ClassSize[] {
  const counts = classCounts(dataset.train.labels, dataset.classes);
  return namesOfClasses(dataset).map((name, label) => ({ name, samples: at(counts, label) }));
}

/** The data set with its classes in that order. Its features are shared. */
export function inOrder(dataset: Dataset, names: readonly string[] | undefined): Dataset {
  const { train, test, validation } = dataset;
  if (names === undefined) return dataset;
  const places = new Map(names.map((name, index) => [name, index]));
  const codes = Uint16Array.from(namesOfClasses(dataset), (name) => places.get(name) ?? 0);
  const relabel = (labels: Uint16Array) => labels.map((label) => at(codes, label));
  const ordered = (samples: Samples) => ({ ...samples, labels: relabel(samples.labels) });
  const held = validation && ordered(validation);
  const parts = defined({ train: ordered(train), test: ordered(test), validation: held });
  return { ...dataset, ...parts, classNames: names };
}
