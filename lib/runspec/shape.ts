/** Sizes of data and network: those in files are known once these have been read. */

import { at } from '../base/at.ts';
import type { ClassSize } from '../base/classes.ts';
import { InvalidSpec } from '../base/errors.ts';
import { type ConvnetName, convnet } from '../network/convnets.ts';
import {
  type FlipPasses,
  type FlippedLayer,
  flippedLayers,
  multiplyAddsOfFlip,
  WORK_OF_CLASS,
} from '../network/flip-work.ts';
import { type NetworkSize, sizeOfGraph, sizeOfLayers } from '../network/network.ts';
import { RING_BOUNDS } from '../network/planting/targets.ts';
import { classesOfTeacher } from '../network/planting/teacher.ts';
import { UnusableModel } from '../network/unusable-model.ts';
import { PRUNING_WORK } from '../search/pruning.ts';
import { type AskedNetwork, givenTicket, type ReadNetwork } from './network.ts';
import type { AskedSpec, RunSpec } from './schema.ts';
import type { ReadTask, Task } from './task.ts';

export interface DataShape {
  readonly features: number;
  readonly classes: number;
}

/** Channels, height, width. */
export type ImageShape = readonly [number, number, number];

/** Images of each digit, about. */
const IMAGES_PER_DIGIT = 180;

/** Sizes of a task's data. Of blobs and digits the training samples are about as many, since the split is drawn. */
function sizesOf(task: ReadTask): DataShape & { readonly train: number; readonly total: number } {
  const drawn = (perClass: number, { classes, testShare }: { classes: number; testShare: number }) => {
    const total = perClass * classes;
    return { classes, train: Math.round(total * (1 - testShare)), total };
  };
  switch (task.dataset) {
    case 'moons':
    case 'circles':
    case 'two-groups':
      return { features: 2, classes: 2, train: task.train, total: task.train + task.test };
    case 'rings':
      return {
        features: 2,
        classes: RING_BOUNDS.length + 1,
        train: task.train,
        total: task.train + task.test,
      };
    case 'teacher': {
      const { layers, train, test } = task;
      return { features: at(layers, 0), classes: classesOfTeacher(layers), train, total: train + test };
    }
    case 'blobs':
      return { features: 2, ...drawn(task.pointsPerClass, task) };
    case 'digits':
      return { features: 64, ...drawn(IMAGES_PER_DIGIT, task) };
    case 'files': {
      const { features, classes, train, validation, test } = task.found;
      return { features, classes, train, total: train + validation + test };
    }
  }
}

/** Features and classes of a task's data. */
export function shapeOfTask(task: ReadTask): DataShape {
  const { features, classes } = sizesOf(task);
  return { features, classes };
}

/** Groups of the samples, of a task that has some. */
export function groupsOfTask(task: ReadTask): number {
  return task.dataset === 'files' ? (task.found.groups ?? 2) : 2;
}

/** The digits by themselves. */
const DIGIT = [1, 8, 8] as const;

/** The shape of the flat features as images, where they are images. */
export function imageOfTask(task: Task): ImageShape | undefined {
  if (task.image) return task.image;
  if (task.dataset === 'digits') return DIGIT;
  return task.dataset === 'files' ? task.found?.image : undefined;
}

/** The same for a convolutional network, which needs one. Throws InvalidSpec. */
export function imageFor(task: Task): ImageShape {
  const image = imageOfTask(task);
  if (image) return image;
  throw new InvalidSpec([imageIsMissing(task)]);
}

export function imageIsMissing(task: Task): string {
  return `task.image: found nothing, expected channels, height and width, such as [1, 28, 28]: a convolutional network needs the shape of the images that the features of ${nameOfTask(task)} form`;
}

/** How messages call the data. */
export function nameOfTask(task: Task): string {
  return task.dataset === 'files' ? 'the data set in the files' : `the data set '${task.dataset}'`;
}

/** Training samples of a task, for estimates. */
export function trainSamples(task: ReadTask): number {
  return sizesOf(task).train;
}

/** Samples of training, validation and test data together. */
export function totalSamples(task: ReadTask): number {
  return sizesOf(task).total;
}

/** The classes of the training data, with as many samples each, about; only the data tell how many, and those in files their names. */
export function classSizes(task: ReadTask): ClassSize[] {
  const { classes } = shapeOfTask(task);
  const samples = trainSamples(task);
  return Array.from({ length: classes }, (_, label) => ({
    name: task.dataset === 'files' ? undefined : String(label),
    samples: Math.floor((samples + label) / classes),
  }));
}

export function isReadTask(task: Task): task is ReadTask {
  return task.dataset !== 'files' || task.found !== undefined;
}

export function isReadNetwork(network: AskedNetwork): network is ReadNetwork {
  if (givenTicket(network) !== undefined && !('ticketSha256' in network)) return false;
  return !('model' in network) || network.found !== undefined;
}

/** Whether the prior of a start, if it has one, has been read. */
export function isReadStart({ start }: AskedSpec['search']): boolean {
  return start.strategy !== 'learned' || start.found !== undefined;
}

/** Whether nothing is left to be read: a spec that was parsed is then complete. */
export function isComplete(spec: AskedSpec): spec is RunSpec {
  const { task, network, search } = spec;
  return isReadTask(task) && isReadNetwork(network) && !('hidden' in network) && isReadStart(search);
}

interface ConvnetSize extends NetworkSize {
  readonly layers: readonly FlippedLayer[];
}

/** Convnets by name, image and classes: they are built to be measured. */
const sizes = new Map<string, ConvnetSize>();

type Shaped = Pick<RunSpec, 'task' | 'network'>;

/** The size of a complete spec's network. Throws InvalidSpec for an architecture that does not take the data. */
export function sizeOfNetwork({ task, network }: Shaped): NetworkSize {
  if ('layers' in network) return sizeOfLayers(network.layers);
  return 'model' in network ? network.found : sizeOfConvnet(task, network.architecture);
}

/**
 * Multiply-adds of one sample that a flip takes, on average over a search; of networks other than convnets about a unit's
 * share, and the classes.
 */
export function workOfFlip({ task, network }: Shaped, course: FlipPasses): number {
  if ('architecture' in network)
    return multiplyAddsOfFlip(sizeOfConvnet(task, network.architecture).layers, course);
  const { multiplyAdds, units } = sizeOfNetwork({ task, network });
  return WORK_OF_CLASS * shapeOfTask(task).classes + multiplyAdds / Math.max(1, units);
}

function sizeOfConvnet(task: ReadTask, architecture: ConvnetName): ConvnetSize {
  const image = imageFor(task);
  const { classes } = shapeOfTask(task);
  const key = JSON.stringify([architecture, image, classes]);
  const known = sizes.get(key);
  if (known) return known;
  try {
    const graph = convnet(architecture, image, classes);
    const size = { ...sizeOfGraph(graph), layers: flippedLayers(graph) };
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

/** Sizes that determine an algorithm's course. */
export function searchSizeOf(spec: RunSpec): { readonly bits: number; readonly samples: number } {
  return { bits: sizeOfNetwork(spec).weights, samples: trainSamples(spec.task) };
}

/** Evaluations of the pruning pass, at most. */
export function pruningEvaluations(spec: RunSpec, samples: number): number {
  const work = 'layers' in spec.network ? PRUNING_WORK.layers : PRUNING_WORK.graph;
  return spec.pruning.maxEvaluations ?? Math.floor(work / (sizeOfNetwork(spec).multiplyAdds * samples));
}
