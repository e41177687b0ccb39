/** What a spec asks for beyond its types: layers that fit the data, and sizes that fit into memory. */
import { totalmem } from 'node:os';
import { countWeights } from '../network/architecture.ts';
import { bytesPerGenome } from '../search/genome.ts';
import { InvalidSpec } from './errors.ts';
import type { RunSpec, Task } from './schema.ts';
import { isTraining, trainingProblems } from './training.ts';

/** Features and classes of a task's data. */
export function shapeOfTask(task: Task): { features: number; classes: number } {
  switch (task.dataset) {
    case 'moons':
    case 'circles':
      return { features: 2, classes: 2 };
    case 'blobs':
      return { features: 2, classes: task.classes };
    case 'digits':
      return { features: 64, classes: task.classes };
  }
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
  }
}

/** Training samples of each class; of blobs and digits about as many, since the split is drawn. */
function classSizes(task: Task): number[] {
  const { classes } = shapeOfTask(task);
  const samples = trainSamples(task);
  return Array.from({ length: classes }, (_, label) => Math.floor((samples + label) / classes));
}

/** Samples of training and test data together. */
function totalSamples(task: Task): number {
  switch (task.dataset) {
    case 'moons':
    case 'circles':
      return task.train + task.test;
    case 'blobs':
      return task.pointsPerClass * task.classes;
    case 'digits':
      return 180 * task.classes;
  }
}

export interface MemoryEstimate {
  /** Raw, scaled and transposed data. */
  readonly data: number;
  /** Weights, their copies in the evaluator, and the expanded masks of one batch. */
  readonly network: number;
  /** Genomes of survivors and offspring, with the copies that a step holds while it reads and writes. */
  readonly population: number;
  /** onnxruntime, Node.js and the activations of one tile. */
  readonly fixed: number;
}

/** Estimated peak memory of a step, in bytes. */
export function estimateMemory(spec: RunSpec): MemoryEstimate {
  const { features } = shapeOfTask(spec.task);
  const weights = countWeights(spec.network.layers);
  const { population, recombination, mutation, migration } = spec.search;
  const offspring =
    population * (recombination.rate + mutation.rate * (1 + recombination.rate) + migration.rate);
  const perIndividual = bytesPerGenome(weights) * 4 + 400;
  return {
    data: totalSamples(spec.task) * (features + 1) * 4 * 4,
    network: weights * 4 * 3 + Math.min(16, population) * weights * 5,
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

/** Throws InvalidSpec where layers and data disagree, or the estimate exceeds `available` bytes. */
export function checkFeasible(spec: RunSpec, available = availableMemory()): void {
  const problems: string[] = [];
  const { layers } = spec.network;
  const { features, classes } = shapeOfTask(spec.task);
  const [inputs] = layers;
  const outputs = layers.at(-1);
  if (inputs !== features) {
    problems.push(
      `network.layers[0]: found ${inputs}, expected ${features}: the data set '${spec.task.dataset}' has ${features} features`,
    );
  }
  if (outputs !== classes) {
    problems.push(
      `network.layers[${layers.length - 1}]: found ${outputs}, expected ${classes}: one output per class of '${spec.task.dataset}'`,
    );
  }
  if (isTraining(spec.algorithm)) {
    problems.push(...trainingProblems(spec, spec.algorithm, classSizes(spec.task)));
  }
  const { start } = spec.search;
  if (start.strategy === 'adaptive-bound' && start.tries && start.tries.reasonable >= start.tries.given) {
    problems.push(
      `search.start.tries.reasonable: found ${start.tries.reasonable}, expected less than the ${start.tries.given} tries given`,
    );
  }
  const estimate = estimateMemory(spec);
  const total = totalBytes(estimate);
  if (total > available) {
    const parts = [
      `population and offspring ${size(estimate.population)}`,
      `network ${size(estimate.network)}`,
      `data ${size(estimate.data)}`,
    ];
    const largest =
      estimate.population >= estimate.network && estimate.population >= estimate.data
        ? 'search.population'
        : estimate.network >= estimate.data
          ? 'network.layers'
          : 'task';
    problems.push(
      `${largest}: the run needs about ${size(total)} (${parts.join(', ')}), and ${size(available)} is there: make it smaller or use a larger machine`,
    );
  }
  if (problems.length > 0) throw new InvalidSpec(problems);
}
