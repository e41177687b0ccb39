/** What a spec asks for beyond its types: layers that fit the data, and sizes that fit into memory. */
import { totalmem } from 'node:os';
import { InvalidSpec } from '../base/errors.ts';
import { sizeOf } from '../network/graph.ts';
import { bytesPerGenome } from '../search/genome.ts';
import { kindsOf } from './network.ts';
import type { RunSpec } from './schema.ts';
import {
  classSizes,
  imageIsMissing,
  imageOfTask,
  isResolved,
  knownShape,
  nameOfTask,
  shapeOfTask,
  sizeOfNetwork,
  totalSamples,
  trainSamples,
} from './shape.ts';
import { isTraining, trainingProblems } from './training.ts';

export interface MemoryEstimate {
  /** Raw, scaled and transposed data. */
  readonly data: number;
  /** Weights, their copies in the evaluator, the expanded masks of one batch, and a graph's activations. */
  readonly network: number;
  /** Genomes of survivors and offspring, with the copies that a step holds while it reads and writes. */
  readonly population: number;
  /** onnxruntime, Node.js and the activations of one tile. */
  readonly fixed: number;
}

/** Bytes of activations that the evaluator of a graph takes at a time, unless a single sample has more. */
const MOST_ACTIVATIONS = 300e6;
/** A float32 in, one out, and one that is moved. */
const BYTES_PER_ACTIVATION = 12;

/** Activations of a graph, beside those of one tile that every network has. */
function activationBytes({ network, task }: RunSpec, units: number): number {
  if (network.layers) return 0;
  const sample = units * BYTES_PER_ACTIVATION;
  return Math.max(sample, Math.min(trainSamples(task) * sample, MOST_ACTIVATIONS));
}

/** Estimated peak memory of a step, in bytes. */
export function estimateMemory(spec: RunSpec): MemoryEstimate {
  const { features } = shapeOfTask(spec.task);
  const { weights, units } = sizeOfNetwork(spec);
  const { population, recombination, mutation, migration } = spec.search;
  const offspring =
    population * (recombination.rate + mutation.rate * (1 + recombination.rate) + migration.rate);
  const perIndividual = bytesPerGenome(weights) * 4 + 400;
  return {
    data: totalSamples(spec.task) * (features + 1) * 4 * 4,
    network: weights * 4 * 3 + Math.min(16, population) * weights * 5 + activationBytes(spec, units),
    population: (population + offspring) * perIndividual,
    fixed: 300e6,
  };
}

export function totalBytes(estimate: MemoryEstimate): number {
  return estimate.data + estimate.network + estimate.population + estimate.fixed;
}

/** Bytes that this machine, or this Lambda function, has for one step. */
export function availableMemory(): number {
  const lambda = Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
  return Number.isFinite(lambda) && lambda > 0 ? lambda * 2 ** 20 : totalmem();
}

function size(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]}`;
}

/** A network that was trained on more classes than the files hold is easily given: it is told what a class is. */
function onePerClass(task: RunSpec['task']): string {
  if (task.dataset !== 'files') return `one output per class of '${task.dataset}'`;
  return `one output per class of ${nameOfTask(task)}, whose classes are the labels that occur in the training data: add samples of each class that it lacks, or give the network as many outputs as there are`;
}

/** Where the network does not take the data; a line each. */
function unfit({ task, network }: RunSpec): string[] {
  const problems: string[] = [];
  const { features, classes } = shapeOfTask(task);
  const image = imageOfTask(task);
  const data = nameOfTask(task);
  if (task.image && sizeOf(task.image) !== features) {
    problems.push(
      `task.image: found [${task.image}], which has ${sizeOf(task.image)} values; expected ${features}: ${data} has ${features} features`,
    );
  }
  const { layers, architecture, model, found } = network;
  if (layers) {
    const [inputs] = layers;
    const outputs = layers.at(-1);
    if (inputs !== features) {
      problems.push(
        `network.layers[0]: found ${inputs}, expected ${features}: ${data} has ${features} features`,
      );
    }
    if (outputs !== classes) {
      problems.push(
        `network.layers[${layers.length - 1}]: found ${outputs}, expected ${classes}: ${onePerClass(task)}`,
      );
    }
  }
  if (architecture !== undefined && !image) problems.push(imageIsMissing(task));
  if (model !== undefined && found && found.features !== features) {
    problems.push(
      `network.model: ${model} takes ${found.features} values a sample, expected ${features}: ${data} has ${features} features`,
    );
  }
  if (model !== undefined && found && found.classes !== classes) {
    problems.push(
      `network.model: ${model} gives ${found.classes} outputs, expected ${classes}: ${onePerClass(task)}`,
    );
  }
  return problems;
}

/**
 * Throws InvalidSpec where network and data disagree, the algorithm does not take the network, or the estimate exceeds
 * `available` bytes. What stands in files is looked at once they have been read.
 */
export function checkFeasible(spec: RunSpec, available = availableMemory()): void {
  const problems: string[] = [];
  const [kind] = kindsOf(spec.network);
  if (isTraining(spec.algorithm) && kind !== 'layers' && kind !== 'hidden') {
    problems.push(
      `algorithm: found "${spec.algorithm}", which trains multilayer perceptrons only, and network.${kind}; choose sltn-ga or random-search, or give network.layers`,
    );
  }
  const shaped = isResolved(spec) ? unfit(spec) : [];
  problems.push(...shaped);
  if (isTraining(spec.algorithm) && knownShape(spec.task)) {
    problems.push(...trainingProblems(spec, spec.algorithm, classSizes(spec.task)));
  }
  const { start } = spec.search;
  if (start.strategy === 'adaptive-bound' && start.tries && start.tries.reasonable >= start.tries.given) {
    problems.push(
      `search.start.tries.reasonable: found ${start.tries.reasonable}, expected less than the ${start.tries.given} tries given`,
    );
  }
  if (isResolved(spec) && shaped.length === 0) problems.push(...tooLarge(spec, available));
  if (problems.length > 0) throw new InvalidSpec(problems);
}

/** The line that says that the run needs more memory than there is. */
function tooLarge(spec: RunSpec, available: number): string[] {
  const estimate = estimateMemory(spec);
  const total = totalBytes(estimate);
  if (total <= available) return [];
  const parts = [
    `population and offspring ${size(estimate.population)}`,
    `network ${size(estimate.network)}`,
    `data ${size(estimate.data)}`,
  ];
  const largest =
    estimate.population >= estimate.network && estimate.population >= estimate.data
      ? 'search.population'
      : estimate.network >= estimate.data
        ? `network.${kindsOf(spec.network)[0]}`
        : 'task';
  return [
    `${largest}: the run needs about ${size(total)} (${parts.join(', ')}), and ${size(available)} is there: make it smaller or use a larger machine`,
  ];
}
