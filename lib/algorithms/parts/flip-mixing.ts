/** Recombination between the starts of a search by single flips. */
import { at } from '../../base/at.ts';
import { random } from '../../base/random.ts';
import { type ImprovingState, startAgain } from '../../search/improving.ts';
import { uniformCrossover } from './operators.ts';

/** Whether one of `rounds` equal shares of all flips of a start ended between `before` and `done` of them. */
export function isMixingDue(rounds: number, before: number, done: number, flips: number): boolean {
  const ended = (considered: number) => Math.floor((considered * rounds) / flips);
  return ended(done) > ended(before);
}

interface Mate {
  /** Where its search stands. */
  readonly state: ImprovingState;
  /** Its best mask. */
  readonly genome: Uint8Array;
}

/**
 * The states to go on from: the better half of the mates stays, the others begin anew at children of it, each of two
 * different parents by uniform crossover. `ranking`: the mates' indices, best first.
 */
export function mixed(
  mates: readonly Mate[],
  ranking: readonly number[],
  { seed, generation }: { readonly seed: number; readonly generation: number },
): ImprovingState[] {
  const kept = Math.ceil(mates.length / 2);
  const parents = ranking.slice(0, Math.max(2, kept)).map((index) => at(mates, index).genome);
  const states = mates.map(({ state }) => state);
  for (const index of ranking.slice(kept)) {
    const stream = random(seed, 'recombine', generation, index);
    const first = stream.below(parents.length);
    const second = (first + 1 + stream.below(parents.length - 1)) % parents.length;
    const child = uniformCrossover(stream, at(parents, first), at(parents, second));
    const { flips, made, kicks, pass } = at(states, index);
    states[index] = { ...startAgain(at(states, index), child), flips, made, kicks, pass: pass + 1 };
  }
  return states;
}
