/** How far the pruning pass of Finalize is: told on a channel of this thread, for an engine beside a terminal. */
import { channel } from 'node:diagnostics_channel';
import { z } from 'zod';

export const pruningProgressSchema = z.object({
  pruning: z.object({
    /** Evaluations so far. */
    done: z.number(),
    /** How many the pass will take, about. */
    about: z.number(),
  }),
});
export type PruningProgress = z.infer<typeof pruningProgressSchema>['pruning'];

/** Nobody listens on AWS, where publishing does nothing. */
const CHANNEL = channel('tombola:pruning');

export function tellPruning(pruning: PruningProgress): void {
  CHANNEL.publish({ pruning });
}

/** Listens for as long as this thread lives. */
export function onPruning(tell: (message: unknown) => void): void {
  CHANNEL.subscribe(tell);
}
