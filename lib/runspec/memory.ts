/** The memory that a run takes, estimated from its spec. */
import { InvalidSpec } from '../base/errors.ts';
import { byteSize } from '../base/format.ts';
import { bytesPerGenome } from '../search/genome.ts';
import { figuresOf } from './figures.ts';
import { kindsOf } from './network.ts';
import type { AskedSpec, RunSpec } from './schema.ts';
import { groupsOfTask, isComplete, shapeOfTask, sizeOfNetwork, totalSamples, trainSamples } from './shape.ts';

/** Bytes of activations that the evaluator of a graph takes at a time, unless a single sample has more. */
const MOST_ACTIVATIONS = 300e6;
/** A float32 in, one out, and one that is moved. */
const BYTES_PER_ACTIVATION = 12;

/** Activations of a graph, beside those of one tile that every network has. */
function activationBytes({ network, task }: RunSpec, units: number): number {
  if ('layers' in network) return 0;
  const sample = units * BYTES_PER_ACTIVATION;
  return Math.max(sample, Math.min(trainSamples(task) * sample, MOST_ACTIVATIONS));
}

/** Estimated peak memory of a step, in bytes. */
function estimateMemory(spec: RunSpec) {
  const { features } = shapeOfTask(spec.task);
  const { weights, units } = sizeOfNetwork(spec);
  const { population, recombination, mutation, migration } = spec.search;
  const offspring =
    population * (recombination.rate + mutation.rate * (1 + recombination.rate) + migration.rate);
  const gaps = figuresOf(spec).gaps.length > 0;
  // Gaps take one for the positive and one for the negative samples of each group, beside that of the whole.
  const evaluators = gaps ? 2 * groupsOfTask(spec.task) + 1 : 1;
  const perIndividual = bytesPerGenome(weights) * 4 + 400;
  return {
    // Raw, scaled and transposed.
    data: totalSamples(spec.task) * (features + 1) * 4 * (gaps ? 6 : 4),
    // Weights, their copies in the evaluator, the expanded masks of one batch, and a graph's activations.
    network:
      evaluators * (weights * 4 * 3 + Math.min(16, population) * weights * 5 + activationBytes(spec, units)),
    // Genomes of survivors and offspring, with the copies that a step holds while it reads and writes.
    population: (population + offspring) * perIndividual,
    // onnxruntime, Node.js and the activations of one tile.
    fixed: 300e6,
  };
}

/** Memory of one process with one evaluating thread, in bytes. */
export function memoryOfEvaluation(spec: RunSpec): number {
  return Object.values(estimateMemory(spec)).reduce((sum, bytes) => sum + bytes, 0);
}

/**
 * Throws InvalidSpec where a run takes more than `available` bytes. It is for whoever knows where the run takes place: the
 * spec alone says what is needed, not what is there. Of files that have not been read nothing is known yet.
 */
export function checkMemory(spec: AskedSpec, available: number): void {
  if (!isComplete(spec)) return;
  const { population, network, data, fixed } = estimateMemory(spec);
  const total = memoryOfEvaluation(spec);
  if (total <= available) return;
  const largest =
    population >= network && population >= data
      ? 'search.population'
      : network >= data
        ? `network.${kindsOf(spec.network)[0]}`
        : 'task';
  const parts = [
    `population and offspring ${byteSize(population)}`,
    `network ${byteSize(network)}`,
    `data ${byteSize(data)}`,
    `Node.js and onnxruntime ${byteSize(fixed)}`,
  ];
  throw new InvalidSpec([
    `${largest}: the run needs about ${byteSize(total)} (${parts.join(', ')}), and ${byteSize(available)} is available: make it smaller or use a larger machine`,
  ]);
}
