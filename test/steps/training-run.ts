/** Training step by step, with a budget of one's own. */
import { runCache } from '../../lib/runs/run.ts';
import { train } from '../../lib/steps/train.ts';
import { WarmTrainer } from '../../lib/steps/warm-trainer.ts';
import { FolderStore } from '../../lib/store/folder.ts';
import type { SearchState } from '../../lib/workflow/payloads.ts';

const run = runCache((uri) => new FolderStore(uri));

/** From `state` on, invocation by invocation of one environment, to epoch `until` or the end. `budget`: milliseconds of each; 0: one epoch. */
export async function trained(
  state: SearchState,
  budget: number,
  until = Number.POSITIVE_INFINITY,
): Promise<SearchState> {
  // A clock that ticks whenever it is read: the cuts do not depend on the machine.
  let milliseconds = 0;
  const warm = new WarmTrainer();
  const elapsed = () => milliseconds++;
  let next = state;
  while (!next.done && next.generation < until) {
    next = await train(next, { run, warm, now: () => 0, elapsed, budget });
  }
  await warm.release();
  return next;
}
