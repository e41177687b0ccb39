/** The trainer of the last run, kept open between the invocations of an environment. */
import type { Run } from '../runs/run.ts';
import type { Trainer } from '../training/trainer.ts';

/**
 * A trainer holds the data and a session: on 60,000 images, to read, verify and scale them and to open the session takes half a second,
 * where an epoch takes two. It is taken out while it is used, so runs that train side by side in one thread do not disturb each other.
 */
export class WarmTrainer {
  #kept: { readonly run: string; readonly trainer: Trainer } | undefined;

  /** The run's trainer, or one that `open` makes once the memory of another run's is free. The caller keeps or releases it. */
  async take({ checksum }: Pick<Run, 'checksum'>, open: () => Promise<Trainer>): Promise<Trainer> {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept?.run === checksum) return kept.trainer;
    await kept?.trainer.release();
    return open();
  }

  /** Takes it back, for the next invocation. */
  async keep({ checksum }: Pick<Run, 'checksum'>, trainer: Trainer): Promise<void> {
    await this.release();
    this.#kept = { run: checksum, trainer };
  }

  async release(): Promise<void> {
    const kept = this.#kept;
    this.#kept = undefined;
    await kept?.trainer.release();
  }
}
