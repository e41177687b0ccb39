/** The weights of a ticket that each class uses, and those that two classes share. */
import { at } from '../../base/at.ts';
import { binaryScore, type Confusion } from '../../base/classes.ts';
import { defined } from '../../base/defined.ts';
import type { ClassCodes } from '../../network/class-codes.ts';
import { pathsOfClasses } from '../../network/class-paths.ts';
import { type Codeword, codewordsOf } from '../../network/codewords.ts';
import { weightMatrices } from '../../network/weight-matrices.ts';
import type { ClassPaths } from '../../report/summary.ts';
import { countOnes, unpack } from '../../search/genome.ts';
import { bitsOf } from '../networks.ts';
import type { Ticket } from './ticket.ts';

/** With more classes only sizes are of use. */
const MOST_CLASSES = 20;
/** Weights that are looked at, once for each class: some seconds. */
const MOST_WORK = 2e8;

/** Undefined where no weight is pruned, or the network is too large to be walked through for each class. */
export function classPaths(
  { network, genome }: Ticket,
  confusion: Confusion,
  codes?: ClassCodes,
): ClassPaths | undefined {
  const bits = bitsOf(network);
  const { classes } = confusion;
  if (countOnes(genome) === bits || bits * classes > MOST_WORK) return undefined;
  const paths = pathsOfClasses(network, genome);
  const words = codes && codewordsOf(classes, codes.groups, codes.weight).map((word) => digits(word, codes));
  const sizes = paths.map((path, label) => ({
    weights: countOnes(path),
    testAccuracy: binaryScore(confusion, label).accuracy,
    ...defined({ codeword: words?.[label] }),
  }));
  if (classes > MOST_CLASSES) return { classes: sizes };
  const masks = paths.map((path) => unpack(path, bits));
  const layers = weightMatrices(network).map(({ name, offset, inputs, outputs }) => {
    const within = masks.map((mask) => mask.subarray(offset, offset + inputs * outputs));
    const shared = within.map((one) => within.map((other) => countShared(one, other)));
    return { name, shared };
  });
  return { classes: sizes, layers };
}

/** 1 for the groups in the word, 0 for the others. */
function digits(word: Codeword, { groups }: ClassCodes): string {
  return Array.from({ length: groups }, (_, group) => Number(word.includes(group))).join('');
}

function countShared(one: Uint8Array, other: Uint8Array): number {
  let count = 0;
  for (let bit = 0; bit < one.length; bit++) count += at(one, bit) & at(other, bit);
  return count;
}
