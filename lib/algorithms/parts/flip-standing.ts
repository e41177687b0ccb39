/** Where a search by single flips stands between two slices, and the improvements that it asks for next. */
import { z } from 'zod';
import { at } from '../../base/at.ts';
import type { ImprovingSettings } from '../../search/improving.ts';
import type { Individual } from '../../search/individual.ts';
import type { Improvement, Memory } from '../algorithm.ts';
import { memoryOfStarts } from './flip-memory.ts';
import type { FlipPlan } from './flip-plan.ts';
import { settingsAfter } from './flip-restart.ts';
import { sliceAfter } from './flip-stages.ts';

export const flipFactsSchema = z.object({
  nextId: z.int(),
  /** The last generation of the starts; null before it, as long as tickets are not looked for at other prices. */
  mainEnd: z.int().nullable(),
  /** How often the starts began anew, and the flips that each had considered by then. */
  restarts: z.int().default(0),
  begun: z.int().default(0),
});
type Facts = z.output<typeof flipFactsSchema>;

export interface FlipStanding extends Facts {
  readonly population: readonly Individual[];
  /** Checkpoint of each improvement, in the order of their streams. */
  readonly from: readonly Improvement['from'][];
}

/** Found at the search's own price of weights, not at another. */
export function isMain({ born }: Individual, mainEnd: number | null): boolean {
  return mainEnd === null || born <= mainEnd;
}

export function phaseOf({ main, further }: FlipPlan, { mainEnd }: Pick<Facts, 'mainEnd'>) {
  return mainEnd === null ? main : further;
}

/** Flips that each individual of the phase considered before its starts began anew. */
export function flipsBefore({ mainEnd, begun }: Pick<Facts, 'mainEnd' | 'begun'>): number {
  return mainEnd === null ? begun : 0;
}

/** Flips that each has considered since. */
export function flipsSince([first]: readonly Improvement['from'][]): number {
  return first && 'flips' in first ? first.flips : 0;
}

export function memoryOfStanding(
  { nextId, mainEnd, restarts, begun, from }: FlipStanding,
  bits: number,
): Memory {
  return memoryOfStarts({ nextId, mainEnd, restarts, begun }, from, bits);
}

/** The next slice of each improvement, and the samples that judge it. `front`: prices, as multiples of the settings' own. */
export function nextSlice(
  standing: FlipStanding,
  plan: FlipPlan,
  settings: ImprovingSettings,
  front: readonly number[],
): { readonly samples: number; readonly tasks: Improvement[] } {
  const { from, mainEnd, restarts } = standing;
  const { flips, samples } = sliceAfter(
    phaseOf(plan, standing).stages,
    flipsBefore(standing) + flipsSince(from),
  );
  const { starts } = plan;
  const tasks = from.map((one, index): Improvement => {
    if (mainEnd !== null) {
      const own = { ...settings, lambda: settings.lambda * at(front, index) };
      return { stream: starts + index, settings: own, flips, from: one };
    }
    // Streams of the front come after those of the first starts.
    const stream = index + (restarts === 0 ? 0 : restarts * starts + front.length);
    return { stream, settings: settingsAfter(settings, standing), flips, from: one };
  });
  return { samples, tasks };
}
