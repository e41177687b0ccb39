/** Checks of a spec beyond its types: the network must take the data, and the algorithm the network. */
import { algorithmNamed, algorithmsThat } from '../algorithms/registry.ts';
import type { ClassSize } from '../base/classes.ts';
import { InvalidSpec } from '../base/errors.ts';
import { countWeights } from '../network/architecture.ts';
import { classesOfTeacher, MOST_TEACHER_WEIGHTS, teacherOf } from '../network/planting/teacher.ts';
import { sizeOf } from '../network/tensor.ts';
import { problemsOfCodes } from './codes.ts';
import { givenTicket, kindsOf } from './network.ts';
import { problemsOfOwn } from './own.ts';
import { problemsOfPlanting } from './planted.ts';
import type { AskedSpec, RunSpec } from './schema.ts';
import {
  classSizes,
  imageIsMissing,
  imageOfTask,
  isComplete,
  nameOfTask,
  shapeOfTask,
  sizeOfNetwork,
} from './shape.ts';
import { areGiven, type Task } from './task.ts';

/** Users easily give a network that was trained on more classes than their files hold: the message says what a class is. */
function onePerClass(task: RunSpec['task']): string {
  if (task.dataset !== 'files') return `one output per class of '${task.dataset}'`;
  return `one output per class of ${nameOfTask(task)}, whose classes are the labels that occur in the training data: add samples of each missing class, or give the network one output per class`;
}

function problemsOfTeacher({ layers, seed }: Extract<Task, { dataset: 'teacher' }>): string[] {
  const weights = countWeights(layers);
  if (weights > MOST_TEACHER_WEIGHTS) {
    return [
      `task.layers: found [${layers}], which has ${weights} weights; expected at most ${MOST_TEACHER_WEIGHTS}: choose narrower or fewer layers`,
    ];
  }
  if (teacherOf(layers, seed)) return [];
  return [
    `task.layers: found [${layers}], of which no random network divides the points among its ${classesOfTeacher(layers)} classes; choose fewer classes, or wider layers`,
  ];
}

function problemsOfBlobs({ centers, classes }: Extract<Task, { dataset: 'blobs' }>): string[] {
  if (!areGiven(centers) || centers.length >= classes) return [];
  return [
    `task.centers: found ${centers.length} centres, expected at least ${classes}, one per class: add centres, or lower task.classes`,
  ];
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
  const asFeatures = `expected ${features}: ${data} has ${features} features`;
  const asClasses = `expected ${classes}: ${onePerClass(task)}`;
  if (task.dataset === 'teacher') problems.push(...problemsOfTeacher(task));
  if (task.dataset === 'blobs') problems.push(...problemsOfBlobs(task));
  if ('layers' in network) {
    const [inputs] = network.layers;
    const outputs = network.layers.at(-1);
    if (inputs !== features) problems.push(`network.layers[0]: found ${inputs}, ${asFeatures}`);
    if (outputs !== classes) {
      problems.push(`network.layers[${network.layers.length - 1}]: found ${outputs}, ${asClasses}`);
    }
    if (network.planted && problems.length === 0) problems.push(...problemsOfPlanting(task, network.layers));
  }
  if ('architecture' in network) {
    // Builds the architecture, which does not take every image.
    if (!image) problems.push(imageIsMissing(task));
    else if (problems.length === 0) sizeOfNetwork({ task, network });
  }
  if ('model' in network) {
    const { model, found } = network;
    if (found.features !== features) {
      problems.push(`network.model: ${model} takes ${found.features} values per sample, ${asFeatures}`);
    }
    if (found.classes !== classes) {
      problems.push(`network.model: ${model} gives ${found.classes} outputs, ${asClasses}`);
    }
  }
  return problems;
}

/** Where the network has more weights than the algorithm takes. */
function tooLarge(spec: RunSpec): string[] {
  const { mostWeights = Number.POSITIVE_INFINITY } = algorithmNamed(spec.algorithm);
  const { weights } = sizeOfNetwork(spec);
  return weights <= mostWeights
    ? []
    : [
        `network.${kindsOf(spec.network)[0]}: found ${weights} prunable weights with "algorithm": "${spec.algorithm}", expected at most ${mostWeights}: choose a smaller network, or another algorithm`,
      ];
}

