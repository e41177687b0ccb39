/** Operators that only move elements. */
import { sizeOf } from '../tensor.ts';
import { copied, emptyEntries, spreadBlocks } from './entries.ts';
import { PLAIN, type PlainRules, type Site } from './rules.ts';

interface Move<O>
  extends Pick<PlainRules<O>, 'read' | 'shape' | 'ties' | 'write'>,
    Partial<Pick<PlainRules<O>, 'shrunk' | 'blocked'>> {
  /** Per element of that input its place in the output, −1 where it is cut off; undefined: its own place. */
  places(operation: O, index: number, site: Site): Int32Array | undefined;
  /** The value of elements that nothing is moved to. */
  filling?(operation: O): number;
}

export function moving<O>(move: Move<O>): PlainRules<O> {
  const { places, filling = () => 0 } = move;
  return {
    ...PLAIN,
    ...move,
    kernel(operation, site) {
      const to = site.output.data.fill(filling(operation));
      const moves = site.inputs.map((_, index) => {
        const from = site.value(index).data;
        const at = places(operation, index, site);
        return () => {
          if (at === undefined) to.set(from);
          else {
            for (let element = 0; element < from.length; element++) {
              const place = at[element] ?? -1;
              if (place >= 0) to[place] = from[element] ?? 0;
            }
          }
        };
      });
      return () => {
        for (const moved of moves) moved();
      };
    },
    known(operation, site) {
      const result = emptyEntries(sizeOf(site.shape));
      result.value.fill(Math.fround(filling(operation)));
      for (const index of site.inputs.keys()) {
        const at = places(operation, index, site);
        if (at === undefined) return copied(site.entries(index));
        const { value, error } = spreadBlocks(site.entries(index));
        for (let element = 0; element < value.length; element++) {
          const place = at[element] ?? -1;
          if (place < 0) continue;
          result.value[place] = value[element] ?? Number.NaN;
          result.error[place] = error[element] ?? 0;
        }
      }
      return result;
    },
    reach(operation, index, after, marks, site) {
      const at = places(operation, index, site);
      for (let element = 0; element < marks.length; element++) {
        const place = at === undefined ? element : (at[element] ?? -1);
        if (place >= 0 && after[place] === 1) marks[element] = 1;
      }
    },
  };
}
