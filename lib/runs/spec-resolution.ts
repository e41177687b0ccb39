/** From a spec that names files to one that says what they hold, with the data and the network themselves. */
import { defined } from '../base/defined.ts';
import { InvalidSpec, UserError } from '../base/errors.ts';
import type { OpenSource } from '../base/source.ts';
import { inOrder, namesOfClasses, orderOf, sizesOfClasses } from '../data/class-order.ts';
import type { Dataset } from '../data/dataset.ts';
import { loadDataset } from '../data/task-data.ts';
import { convnet } from '../network/convnets.ts';
import type { Graph } from '../network/graph.ts';
import { INITIALIZERS, redraw } from '../network/initializer.ts';
import { layersOfGraph } from '../network/layers-graph.ts';
import { type AnyNetwork, isGraph, sizeOfGraph } from '../network/network.ts';
import { overScaled, plant } from '../network/planting/planting.ts';
import { sizeOf } from '../network/tensor.ts';
import { UnusableModel } from '../network/unusable-model.ts';
import { completeSpec } from '../runspec/defaults.ts';
import { checkMemory } from '../runspec/memory.ts';
import { type AskedNetwork, type FoundNetwork, isDrawn, type ReadNetwork } from '../runspec/network.ts';
import { show } from '../runspec/parser.ts';
import { knownTicket } from '../runspec/planted.ts';
import type { AskedSpec, RunSpec } from '../runspec/schema.ts';
import { imageFor, imageOfTask, shapeOfTask } from '../runspec/shape.ts';
import type { KeepProbabilities } from '../search/drawing.ts';
import { checksum } from '../store/store.ts';
import { checkCodes } from './codes.ts';
import { checkGroups } from './groups.ts';
import { readModel } from './model-file.ts';
import { probabilitiesOf, readPrior } from './prior/prior.ts';
import { readStartTicket } from './start-ticket.ts';

export interface Resolved {
  /** Complete: with what the files hold, and with all defaults that follow from it. */
  readonly spec: RunSpec;
  readonly dataset: Dataset;
  /** Its weights, drawn or given, none pruned. */
  readonly network: AnyNetwork;
  /** The mask of the ticket that was planted in it, packed. */
  readonly planted?: Uint8Array;
  /** What earlier tickets say about its weights, where the search starts from that. */
  readonly prior?: KeepProbabilities;
}

/**
 * Reads or makes data and network of a spec that `parseSpec` gave, and checks that they fit each other. A spec that says
 * what its files hold must find that in them. `available`: bytes that the run may take, for whoever is going to run it.
 * Throws InvalidSpec, also for files that cannot be read.
 */
export async function resolveSpec(asked: AskedSpec, open: OpenSource, available = Number.POSITIVE_INFINITY) {
  try {
    return await resolve(asked, open, available);
  } catch (error) {
    // A problem of a file is a problem of the spec that names it: the state machine handles these.
    if (!(error instanceof UserError) || error.name !== 'UserError') throw error;
    throw new InvalidSpec(error.message.split('\n'), { cause: error });
  }
}

async function resolve(written: AskedSpec, open: OpenSource, available: number): Promise<Resolved> {
  const { asked: learned, prior } = await withPrior(written, open);
  const ticket = await readStartTicket(learned.network, open);
  const asked = ticket ? { ...learned, network: ticket.network } : learned;
  // The model first: it is small, and whether it can be used is known before a large file is read.
  const { network: read, graph } = await readNetwork(asked.network, open);
  checkMemory({ ...asked, network: read }, available);
  if (graph) checkImage(asked.task, graph.inputShape);
  const { task, dataset: loaded } = await loadDataset(asked.task, open, graph?.inputShape);
  const { network, dataset } = inOrderOfModel(read, graph, loaded);
  const spec = completeSpec(asked, task, network, sizesOfClasses(dataset));
  checkMemory(spec, available);
  checkGroups(spec, dataset);
  const data = { ...dataset, ...defined({ image: imageOfTask(task) }) };
  const untrained = drawNetwork(spec, graph);
  const drawn = ticket?.into(untrained) ?? untrained;
  checkCodes(spec, drawn);
  const planted = plantedIn(spec, drawn, data.scaling);
  const chosen = planted?.network ?? drawn;
  const probabilities = prior?.(chosen, isDrawn(spec.network) ? spec.network.initializer : null);
  return {
    spec,
    dataset: data,
    network: chosen,
    ...defined({ planted: planted?.genome, prior: probabilities }),
  };
}

/** The spec with the digest of the prior that it names, and what that says of a network. */
async function withPrior(asked: AskedSpec, open: OpenSource) {
  const { search } = asked;
  const { start } = search;
  if (start.strategy !== 'learned') return { asked };
  const source = await open(start.prior);
  const { prior, sha256 } = await readPrior(source);
  if (start.found && start.found.sha256 !== sha256) {
    const [before, now] = [start.found.sha256, sha256].map((one) => one.slice(0, 12));
    throw new InvalidSpec([
      `search.start.found.sha256: found ${before}…, but ${source.name} has SHA-256 ${now}…: the file is not the one that the spec was made with; restore it, or remove \`found\` from the spec to take the file as it is`,
    ]);
  }
  const known = { ...asked, search: { ...search, start: { ...start, found: { sha256 } } } };
  const of = (network: AnyNetwork, initializer: string | null) =>
    probabilitiesOf(prior, network, initializer, start, source.name);
  return { asked: known, prior: of };
}

