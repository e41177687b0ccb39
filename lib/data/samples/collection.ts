/** Samples gathered from blocks, and moved to the parts that they belong to. */
import { at } from '../../base/at.ts';
import { classCounts } from '../../base/classes.ts';
import { UserError } from '../../base/errors.ts';
import { byteSize } from '../../base/format.ts';
import { availableMemory } from '../../base/memory.ts';
import { discard } from '../array-release.ts';
import type { Samples } from '../dataset.ts';
import type { Block } from '../formats/table.ts';
import type { LabelReader } from '../labels.ts';
import type { Problems } from '../problems.ts';
import type { SampleFile } from './sample-file.ts';
import { concatenated } from './sides.ts';

/** Share of the memory that is there which the features of one file may fill; the search needs the rest. */
const MOST_OF_MEMORY = 0.4;

/** Samples in the order of their file, in blocks. */
export interface Collected {
  readonly features: number;
  readonly count: number;
  /** Emptied by `distribute`. */
  readonly blocks: Float32Array<ArrayBuffer>[];
  /** A code for each sample. */
  readonly codes: Uint32Array;
  /** The group of each sample, where the data have groups. */
  readonly groups?: Uint16Array | undefined;
}

/** Samples as they are gathered: with labels, or features alone. */
type Collectable = Pick<SampleFile, 'name' | 'features' | 'rows'> & {
  blocks(codes: LabelReader, problems: Problems): AsyncIterable<Block>;
};

/** Reads a file into memory. Throws UserError where it holds no samples, or more than fits. */
export async function collect(file: Collectable, codes: LabelReader, problems: Problems) {
  const most = availableMemory() * MOST_OF_MEMORY;
  if (file.rows !== undefined) checkFits(file, file.rows, most);
  const blocks: Float32Array<ArrayBuffer>[] = [];
  const labels: Uint32Array[] = [];
  let count = 0;
  for await (const block of file.blocks(codes, problems)) {
    count += rowsIn(block, file.features);
    checkFits(file, count, most);
    // The last block is seldom full.
    const { x } = block;
    blocks.push(x.byteLength * 2 < x.buffer.byteLength ? x.slice() : x);
    if (block.labels) labels.push(block.labels);
  }
  if (count === 0 && problems.total === 0) throw new UserError(`${file.name}: has no rows`);
  return { features: file.features, count, blocks, codes: concatenated(labels) } satisfies Collected;
}

export function rowsIn({ x, labels }: Block, features: number): number {
  return labels?.length ?? x.length / features;
}

function checkFits({ name, features }: Collectable, rows: number, most: number): void {
  if (rows * features * 4 <= most) return;
  throw new UserError(
    `${name}: ${rows} or more samples of ${features} features need at least ${byteSize(rows * features * 4)}, and data may use ${byteSize(most)} of the memory of this computer: leave out samples or features, or use a larger machine`,
  );
}

/** All samples, of codes that are classes. Frees the blocks, too. */
export function samplesOf(collected: Collected): Samples {
  const { codes, count } = collected;
  return at(distribute(collected, Uint16Array.from(codes), new Uint8Array(count), 1), 0);
}

/** The features of all samples, samples × features, row-major. Frees the blocks. */
export function featuresOf({ features, count, blocks }: Collected): Float32Array {
  const x = new Float32Array(count * features);
  let filled = 0;
  for (let block = blocks.shift(); block; block = blocks.shift()) {
    x.set(block, filled);
    filled += block.length;
    discard(block);
  }
  return x;
}

/**
 * The samples of the parts 0 to `count` − 1, in the order of the file; those of other parts are left out. The blocks are freed
 * one by one while they are copied.
 */
export function distribute(collected: Collected, labels: Uint16Array, parts: Uint8Array, count: number) {
  const { features, blocks, groups } = collected;
  const taken = parts.filter((part) => part < count);
  const targets = Array.from(classCounts(taken, count), (size) => ({
    features,
    x: new Float32Array(size * features),
    labels: new Uint16Array(size),
    ...(groups && { groups: new Uint16Array(size) }),
    filled: 0,
  }));
  let row = 0;
  for (let block = blocks.shift(); block; block = blocks.shift()) {
    for (let from = 0; from < block.length; from += features, row++) {
      const target = targets[at(parts, row)];
      if (!target) continue;
      target.x.set(block.subarray(from, from + features), target.filled * features);
      if (groups && target.groups) target.groups[target.filled] = at(groups, row);
      target.labels[target.filled++] = at(labels, row);
    }
    // Blocks are most of what is in memory.
    discard(block);
  }
  return targets.map(({ filled: _, ...samples }): Samples => samples);
}
