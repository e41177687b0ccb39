/**
 * Codewords of classes (as in Coded ResNeXt, arXiv 2202.05343): one for each class, of constant weight over groups, as far
 * apart as they are found to go. A pure function of the three numbers.
 */
import { at } from '../base/at.ts';
import { random } from '../base/random.ts';
import { drawToFront, shuffle } from '../base/shuffle.ts';

/** The groups that belong to a class, ascending. */
export type Codeword = readonly number[];

/** Words that are looked at, at least twice as many as there are classes; of more they are drawn. */
const MOST_WORDS = 1_000;
/** Searches for each distance, from words in different orders: the fewer, the more words there are. */
const TRIES = { least: 5, most: 200, words: 100_000 };
/** Words that a search takes at most, beside one for each class. */
const STEPS = 500;

/** Words of `weight` ones among `groups` bits; Infinity where a double cannot count them. */
export function countCodewords(groups: number, weight: number): number {
  let count = 1;
  for (let one = 0; one < Math.min(weight, groups - weight); one++)
    count = (count * (groups - one)) / (one + 1);
  return Math.round(count);
}

/**
 * Different codewords with the greatest minimal Hamming distance that a search with backtracking finds, then with the
 * greatest mean one, which they have where all groups are in equal use. At most `countCodewords` classes.
 */
export function codewordsOf(classes: number, groups: number, weight: number): Codeword[] {
  const words = candidates(classes, groups, weight);
  const most = mostTotal(classes, groups, weight);
  const pairs = (classes * (classes - 1)) / 2;
  const tries = Math.round(TRIES.words / words.length);
  const limit = Math.max(TRIES.least, Math.min(TRIES.most, tries));
  const farthest = Math.min(2 * weight, 2 * (groups - weight), pairs > 0 ? most / pairs : 0);
  for (let distance = 2 * Math.floor(farthest / 2); distance > 0; distance -= 2) {
    let best: Choice | undefined;
    for (let index = 0; index < limit && (best?.total ?? 0) < most; index++) {
      const choice = apartBy(distance, classes, groups, words, orderOf(words.length, index), index % 2 === 0);
      if (choice && choice.total > (best?.total ?? -1)) best = choice;
    }
    if (best) return best.words;
  }
  return words.slice(0, classes);
}

/** All distances together are Σ u · (classes − u) over the groups, each in u words: most where all u are equal, or nearly. */
function mostTotal(classes: number, groups: number, weight: number): number {
  const uses = classes * weight;
  const [low, more] = [Math.floor(uses / groups), uses % groups];
  const of = (use: number) => use * (classes - use);
  return more * of(low + 1) + (groups - more) * of(low);
}

/** All words in lexicographic order; of too many, different ones that are drawn. */
function candidates(classes: number, groups: number, weight: number): Codeword[] {
  const most = Math.max(MOST_WORDS, 2 * classes);
  if (countCodewords(groups, weight) <= most) return [...combinations(groups, weight)];
  const stream = random(0, 'codes');
  const words = new Map<string, Codeword>();
  const all = Uint32Array.from({ length: groups }, (_, group) => group);
  while (words.size < most) {
    drawToFront(stream, all, weight);
    const word = [...all.subarray(0, weight)].sort((a, b) => a - b);
    words.set(word.join(), word);
  }
  return [...words.values()];
}

function* combinations(groups: number, weight: number, first = 0): Generator<Codeword> {
  if (weight === 0) yield [];
  else
    for (let group = first; group <= groups - weight; group++)
      for (const rest of combinations(groups, weight - 1, group + 1)) yield [group, ...rest];
}

interface Choice {
  readonly words: Codeword[];
  /** Sum of the distances of all pairs. */
  readonly total: number;
}

/** One word after the other, all far enough apart, back where none is left. `evenly`: first those whose groups are used least. */
function apartBy(
  distance: number,
  classes: number,
  groups: number,
  words: readonly Codeword[],
  order: Uint32Array,
  evenly: boolean,
): Choice | undefined {
  const uses = new Float64Array(groups);
  const useOf = (index: number) => at(words, index).reduce((sum, group) => sum + at(uses, group), 0);
  const chosen: number[] = [];
  let steps = STEPS + classes;
  const extend = (left: readonly number[]): boolean => {
    if (chosen.length === classes) return true;
    const sorted = left
      .map((index) => ({ index, use: evenly ? useOf(index) : 0 }))
      .sort((a, b) => a.use - b.use);
    for (const [place, { index }] of sorted.entries()) {
      if (sorted.length - place < classes - chosen.length || steps-- <= 0) return false;
      const word = at(words, index);
      const own = new Uint8Array(groups);
      for (const group of word) own[group] = 1;
      const isFar = (other: number) => {
        const shared = at(words, other).reduce((sum, group) => sum + at(own, group), 0);
        return 2 * (word.length - shared) >= distance;
      };
      const rest = sorted.slice(place + 1).map((one) => one.index);
      chosen.push(index);
      for (const group of word) uses[group] = at(uses, group) + 1;
      if (extend(rest.filter(isFar))) return true;
      chosen.pop();
      for (const group of word) uses[group] = at(uses, group) - 1;
    }
    return false;
  };
  if (!extend([...order])) return undefined;
  const total = uses.reduce((sum, use) => sum + use * (classes - use), 0);
  return { words: chosen.map((index) => at(words, index)), total };
}

/** The first try takes the words as they stand. */
function orderOf(count: number, index: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, word) => word);
  return index === 0 ? order : shuffle(random(0, 'codes', index), order);
}
