/** The data of a task, made or read. */
import type { OpenSource } from '../base/source.ts';
import { isReadTask } from '../runspec/shape.ts';
import type { ReadTask, Task } from '../runspec/task.ts';
import { discard } from './array-release.ts';
import { makeDataset } from './builtin/generators.ts';
import type { Dataset } from './dataset.ts';

/** A data set, and its task with what was found in the files. */
export interface Loaded {
  readonly task: ReadTask;
  readonly dataset: Dataset;
}

/** Bytes of a data set that is worth keeping for; a larger one is made anew. */
const MOST_BYTES = 64e6;

/** Runs that follow each other in one process often share their data. */
let recent: { readonly name: string; readonly loaded: Loaded } | undefined;

/**
 * Makes the data set of a task, or reads it from its files. One that was made a moment ago is remembered, unless it is
 * large; so are files of which the task says what they hold. `input`: the sizes of a sample that a given network takes. Not to be changed by whoever gets it.
 * Throws UserError for files that cannot be read or are no data.
 */
export async function loadDataset(task: Task, open: OpenSource, input?: readonly number[]): Promise<Loaded> {
  const name = JSON.stringify([task, input]);
  if (recent?.name === name) return recent.loaded;
  const loaded = await load(task, open, input);
  // Files may change between two readings, unless it is said what they have to hold.
  if (isReadTask(task)) recent = bytesOf(loaded.dataset) <= MOST_BYTES ? { name, loaded } : undefined;
  return loaded;
}

async function load(task: Task, open: OpenSource, input: readonly number[] | undefined): Promise<Loaded> {
  if (task.dataset !== 'files') return { task, dataset: makeDataset(task) };
  const { readFiles } = await import('./samples/task-files.ts');
  const { found, ...dataset } = await readFiles(task, open, input);
  return { task: { ...task, found }, dataset };
}

/** Frees a data set that `loadDataset` read from files, for who needs it no longer. One that others may be given stays. */
export function discardDataset(dataset: Dataset): void {
  if (bytesOf(dataset) <= MOST_BYTES) return;
  for (const samples of [dataset.train, dataset.test, dataset.validation]) if (samples) discard(samples.x);
}

function bytesOf({ train, test, validation }: Dataset): number {
  return train.x.byteLength + test.x.byteLength + (validation?.x.byteLength ?? 0);
}
