/** Stratified splits. */
import { classMembers } from '../../base/classes.ts';
import { UserError } from '../../base/errors.ts';
import { listed } from '../../base/listed.ts';
import { random } from '../../base/random.ts';
import { drawToFront } from '../../base/shuffle.ts';

/** Streams of their own: the built-in data sets draw parts 0 to 2. */
const PARTS = { test: 3, validation: 4, unused: 5 } as const;

/** Which part a sample goes to. */
export const TRAIN_SIDE = 0;
export const TEST_SIDE = 1;
export const VALIDATION_SIDE = 2;
export const SIDES = 3;
/** Training samples that are not used are in no part. */
const UNUSED = SIDES;

export interface Shares {
  /** Share of all samples, 0 for none. */
  readonly test: number;
  /** Share of those that are not test data, 0 for none. */
  readonly validation: number;
  /** Share of the others that is used, 1 for all. */
  readonly train: number;
}

/**
 * The part of each sample: of each class of n samples round(n × share) are drawn (half rounds up), at least one and
 * at most n − 1; of the training samples at least one is used. Samples keep the order of the file within their part. Throws
 * UserError where a class has fewer samples than it has parts to be in.
 */
export function stratify(
  labels: Uint16Array,
  classNames: readonly string[],
  shares: Shares,
  seed: number,
  where: string,
  hint = '',
): Uint8Array {
  const members = classMembers(labels, classNames.length);
  refuseSmallClasses(
    members.map((rows) => rows.length),
    classNames,
    shares,
    where,
    hint,
  );
  const parts = new Uint8Array(labels.length);
  for (const [label, rows] of members.entries()) {
    const tests = draw(rows, shares.test, seed, PARTS.test, label, shares.validation > 0 ? 2 : 1);
    for (const row of rows.subarray(0, tests)) parts[row] = TEST_SIDE;
    const left = rows.subarray(tests).sort();
    const held = draw(left, shares.validation, seed, PARTS.validation, label, 1);
    for (const row of left.subarray(0, held)) parts[row] = VALIDATION_SIDE;
    const rest = left.subarray(held).sort();
    const unused = rest.length - Math.max(1, Math.round(rest.length * shares.train));
    drawToFront(random(seed, 'split', PARTS.unused, label), rest, unused);
    for (const row of rest.subarray(0, unused)) parts[row] = UNUSED;
  }
  return parts;
}

/** Throws UserError where a class has fewer samples than it has parts to be in. `counts`: samples of each class. */
export function refuseSmallClasses(
  counts: readonly number[],
  classNames: readonly string[],
  shares: Pick<Shares, 'test' | 'validation'>,
  where: string,
  hint = '',
): void {
  const drawn = (['test', 'validation'] as const).filter((part) => shares[part] > 0);
  const parts = ['training', ...drawn];
  const small = counts.flatMap((count, label) =>
    count < parts.length ? [`'${classNames[label]}' (${count})`] : [],
  );
  if (small.length === 0) return;
  const list = listed(small, 10, `… (${small.length} classes)`);
  throw new UserError(
    `${where}: too few samples of class ${list} to split: each class needs one for ${parts.join(', one for ')}; add samples, leave such classes out, or give the parts as separate files${hint}`,
  );
}

/** Moves the drawn rows to the front and gives their number; `left`: rows that must stay. */
function draw(rows: Uint32Array, share: number, seed: number, part: number, label: number, left: number) {
  if (share === 0) return 0;
  const count = Math.max(1, Math.min(rows.length - left, Math.round(rows.length * share)));
  drawToFront(random(seed, 'split', part, label), rows, count);
  return count;
}
