/** Sizes of data and network, as far as the spec tells them: what stands in files is known once it has been read. */

import { InvalidSpec } from '../base/errors.ts';
import { convnet } from '../network/convnets.ts';
import type { NetworkSize } from '../network/network.ts';
import { sizeOfGraph, sizeOfLayers } from '../network/size.ts';
import { UnusableModel } from '../network/unusable-model.ts';
import { PRUNING_WORK } from '../search/pruning.ts';
import type { RunSpec, Task } from './schema.ts';

export interface Shape {
  readonly features: number;
  readonly classes: number;
}

/** Channels, height, width. */
export type ImageShape = readonly [number, number, number];

/** A question that only the files can answer: an error of ours, since whoever asks has to read them first. */
class UnreadFiles extends TypeError {
  constructor(what: string) {
    super(`${what}: the files of the spec have not been read`);
  }
}

/** Features and classes of a task's data; undefined where they stand in files that have not been read. */
export function knownShape(task: Task): Shape | undefined {
  switch (task.dataset) {
    case 'moons':
    case 'circles':
      return { features: 2, classes: 2 };
    case 'blobs':
      return { features: 2, classes: task.classes };
    case 'digits':
      return { features: 64, classes: task.classes };
    case 'files':
      return task.found;
  }
}

/** The same of a task whose files have been read. */
export function shapeOfTask(task: Task): Shape {
  const shape = knownShape(task);
  if (!shape) throw new UnreadFiles('task');
  return shape;
}

/** The digits by themselves. */
const DIGIT = [1, 8, 8] as const;

/** What the flat features are, where they are images. */
export function imageOfTask(task: Task): ImageShape | undefined {
  if (task.image) return task.image;
  if (task.dataset === 'digits') return DIGIT;
  return task.dataset === 'files' ? task.found?.image : undefined;
}

/** How messages call the data. */
export function nameOfTask(task: Task): string {
  return task.dataset === 'files' ? 'the data set in the files' : `the data set '${task.dataset}'`;
}

/** Training samples of a task, for estimates; the digits have about 180 images a class. */
export function trainSamples(task: Task): number {
  switch (task.dataset) {
    case 'moons':
    case 'circles':
      return task.train;
    case 'blobs':
      return Math.round(task.pointsPerClass * task.classes * (1 - task.testShare));
    case 'digits':
      return Math.round(180 * task.classes * (1 - task.testShare));
    case 'files':
      if (!task.found) throw new UnreadFiles('task');
      return task.found.train;
  }
}

/** Samples of training, validation and test data together. */
export function totalSamples(task: Task): number {
  switch (task.dataset) {
    case 'moons':
    case 'circles':
      return task.train + task.test;
    case 'blobs':
      return task.pointsPerClass * task.classes;
    case 'digits':
      return 180 * task.classes;
    case 'files':
      if (!task.found) throw new UnreadFiles('task');
      return task.found.train + task.found.validation + task.found.test;
  }
}

/** Training samples of each class; of blobs, digits and files about as many, since the split is drawn. */
export function classSizes(task: Task): number[] {
  const { classes } = shapeOfTask(task);
  const samples = trainSamples(task);
  return Array.from({ length: classes }, (_, label) => Math.floor((samples + label) / classes));
}

/** Whether all that the spec names has been read: data, model, and so every shape. */
export function isResolved({ task, network }: Pick<RunSpec, 'task' | 'network'>): boolean {
  const { hidden, model, found } = network;
  return (
    knownShape(task) !== undefined && hidden === undefined && (model === undefined || found !== undefined)
  );
}

/** Convnets by name, image and classes: they are built to be measured. */
const sizes = new Map<string, NetworkSize>();

/** What the network of a spec costs, all files of which have been read. Throws InvalidSpec for an architecture that does not take the data. */
export function sizeOfNetwork({ task, network }: Pick<RunSpec, 'task' | 'network'>): NetworkSize {
  const { layers, architecture, model, found } = network;
  if (layers) return sizeOfLayers(layers);
  if (model !== undefined && found) return found;
  if (architecture === undefined) throw new UnreadFiles('network');
  const image = imageOfTask(task);
  const { classes } = shapeOfTask(task);
  if (!image) throw new InvalidSpec([imageIsMissing(task)]);
  const key = JSON.stringify([architecture, image, classes]);
  const known = sizes.get(key);
  if (known) return known;
  try {
    const size = sizeOfGraph(convnet(architecture, image, classes));
    sizes.set(key, size);
    return size;
  } catch (cause) {
    if (!(cause instanceof UnusableModel)) throw cause;
    throw new InvalidSpec(
      cause.problems.map((problem) => `network.architecture: ${problem}`),
      { cause },
    );
  }
}

/** The line that says that a convolutional network needs to know the image. */
export function imageIsMissing(task: Task): string {
  return `task.image: found nothing, expected channels, height and width, such as [1, 28, 28]: a convolutional network needs to know how the features of ${nameOfTask(task)} make an image`;
}

/** Evaluations of the pruning pass, at most. */
export function pruningEvaluations(spec: RunSpec, samples: number): number {
  const work = spec.network.layers ? PRUNING_WORK.layers : PRUNING_WORK.graph;
  return spec.pruning.maxEvaluations ?? Math.floor(work / (sizeOfNetwork(spec).multiplyAdds * samples));
}
