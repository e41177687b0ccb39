/** Defaults that follow from other parts of a spec, or from what its files hold; a network's own are in network.ts. */

import { completeStart } from '../algorithms/parts/accuracy-bound.ts';
import type { ClassSize } from '../base/classes.ts';
import type { Objective } from '../search/individual.ts';
import { checkFeasible } from './limits.ts';
import type { AskedNetwork, NetworkSpec, ReadNetwork } from './network.ts';
import type { AskedSpec, RunSpec } from './schema.ts';
import { type DataShape, isReadNetwork, isReadStart, isReadTask, shapeOfTask } from './shape.ts';
import type { ReadTask } from './task.ts';
import { filesTaskOf, isObject, type Json, merge } from './written-spec.ts';

/** The network of a task of files that names none. */
export const NETWORK_OF_FILES = { hidden: [100] };

/**
 * Defaults under a spec as it was written. A model that comes with its weights is pruned from the whole network on, and
 * takes the data of files as they are, unless the spec says otherwise.
 */
export function withDefaultsBelow(written: Json): Json {
  const files = filesTaskOf(written);
  const spec = files && !('network' in written) ? { ...written, network: NETWORK_OF_FILES } : written;
  const { network } = spec;
  if (!isObject(network) || network.model === undefined || network.weights === 'redrawn') return spec;
  const unscaled = files ? { task: { scaling: { method: 'none' } } } : {};
  return merge({ search: { start: { strategy: 'dense' } }, ...unscaled }, spec);
}

/** The spec with all that follows from what is known of it: complete where nothing is left to be read. Throws InvalidSpec. */
export function withDefaults(asked: AskedSpec): AskedSpec {
  const { task, network } = asked;
  if (isReadTask(task) && isReadNetwork(network) && isReadStart(asked.search))
    return completeSpec(asked, task, network);
  const hidden = hiddenWidths(network);
  const { search } = asked;
  const known = {
    ...asked,
    search: isReadTask(task)
      ? completeSearch(search, task, hidden)
      : { ...search, start: completeStart(search.start, { hidden, classes: undefined }) },
  };
  checkFeasible(known);
  return known;
}

/**
 * A spec with what its files hold, and all that follows from it. Throws InvalidSpec where they do not fit each other.
 * `classes`: of the training data, where these are there.
 */
export function completeSpec(
  asked: AskedSpec,
  task: ReadTask,
  read: ReadNetwork,
  classes?: readonly ClassSize[],
): RunSpec {
  const shape = shapeOfTask(task);
  const network = withLayers(read, shape);
  const search = completeSearch(asked.search, task, hiddenWidths(network));
  const spec = { ...asked, task, network, search };
  checkFeasible(spec, classes);
  return spec;
}

/**
 * Accuracy says too little of which mask is better, and masks that are chosen by it fit the training data too closely. The data
 * sets that Tombola makes keep the papers' accuracy, unless their preset says otherwise.
 */
function objectiveFor(task: ReadTask): Objective {
  return task.dataset === 'files' ? 'cross-entropy' : 'accuracy';
}

function completeSearch(
  search: AskedSpec['search'],
  task: ReadTask,
  hidden: readonly number[],
): RunSpec['search'] {
  const { objective = objectiveFor(task), ...rest } = search;
  const { classes } = shapeOfTask(task);
  // In the schema's order, since a run is known again by the hash of the text.
  return { objective, ...rest, start: completeStart(search.start, { hidden, classes }) };
}

/** Hidden layers between as many inputs and outputs as the data have features and classes. */
function withLayers(network: ReadNetwork, { features, classes }: DataShape): NetworkSpec {
  if (!('hidden' in network)) return network;
  const { hidden, ...drawing } = network;
  return { layers: [features, ...hidden, classes], ...drawing };
}

/** Widths of the hidden layers; graphs have none. */
function hiddenWidths(network: AskedNetwork): readonly number[] {
  if ('hidden' in network) return network.hidden;
  return 'layers' in network ? network.layers.slice(1, -1) : [];
}