/**
 * Throws InvalidSpec where network and data disagree, or the algorithm does not take the network. File contents are checked
 * once they have been read. `classes`: of the training data, where these are there.
 */
export function checkFeasible(spec: AskedSpec, classes?: readonly ClassSize[]): void {
  const problems: string[] = [];
  const [kind] = kindsOf(spec.network);
  const algorithm = algorithmNamed(spec.algorithm);
  const { networks } = algorithm;
  const fits =
    kind === 'layers' || kind === 'hidden' || (kind === 'architecture' && networks === 'convolutional');
  if (networks !== 'all' && !fits) {
    const others = algorithmsThat(
      (one) => one.networks === 'all' || (kind === 'architecture' && one.networks === 'convolutional'),
    );
    const [trained, given] =
      networks === 'layers'
        ? ['multilayer perceptrons only', 'network.layers']
        : [
            'multilayer perceptrons and the convolutional networks that have names',
            'network.layers or network.architecture',
          ];
    problems.push(
      `algorithm: found "${spec.algorithm}", which trains ${trained}, and network.${kind}; choose ${alternatives(others)}, or give ${given}`,
    );
  }
  if (isComplete(spec)) {
    problems.push(...unfit(spec), ...algorithm.problems(spec, classes ?? classSizes(spec.task)));
    if (problems.length === 0) problems.push(...tooLarge(spec));
  }
  problems.push(...problemsOfOwn(spec));
  if (givenTicket(spec.network) !== undefined && algorithm.finds !== 'weights') {
    const able = algorithmsThat(({ finds }) => finds === 'weights');
    problems.push(
      `network.ticket: found with "algorithm": "${spec.algorithm}", which looks for a ticket; leave it out, or choose ${alternatives(able)}`,
    );
  }
  problems.push(...problemsOfCodes(spec));
  const { start, pick, constraints } = spec.search;
  if (constraints !== undefined) problems.push(...unconstrained(spec));
  if (pick !== undefined && pick !== 'best' && !algorithm.hasFront) {
    problems.push(
      `search.pick: found ${JSON.stringify(pick)} with "algorithm": "${spec.algorithm}", which finds one ticket and no front to pick it from; leave it out, or choose ${alternatives(algorithmsThat(({ hasFront }) => hasFront))}`,
    );
  }
  if (start.strategy === 'adaptive-bound' && start.tries && start.tries.reasonable >= start.tries.given) {
    problems.push(
      `search.start.tries.reasonable: found ${start.tries.reasonable}, expected less than the ${start.tries.given} tries given`,
    );
  }
  if (algorithm.heeds.includes('search') && !algorithm.starts) problems.push(...unheededStart(spec));
  if (problems.length > 0) throw new InvalidSpec(problems);
}

/** A start that an algorithm would ignore, which draws its masks in its own way. */
function unheededStart({ algorithm, search: { start } }: AskedSpec): string[] {
  const found =
    start.strategy === 'learned'
      ? 'search.start.strategy: found "learned"'
      : start.strategy === 'random' && start.sparsity !== undefined
        ? `search.start.sparsity: found ${start.sparsity}`
        : undefined;
  return found === undefined
    ? []
    : [
        `${found} with "algorithm": "${algorithm}", which draws its masks in another way; choose ${alternatives(algorithmsThat(({ starts }) => starts))}, or leave search.start out`,
      ];
}

/** Constraints that the algorithm would ignore, or that the data have no groups for. */
function unconstrained({ algorithm, task, search }: AskedSpec): string[] {
  const found = `search.constraints: found ${JSON.stringify(search.constraints)}`;
  const able = algorithmsThat(({ constrains }) => constrains);
  return [
    ...(algorithmNamed(algorithm).constrains
      ? []
      : [
          `${found} with "algorithm": "${algorithm}", which ignores them; leave them out, or choose ${alternatives(able)}`,
        ]),
    ...(hasGroups(task)
      ? []
      : [
          `${found}, but the samples of ${nameOfTask(task)} have no groups: ${task.dataset === 'files' ? 'name their column with task.group (--group)' : 'choose the data set two-groups, or files with task.group'}`,
        ]),
  ];
}

function hasGroups(task: Task): boolean {
  return task.dataset === 'files' ? task.group !== undefined : task.dataset === 'two-groups';
}

function alternatives(names: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(names);
}
