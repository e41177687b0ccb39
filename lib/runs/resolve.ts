/** From a spec that names files to one that says what they hold, with the data and the network themselves. */

import { InvalidSpec, UserError } from '../base/errors.ts';
import type { OpenSource } from '../base/source.ts';
import { inOrder, namesOfClasses, orderOf } from '../data/class-order.ts';
import type { Dataset } from '../data/dataset.ts';
import { loadDataset } from '../data/load.ts';
import { convnet } from '../network/convnets.ts';
import type { Graph } from '../network/graph.ts';
import { INITIALIZERS, redraw } from '../network/initializer.ts';
import { layersOfGraph } from '../network/layers-graph.ts';
import type { AnyNetwork } from '../network/network.ts';
import { readGraph } from '../network/reading/read-graph.ts';
import { sizeOfGraph } from '../network/size.ts';
import { sizeOf } from '../network/tensor.ts';
import { UnusableModel } from '../network/unusable-model.ts';
import { checkMemory } from '../runspec/memory.ts';
import { type FoundNetwork, initializerOf, isDrawn } from '../runspec/network.ts';
import { completeSpec, show } from '../runspec/parse.ts';
import type { RunSpec } from '../runspec/schema.ts';
import { imageOfTask, shapeOfTask } from '../runspec/shape.ts';
import { checksum } from '../store/store.ts';
import { readModelBytes } from './model-file.ts';

export interface Resolved {
  /** Complete: with what the files hold, and with all defaults that follow from it. */
  readonly spec: RunSpec;
  readonly dataset: Dataset;
  /** Its weights, drawn or given, none pruned. */
  readonly network: AnyNetwork;
}

/**
 * Reads or makes data and network of a spec that `parseSpec` gave, and checks that they fit each other. A spec that says
 * what its files hold must find that in them. `available`: bytes that the run may take, for whoever is going to run it.
 * Throws InvalidSpec, also for files that cannot be read.
 */
export async function resolveSpec(
  spec: RunSpec,
  open: OpenSource,
  available = Number.POSITIVE_INFINITY,
): Promise<Resolved> {
  try {
    return await resolve(spec, open, available);
  } catch (error) {
    // What is wrong with a file is wrong with the spec that names it: the state machine knows what to do then.
    if (!(error instanceof UserError) || error.name !== 'UserError') throw error;
    throw new InvalidSpec(error.message.split('\n'), { cause: error });
  }
}

async function resolve(spec: RunSpec, open: OpenSource, available: number): Promise<Resolved> {
  // The model first: it is small, and whether it can be used is known before a large file is read.
  const model = await readModel(spec, open);
  const network = model ? { ...spec.network, found: model.found } : spec.network;
  checkMemory({ ...spec, network }, available);
  const { found, ...loaded } = await loadDataset(spec.task, open);
  const task = spec.task.dataset === 'files' && found ? { ...spec.task, found } : spec.task;
  const classNames = model && !isDrawn(spec.network) ? classOrder(model.network, loaded, spec) : undefined;
  const ordered =
    model && classNames ? { ...network, found: { ...model.found, classNames: [...classNames] } } : network;
  const dataset = inOrder(loaded, classNames);
  const complete = completeSpec({ ...spec, task, network: ordered });
  checkMemory(complete, available);
  const image = imageOfTask(complete.task);
  return {
    spec: complete,
    dataset: image === undefined ? dataset : { ...dataset, image },
    network: drawNetwork(complete, model?.network),
  };
}

interface Model {
  /** As the file has it. */
  readonly network: Graph;
  readonly found: FoundNetwork;
}

async function readModel({ network: spec }: RunSpec, open: OpenSource): Promise<Model | undefined> {
  const { model: uri, include, exclude, found: expected } = spec;
  if (uri === undefined) return undefined;
  const source = await open(uri);
  const bytes = await asInvalidSpec(() => readModelBytes(source));
  const sha256 = checksum(bytes);
  if (expected && expected.sha256 !== sha256) {
    throw new InvalidSpec([changed('network.found.sha256', source.name, expected.sha256, sha256)]);
  }
  const graph = await asInvalidSpec(() => readGraph(bytes, source.name, { include, exclude }));
  const found = { sha256, ...sizeOfGraph(graph), features: sizeOf(graph.inputShape), classes: graph.classes };
  const problems = Object.entries(found).flatMap(([key, value]) => {
    const before = expected?.[key as keyof FoundNetwork];
    return before === undefined || before === value
      ? []
      : [`network.found.${key}: found ${show(before)}, expected ${show(value)}, as ${source.name} has it`];
  });
  if (problems.length > 0) throw new InvalidSpec(problems);
  return { network: graph, found };
}

/** The classes in the order of a model that has another one than the data. Throws InvalidSpec where they are others. */
function classOrder(
  { classNames: names }: Graph,
  dataset: Dataset,
  { network: { model } }: RunSpec,
): readonly string[] | undefined {
  const own = namesOfClasses(dataset);
  // Another number of classes is told with the shapes.
  if (names?.length !== own.length) return undefined;
  const order = orderOf(own, names);
  if (order) return order.some((name, index) => name !== own[index]) ? order : undefined;
  const some = (list: readonly string[]) => list.slice(0, 10).map(show).join(', ');
  throw new InvalidSpec([
    `network.model: ${model} has the classes ${some(names)}, the data have ${some(own)}; they must be the same: name the labels in the data as the model does, or draw its weights anew with network.weights "redrawn"`,
  ]);
}

/** What makes a model unusable, told of the spec that names it. */
async function asInvalidSpec<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof UnusableModel)) throw cause;
    throw new InvalidSpec(
      cause.problems.map((problem) => `network.model: ${cause.model}: ${problem}`),
      { cause },
    );
  }
}

/** The network of a complete spec. `given`: that of the model's file. */
function drawNetwork({ network: spec, task, seed: runSeed }: RunSpec, given: Graph | undefined): AnyNetwork {
  const { layers, architecture, keptShare = 1, seed = runSeed } = spec;
  const initializer = initializerOf(spec);
  if (layers) return INITIALIZERS[initializer](layers, seed, keptShare);
  const image = imageOfTask(task);
  const named =
    architecture !== undefined && image ? convnet(architecture, image, shapeOfTask(task).classes) : given;
  if (!named) throw new TypeError('the spec is complete, so it says what its network is');
  const graph = isDrawn(spec) ? redraw(named, initializer, seed, keptShare) : named;
  // A plain multilayer perceptron has faster paths.
  return layersOfGraph(graph) ?? graph;
}

function changed(where: string, name: string, before: string | undefined, now: string | undefined): string {
  const short = (digest: string | undefined) =>
    digest === undefined ? 'nothing' : `${digest.slice(0, 12)}…`;
  return `${where}: found ${short(before)}, but ${name} has SHA-256 ${short(now)}: the file is not the one that the spec was made with; restore it, or remove \`found\` from the spec to take the file as it is`;
}