/** The network with the ticket of its task in it, where the spec asks for it. */
function plantedIn({ task, network }: RunSpec, drawn: AnyNetwork, { scale, offset }: Dataset['scaling']) {
  if (!('layers' in network) || !network.planted || isGraph(drawn)) return undefined;
  const ticket = knownTicket(task, network.layers.length - 2);
  return ticket && plant(drawn, overScaled(ticket, scale, offset));
}

/** Throws InvalidSpec where the task gives the values of images another order than the model takes. */
function checkImage(task: AskedSpec['task'], input: readonly number[]): void {
  if (task.dataset !== 'files' || !task.image || input.length !== 3) return;
  // An axis of size 1 is in no place.
  const order = (sizes: readonly number[]) => sizes.filter((size) => size !== 1).join();
  if (sizeOf(task.image) !== sizeOf(input) || order(task.image) === order(input)) return;
  throw new InvalidSpec([
    `task.image: found ${task.image.join(' × ')}, but the model takes ${input.join(' × ')}: leave it out where the files hold arrays of images, whose channels are moved to where the model takes them; give flat samples in the model's order`,
  ]);
}

type Read = { readonly network: ReadNetwork; readonly graph?: Graph };

/** The network with what the model's file holds, and the graph in that file. */
async function readNetwork(asked: AskedNetwork, open: OpenSource): Promise<Read> {
  if (!('model' in asked)) return { network: asked };
  const { found: expected, model, include, exclude } = asked;
  const { name, bytes } = await asInvalidSpec(() => readModel(model, open));
  const sha256 = checksum(bytes);
  if (expected && expected.sha256 !== sha256) {
    const [before, now] = [expected.sha256, sha256].map((digest) => digest.slice(0, 12));
    throw new InvalidSpec([
      `network.found.sha256: found ${before}…, but ${name} has SHA-256 ${now}…: the file is not the one that the spec was made with; restore it, or remove \`found\` from the spec to take the file as it is`,
    ]);
  }
  const { readGraph } = await import('../network/reading/graph-reader.ts');
  const graph = await asInvalidSpec(() => readGraph(bytes, name, { include, exclude }));
  const found = { sha256, ...sizeOfGraph(graph), features: sizeOf(graph.inputShape), classes: graph.classes };
  const problems = Object.entries(found).flatMap(([key, value]) => {
    const before = expected?.[key as keyof FoundNetwork];
    return before === undefined || before === value
      ? []
      : [`network.found.${key}: found ${show(before)}, expected ${show(value)}, as ${name} has it`];
  });
  if (problems.length > 0) throw new InvalidSpec(problems);
  return { network: { ...asked, found }, graph };
}

/** The data with their classes in the order of a model that comes with its weights; the network says what that is. */
function inOrderOfModel(network: ReadNetwork, graph: Graph | undefined, dataset: Dataset) {
  if (!graph || !('model' in network) || isDrawn(network)) return { network, dataset };
  const classNames = classOrder(graph, dataset, network.model);
  if (!classNames) return { network, dataset };
  const found = { ...network.found, classNames: [...classNames] };
  return { network: { ...network, found }, dataset: inOrder(dataset, classNames) };
}

/** The classes in the order of a model that has another one than the data. Throws InvalidSpec where they are others. */
function classOrder({ classNames: names }: Graph, dataset: Dataset, model: string) {
  const own = namesOfClasses(dataset);
  // Another number of classes is reported with the shapes.
  if (names?.length !== own.length) return undefined;
  const order = orderOf(own, names);
  if (order) return order.some((name, index) => name !== own[index]) ? order : undefined;
  const some = (list: readonly string[]) => list.slice(0, 10).map(show).join(', ');
  throw new InvalidSpec([
    `network.model: ${model} has the classes ${some(names)}, the data have ${some(own)}; they must be the same: name the labels in the data as the model does, or draw its weights anew with network.weights "redrawn"`,
  ]);
}

/** Reports an unusable model as a problem of the spec that names it. */
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

/** The network of a complete spec. `given`: the graph in the model's file. */
function drawNetwork({ network, task, seed: seedOfRun }: RunSpec, given: Graph | undefined): AnyNetwork {
  const seed = (isDrawn(network) ? network.seed : undefined) ?? seedOfRun;
  if ('layers' in network) return INITIALIZERS[network.initializer](network.layers, seed, network.keptShare);
  const unweighted =
    'architecture' in network
      ? convnet(network.architecture, imageFor(task), shapeOfTask(task).classes)
      : given;
  if (!unweighted) throw new TypeError('the model of the spec has been read');
  // A plain multilayer perceptron has faster paths.
  if (!isDrawn(network)) return layersOfGraph(unweighted) ?? unweighted;
  const graph = redraw(unweighted, network.initializer, seed, network.keptShare);
  return layersOfGraph(graph) ?? graph;
}
