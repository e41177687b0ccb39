/** How the samples of a file are spread over the groups of people or things that the user names, for `tombola data`. */
import { at } from '../../base/at.ts';
import { UserError } from '../../base/errors.ts';
import type { Classes } from '../labels.ts';
import { readGroups } from './groups.ts';
import type { SampleFile } from './sample-file.ts';

/** The groups of the training data, and how many samples of each class each group has in a part. */
export interface SamplesByGroup {
  readonly groups: Classes;
  /** By group, then by class. */
  readonly counts: readonly (readonly number[])[];
}

/**
 * Counts the samples of a part; `labels`: the class of each, in the order of the file, one outside of the `classes` if it has
 * none; `known`: the groups of the training data. undefined without groups, and, with a line in `problems`, where a run would refuse them.
 */
export async function countGroups(
  file: SampleFile,
  labels: ArrayLike<number>,
  classes: number,
  problems: string[],
  known?: Classes,
): Promise<SamplesByGroup | undefined> {
  try {
    const read = await readGroups(file, labels.length, known);
    if (!read) return undefined;
    const counts = read.groups.names.map(() => new Array<number>(classes).fill(0));
    for (const [sample, code] of read.codes.entries()) {
      const own = at(counts, code);
      const label = labels[sample] ?? classes;
      if (label < classes) own[label] = (own[label] ?? 0) + 1;
    }
    return { groups: read.groups, counts };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}
